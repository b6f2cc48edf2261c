-- Authorities of each area that are in no sum of a period: services were expected, and none returned in any of its months;
-- where the months before the pandemic are held against, also those without a month to compare.
insert into pg_temp.left_out (area_code, period_kind, period_start, is_snapshot, has_baseline, authorities)
with authority as (
    select
        coverage.*,
        exists (
            select from pg_temp.span_month month
            join pg_temp.compared using (period)
            where month.period_kind = coverage.period_kind
                and month.period_start = coverage.period_start
                and compared.area_code = coverage.area_code
        ) as is_compared
    from pg_temp.coverage
    where area_level = 'authority' and services_expected > 0
)

select
    tree.ancestor_code,
    authority.period_kind,
    authority.period_start,
    authority.is_snapshot,
    basis.has_baseline,
    coalesce(
        array_agg(authority.area_code order by authority.area_code collate "C") filter (
            where authority.services_returned = 0 or (basis.has_baseline and not authority.is_compared)
        ),
        '{}'
    )
from authority
join core.area_tree tree on tree.area_code = authority.area_code
cross join (values (true), (false)) as basis (has_baseline)
group by
    tree.ancestor_code, authority.period_kind, authority.period_start, authority.is_snapshot, basis.has_baseline
