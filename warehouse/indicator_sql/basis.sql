-- What the figures of each month rest on, as one hash: the returns up to a year back, the baseline, the register, policy.
with part as (
    select period, concat(sha256, ':', verdict_sha256) as name
    from landing.submission
    where is_current
),

register as (
    select md5(string_agg(service::text, ';' order by service::text)) as name
    from landing.registered_service service
),

month as (
    select
        period,
        make_date(extract(year from period - interval '3 months')::int + 1, 4, 1) as next_year
    from part
    where period > :baseline_ends
    group by period
)

select
    month.period,
    md5(concat_ws(
        '|',
        cast(:decided as text),
        (select name from register),
        exists (select from part where part.period >= month.next_year),
        (
            select string_agg(part.name, ';' order by part.name)
            from part
            where part.period <= :baseline_ends
                or part.period between month.period - interval '12 months' and month.period
        )
    )) as basis
from month
