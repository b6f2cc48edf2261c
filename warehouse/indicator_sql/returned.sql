-- Services expected and returned by area and period: over all its months, and in the month of its snapshot.
insert into pg_temp.coverage (
    area_code, area_level, period_kind, period_start, is_snapshot, services_expected, services_returned, months_returned
)
with known as (
    select
        expected.period,
        expected.service_la,
        count(*) as services_expected,
        count(returned.service_id) as services_returned
    from core.expected_service expected
    left join (select distinct period, service_id from core.returned_service) returned
        on returned.period = expected.period and returned.service_id = expected.service_id
    where expected.period in (select span_month.period from pg_temp.span_month)
    group by expected.period, expected.service_la
)

select
    tree.ancestor_code,
    tree.level,
    month.period_kind,
    month.period_start,
    basis.is_snapshot,
    sum(known.services_expected),
    sum(known.services_returned),
    count(distinct month.period) filter (where known.services_returned > 0)
from known
join pg_temp.span_month month on month.period = known.period
join (values (true), (false)) as basis (is_snapshot) on month.is_snapshot or not basis.is_snapshot
join core.area_tree tree on tree.area_code = known.service_la
group by tree.ancestor_code, tree.level, month.period_kind, month.period_start, basis.is_snapshot
