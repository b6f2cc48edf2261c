-- DO30: services returned against services expected.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator
)
select
    'DO30', 'main', area_code, area_level, period_kind, period_start, 'all', 'ALL', services_returned, services_expected
from pg_temp.coverage
where not is_snapshot
