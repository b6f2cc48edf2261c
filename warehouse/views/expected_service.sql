-- core.expected_service
-- Services that a return is expected about in a month: open by the register, by the month's own return, or, where it has
-- not come and the register does not know the service, by the provider's last return of the twelve months before.
--   period: First day of the month.
--   service_id: The service.
--   service_la: The authority in which it is.
--   provider_id: The provider that reports on it.
with span as (
    select min(period) as first_month, max(period) as last_month from landing.submission where is_current
),

calendar as (
    select month::date as period
    from span
    cross join generate_series(first_month::timestamp, last_month::timestamp, interval '1 month') as month
),

registered as (
    select calendar.period, service.service_id, service.service_la, service.provider_id, 2 as rank
    from calendar
    join landing.registered_service as service
        on service.expected_from < calendar.period + interval '1 month'
        and (service.expected_to is null or service.expected_to >= calendar.period)
),

returned as (
    select period, service_id, service_la, provider_id, 1 from core.returned_service
),

-- Months of a provider that nothing came for, with the last one before them that something came for.
missed as (
    select calendar.period, provider.provider_id, max(submission.period) as last_period
    from calendar
    cross join (select distinct provider_id from landing.submission where is_current) as provider
    join landing.submission
        on submission.is_current
        and submission.provider_id = provider.provider_id
        and submission.period between calendar.period - interval '12 months' and calendar.period
    group by calendar.period, provider.provider_id
    having max(submission.period) < calendar.period
),

remembered as (
    select missed.period, service.service_id, service.service_la, service.provider_id, 3
    from missed
    join core.current_service_month as service
        on service.provider_id = missed.provider_id and service.period = missed.last_period
    where (service.closed_on is null or service.closed_on >= missed.period)
        and not exists (
            select 1 from landing.registered_service as known where known.service_id = service.service_id
        )
),

either as (
    select * from registered
    union all
    select * from returned
    union all
    select * from remembered
)

select distinct on (period, service_id) period, service_id, service_la, provider_id
from either
order by period, service_id, rank, provider_id, service_la
