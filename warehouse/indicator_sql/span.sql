-- The month asked for, its financial quarter and its financial year, each as far as returns have come in.
insert into pg_temp.span (period_kind, period_start, period_end, last_month, snapshot_month, is_provisional)
with held as (
    select distinct period
    from landing.submission
    where is_current and profile <> 'BASELINE'
),

asked as (
    select 'month' as period_kind, cast(:month as date) as period_start, cast(:month as date) as period_end
    union all
    select 'quarter', cast(:quarter as date), cast(:quarter as date) + interval '2 months'
    union all
    select 'year', cast(:year as date), cast(:year as date) + interval '11 months'
),

so_far as (
    select
        asked.period_kind,
        asked.period_start,
        asked.period_end,
        greatest(
            cast(:month as date),
            (select max(held.period) from held where held.period between asked.period_start and asked.period_end)
        ) as last_month
    from asked
)

select
    so_far.period_kind,
    so_far.period_start,
    so_far.period_end,
    so_far.last_month,
    (
        select max(cast(month as date))
        from generate_series(so_far.period_start, so_far.last_month, interval '1 month') as month
        where extract(month from month) in (3, 6, 9, 12)
    ) as snapshot_month,
    not exists (select from held where held.period >= cast(:year as date) + interval '1 year') as is_provisional
from so_far
