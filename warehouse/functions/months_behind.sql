-- core.months_behind(of_indicator text, of_kind text, from_day date)
-- The months whose returns the figures of an indicator and a period are measured from, as far as returns have come in:
-- all of the period, or the last quarter's end in it where that is when it is measured; and the months before the
-- pandemic that they are held against. Example: select * from core.months_behind('DO02', 'month', '2026-08-01')
returns table (period date, is_baseline boolean) language sql stable as $$
    with definition as (
        select bool_or(is_snapshot) as is_snapshot, bool_or(has_baseline) as has_baseline
        from release_v1.indicator_definition
        where indicator_id = of_indicator
    ),

    come as (
        select max(measured.period) as last_month
        from core.measured_return as measured
        where measured.period >= from_day
            and measured.period < from_day
                + case of_kind when 'month' then interval '1 month' when 'quarter' then interval '3 months'
                    else interval '1 year' end
    ),

    listed as (
        select cast(month as date) as period, extract(month from month) in (3, 6, 9, 12) as is_quarter_end
        from come
        cross join generate_series(cast(from_day as timestamp), come.last_month, interval '1 month') as month
    ),

    asked as (
        select listed.period
        from listed
        cross join definition
        where not definition.is_snapshot
            or listed.period = (select max(ending.period) from listed as ending where ending.is_quarter_end)
    )

    select asked.period, false from asked
    union all
    select distinct before.period, true
    from asked
    cross join core.baseline_of(asked.period) as before
    where (select has_baseline from definition)
$$
