-- What the figures of each month rest on, as one hash: the returns up to a year back and the services that the register
-- expects in those months, the baseline, policy. What happens in the register in other months is of no account.
with part as (
    select period, md5(string_agg(concat(sha256, ':', verdict_sha256), ';' order by sha256)) as name
    from landing.submission
    where is_current
    group by period
),

calendar as (
    select cast(month as date) as period
    from (select min(period) as first_month, max(period) as last_month from part) as span
    cross join generate_series(cast(first_month as timestamp), cast(last_month as timestamp), interval '1 month') as month
),

expected as (
    select
        calendar.period,
        md5(string_agg(
            concat_ws(' ', service.service_id, service.service_la, service.provider_id), ';'
            order by service.service_id, service.service_la, service.provider_id
        )) as name
    from calendar
    join landing.registered_service as service
        on service.expected_from < calendar.period + interval '1 month'
        and (service.expected_to is null or service.expected_to >= calendar.period)
    group by calendar.period
),

-- Services that were returned: one that the register knows, at whatever time, is not expected by what was returned before.
known as (
    select service.period, md5(string_agg(distinct service.service_id, ';' order by service.service_id)) as name
    from core.current_service_month as service
    where service.service_id in (select service_id from landing.registered_service)
    group by service.period
),

either as (
    select * from part
    union all
    select * from expected
    union all
    select * from known
),

month as (
    select
        period,
        make_date(extract(year from period - interval '3 months')::int + 1, 4, 1) as next_year
    from part
    where period > :baseline_ends
)

select
    month.period,
    md5(concat_ws(
        '|',
        cast(:decided as text),
        exists (select from part where part.period >= month.next_year),
        (select string_agg(part.name, ';' order by part.period) from part where part.period <= :baseline_ends),
        (
            select string_agg(either.name, ';' order by either.period, either.name)
            from either
            where either.period between month.period - interval '12 months' and month.period
        )
    )) as basis
from month
