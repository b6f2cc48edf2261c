-- DO06: how far apart the authorities of each region, and of Wales, are in the recovery of people (DO02). An authority
-- whose own recovery may not be shown is left out: the ends of a range would tell it.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator
)
with recovery as (
    select area_code, period_kind, period_start, 100 * measured.numerator / measured.denominator as recovery_pct
    from pg_temp.measured
    join pg_temp.coverage using (area_code, period_kind, period_start)
    where measured.indicator_id = 'DO02' and measured.breakdown = 'all' and measured.area_level = 'authority'
        and measured.denominator > 0 and measured.denominator >= :threshold
        and (measured.numerator = 0 or measured.numerator >= :threshold)
        and not coverage.is_snapshot
        and coverage.services_returned >= cast(:floor_authority as numeric) * coverage.services_expected
),

spread as (
    select
        tree.ancestor_code as area_code,
        tree.level as area_level,
        recovery.period_kind,
        recovery.period_start,
        max(recovery.recovery_pct) - min(recovery.recovery_pct) as between_ends,
        stddev_pop(recovery.recovery_pct) as deviation,
        avg(recovery.recovery_pct) as mean
    from recovery
    join core.area_tree tree on tree.area_code = recovery.area_code and tree.level <> 'authority'
    group by tree.ancestor_code, tree.level, recovery.period_kind, recovery.period_start
    having count(*) > 1
)

select
    'DO06', part.measure, spread.area_code, spread.area_level, spread.period_kind, spread.period_start, 'all', 'ALL',
    part.numerator, part.denominator
from spread
cross join lateral (
    values
        ('range', spread.between_ends, null),
        ('variation', spread.deviation, spread.mean)
) as part (measure, numerator, denominator)
