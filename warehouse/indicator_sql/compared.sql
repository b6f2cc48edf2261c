-- Like with like: the months in which an authority has both a baseline to be held against and services that returned.
insert into pg_temp.compared (period, area_code)
with earlier as (
    select month.period, before.period as then_period, before.weight
    from (select distinct period from pg_temp.span_month) as month
    cross join core.baseline_of(month.period) as before
),

has_baseline as (
    select earlier.period, base.service_la as area_code
    from earlier
    join (select distinct period, service_la from pg_temp.service where profile = 'BASELINE') base
        on base.period = earlier.then_period
    group by earlier.period, base.service_la
    having sum(earlier.weight) = 1
)

select period, area_code
from has_baseline
intersect
select period, service_la
from core.returned_service
