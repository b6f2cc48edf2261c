-- The versions of the services that change. A row of a return describes its service from the day that it gives, or from
-- the month's first day where that is long past; where two rows would begin on one day, the later return's stands.
drop table if exists pg_temp.service_described, pg_temp.service_now;

create temporary table service_described on commit drop as
with returned as (
    select
        fact.*,
        submission.provider_id,
        lag(fact.period) over (partition by fact.service_id order by fact.period, fact.open_from) is null as is_first
    from core.service_month as fact
    join landing.submission on submission.submission_id = fact.submission_id
    join changed_service on changed_service.service_id = fact.service_id
    where submission.is_current
)

select returned.*, case when is_first then open_from else greatest(open_from, period) end as described_from
from returned;

create temporary table service_now on commit drop as
with daily as (
    select distinct on (service_id, described_from) *
    from service_described
    order by service_id, described_from, period desc, open_from desc, submission_id
),

compared as (
    select
        *,
        row(provider_id, {of_service}) is not distinct from lag(row(provider_id, {of_service})) over by_day as is_same,
        last_value(closed_on) over (
            by_day rows between unbounded preceding and unbounded following
        ) as last_closed_on,
        last_value(closure_reason) over (
            by_day rows between unbounded preceding and unbounded following
        ) as last_closure_reason
    from daily
    window by_day as (partition by service_id order by described_from)
),

begun as (
    select *, lead(described_from) over (partition by service_id order by described_from) as next_from
    from compared
    where is_same is not true
)

select
    substr(service_id, 4)::bigint * 100000000 + to_char(described_from, 'YYYYMMDD')::bigint as service_key,
    service_id,
    described_from as valid_from,
    case when next_from is null then last_closed_on else next_from - 1 end as valid_to,
    provider_id,
    {of_service},
    case when next_from is null then last_closed_on end as closed_on,
    case when next_from is null then last_closure_reason end as closure_reason
from begun;

insert into core.service_version as known (
    service_key, service_id, valid_from, valid_to, provider_id, {of_service}, closed_on, closure_reason
)
select service_key, service_id, valid_from, valid_to, provider_id, {of_service}, closed_on, closure_reason
from service_now
on conflict (service_key) do update
    set (valid_to, provider_id, {of_service}, closed_on, closure_reason) = row(
            excluded.valid_to, excluded.provider_id, {excluded.of_service}, excluded.closed_on, excluded.closure_reason
        )
    where (known.valid_to, known.provider_id, {known.of_service}, known.closed_on, known.closure_reason)
        is distinct from (
            excluded.valid_to, excluded.provider_id, {excluded.of_service}, excluded.closed_on, excluded.closure_reason
        )
