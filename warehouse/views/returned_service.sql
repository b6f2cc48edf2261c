-- core.returned_service
-- Services that a current return is about: those that it lists as open in the month, and all that are registered of a nil return.
--   period: First day of the month.
--   service_id: The service.
--   service_la: The authority in which it is.
--   provider_id: The provider that reports on it.
with listed as (
    select period, service_id, service_la, provider_id, 1 as rank, open_from
    from core.current_service_month
    where open_from < period + interval '1 month' and (closed_on is null or closed_on >= period)
),

nil as (
    select submission.period, service.service_id, service.service_la, service.provider_id, 2, service.expected_from
    from landing.submission
    join landing.registered_service as service on service.provider_id = submission.provider_id
    where submission.is_current and submission.nil_return
        and service.expected_from < submission.period + interval '1 month'
        and (service.expected_to is null or service.expected_to >= submission.period)
),

either as (
    select * from listed
    union all
    select * from nil
)

select distinct on (period, service_id) period, service_id, service_la, provider_id
from either
order by period, service_id, rank, open_from desc, provider_id, service_la
