-- Who stands behind each cell: the provider where there is only one, and of money what the two largest account for.
insert into pg_temp.behind (
    source, area_code, period_kind, period_start, breakdown, category, only_provider, largest, second_largest
)
with fact as (
    select
        'people' as source, period, provider_id, area_code, client_group, age_band, setting,
        null as tier, null as provider_sector, null as role, null as carer_group, people as counted
    from pg_temp.attendee
    union all
    select
        'activity', service.period, service.provider_id,
        case activity.commissioning_la when 'SELF' then service.service_la else activity.commissioning_la end,
        activity.client_group, activity.age_band, service.setting, service.tier, null, null, null,
        activity.people_attended
    from core.current_activity activity
    join pg_temp.service using (submission_id, service_id)
    where service.profile <> 'BASELINE'
    union all
    select
        'carers', service.period, service.provider_id, service.service_la,
        null, null, null, null, null, null, carer.carer_group, carer.carers_supported
    from core.current_carer carer
    join pg_temp.service using (submission_id, service_id)
    union all
    select
        'workforce', staff.period, staff.provider_id, staff.service_la,
        null, null, null, null, staff.provider_sector, staff.role, null,
        staff.headcount_perm + staff.headcount_fixed + staff.headcount_agency + staff.leavers_12m
    from core.current_workforce staff
    where staff.period in (select period from pg_temp.span_month where is_snapshot)
    union all
    select
        'welsh_offer', service.period, service.provider_id,
        case person.commissioning_la when 'SELF' then service.service_la else person.commissioning_la end,
        null, null, null, null, null, null, null, 1
    from restricted.current_person person
    join pg_temp.service using (submission_id, service_id)
    union all
    select
        'waiting', waiting.period, waiting.provider_id,
        case waiting.commissioning_la
            when 'SELF' then coalesce(service.service_la, waiting.lead_la)
            else waiting.commissioning_la
        end,
        waiting.client_group, null, null, null, null, null, null, waiting.waiting_total
    from core.current_waiting waiting
    left join pg_temp.service using (submission_id, service_id)
    where waiting.period in (select period from pg_temp.span_month where is_snapshot)
    union all
    select
        'outcomes', service.period, service.provider_id,
        case outcome.commissioning_la when 'SELF' then service.service_la else outcome.commissioning_la end,
        outcome.client_group, null, null, service.tier, null, null, null,
        outcome.people_job_goal + outcome.plans_reviewed_on_time + outcome.outcomes_reviewed
    from core.current_outcome outcome
    join pg_temp.service using (submission_id, service_id)
    union all
    select
        'finance', service.period, service.provider_id, service.service_la,
        null, null, service.setting, service.tier, service.provider_sector, null, null,
        cost.cost_staff + cost.cost_agency + cost.cost_premises + cost.cost_transport + cost.cost_other
    from core.current_finance cost
    join pg_temp.service using (submission_id, service_id)
),

-- By authority first: each has three levels, and what is added up already is added up on.
contributed_there as (
    select
        fact.source,
        fact.area_code,
        month.period_kind,
        month.period_start,
        case
            when grouping(fact.client_group) = 0 then 'client_group'
            when grouping(fact.age_band) = 0 then 'age_band'
            when grouping(fact.setting) = 0 then 'setting'
            when grouping(fact.tier) = 0 then 'tier'
            when grouping(fact.provider_sector) = 0 then 'provider_sector'
            when grouping(fact.role) = 0 then 'role'
            when grouping(fact.carer_group) = 0 then 'carer_group'
            else 'all'
        end as breakdown,
        coalesce(
            fact.client_group, fact.age_band, fact.setting, fact.tier, fact.provider_sector, fact.role,
            fact.carer_group, 'ALL'
        ) as category,
        fact.provider_id,
        sum(fact.counted) as amount
    from fact
    join pg_temp.span_month month
        on month.period = fact.period and (month.is_snapshot or fact.source not in ('workforce', 'waiting'))
    where fact.counted > 0
    group by
        fact.source, fact.area_code, month.period_kind, month.period_start, fact.provider_id,
        grouping sets (
            (), (fact.client_group), (fact.age_band), (fact.setting), (fact.tier), (fact.provider_sector), (fact.role),
            (fact.carer_group)
        )
),

contributed as (
    select
        there.source, tree.ancestor_code as area_code, there.period_kind, there.period_start, there.breakdown,
        there.category, there.provider_id, sum(there.amount) as amount
    from contributed_there there
    join core.area_tree tree on tree.area_code = there.area_code
    where there.breakdown = 'all' or there.category <> 'ALL'
    group by
        there.source, tree.ancestor_code, there.period_kind, there.period_start, there.breakdown, there.category,
        there.provider_id
),

ranked as (
    select *, row_number() over cell as place, count(*) over cell as providers
    from contributed
    window cell as (
        partition by source, area_code, period_kind, period_start, breakdown, category
        order by amount desc, provider_id
        rows between unbounded preceding and unbounded following
    )
)

select
    source, area_code, period_kind, period_start, breakdown, category,
    min(provider_id) filter (where providers = 1),
    max(amount) filter (where place = 1 and source = 'finance'),
    max(amount) filter (where place = 2 and source = 'finance')
from ranked
group by source, area_code, period_kind, period_start, breakdown, category
