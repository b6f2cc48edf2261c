-- The months that each period is made of, with their days, and whether the period's snapshot was taken in them.
insert into pg_temp.span_month (period_kind, period_start, period, days, is_snapshot)
select
    span.period_kind,
    span.period_start,
    cast(month as date) as period,
    extract(day from month + interval '1 month' - interval '1 day') as days,
    coalesce(cast(month as date) = span.snapshot_month, false) as is_snapshot
from pg_temp.span
cross join generate_series(span.period_start, span.last_month, interval '1 month') as month
