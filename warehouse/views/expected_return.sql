-- landing.expected_return
-- Each return that the register expects, from the first month of the collection on: by when, and whether it came.
--   period: First day of the month.
--   provider_id: The provider.
--   provider_name: The provider's name in the register.
--   due_on: Day by which it was to be sent.
--   received_at: When the first return that could be used came; blank where none did.
--   submissions: How many files came for it, refused ones too.
--   state: received, late, refused (files came, none could be used), waiting (not due yet) or overdue.
with began as (
    select min(period) as period from landing.submission where profile <> 'BASELINE'
),

expected as (
    select
        calendar.period,
        calendar.due_on,
        service.provider_id,
        min(service.provider_name) as provider_name
    from core.return_calendar as calendar
    join began on calendar.period >= began.period
    join landing.registered_service as service
        on service.expected_from < calendar.period + interval '1 month'
        and (service.expected_to is null or service.expected_to >= calendar.period)
    where calendar.period < date_trunc('month', current_date)
    group by calendar.period, calendar.due_on, service.provider_id
),

came as (
    select
        period,
        provider_id,
        count(*) as submissions,
        min(received_at) filter (where state in ('accepted', 'queried')) as received_at
    from landing.submission
    where period is not null
    group by period, provider_id
)

select
    expected.period,
    expected.provider_id,
    expected.provider_name,
    expected.due_on,
    came.received_at,
    coalesce(came.submissions, 0) as submissions,
    case
        when came.received_at::date <= expected.due_on then 'received'
        when came.received_at is not null then 'late'
        when came.submissions > 0 then 'refused'
        when expected.due_on >= current_date then 'waiting'
        else 'overdue'
    end as state
from expected
left join came on came.period = expected.period and came.provider_id = expected.provider_id
