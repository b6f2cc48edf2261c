-- People on the register of each service of the submissions asked for, counted by commissioner, client group and age.
insert into core.person_group
select
    submission_id,
    row_number() over (
        partition by submission_id order by service_id, commissioning_la, client_group, age_band
    ) as row_number,
    period,
    service_id,
    commissioning_la,
    client_group,
    age_band,
    count(*) as people,
    count(*) filter (where start_date >= period) as people_started,
    count(*) filter (where end_date >= period) as people_ended,
    count(*) filter (where has_unpaid_carer = 'Y') as people_with_unpaid_carer,
    count(*) filter (where plan_reviewed_12m = 'Y') as people_plan_reviewed,
    count(*) filter (where plan_coproduced = 'Y') as people_plan_coproduced,
    count(*) filter (where preferred_language = 'CY') as people_prefer_welsh,
    count(*) filter (where active_offer_made = 'Y') as people_offered_welsh,
    count(*) filter (where active_offer_accepted = 'Y') as people_accepted_welsh,
    count(*) filter (where delivered_in_preferred = 'Y') as people_served_in_welsh,
    sum(sessions_per_week_planned) as sessions_per_week_planned
from restricted.person
where submission_id = any(%(submissions)s)
group by submission_id, period, service_id, commissioning_la, client_group, age_band
