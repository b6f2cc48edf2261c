-- People, hours and costs of each service in the current returns, each with the first row that tells of it.
with told as (
    select submission_id, provider_id, period
    from landing.submission
    where is_current and profile <> 'BASELINE' and period between :first and :last
),

activity as (
    select submission_id, service_id, min(row_number) as row, sum(people_attended) as people, sum(hours_delivered) as hours
    from core.activity
    where period between :first and :last
    group by submission_id, service_id
)

select told.submission_id, told.period, activity.service_id, measure.name as measure, activity.row, measure.amount
from told
join activity on activity.submission_id = told.submission_id
cross join lateral (
    values ('people_attended', activity.people::numeric(18, 2)), ('hours_delivered', activity.hours::numeric(18, 2))
) as measure (name, amount)
union all
select
    told.submission_id,
    told.period,
    finance.service_id,
    'cost_staff',
    finance.row_number,
    (cost_staff + cost_agency + cost_premises + cost_transport + cost_other)::numeric(18, 2)
from told
join core.finance on finance.submission_id = told.submission_id
