-- DO11: half-days attended against the places that were open, at services that have a number of places.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator
)
select
    'DO11',
    'main',
    tree.ancestor_code,
    tree.level,
    month.period_kind,
    month.period_start,
    case
        when grouping(service.setting) = 0 then 'setting'
        when grouping(service.tier) = 0 then 'tier'
        else 'all'
    end,
    coalesce(service.setting, service.tier, 'ALL'),
    sum(service.sessions_attended),
    sum(service.places)
from pg_temp.service
join pg_temp.span_month month on month.period = service.period
join core.area_tree tree on tree.area_code = service.service_la
where service.places is not null and service.profile <> 'BASELINE'
group by
    tree.ancestor_code, tree.level, month.period_kind, month.period_start,
    grouping sets ((), (service.setting), (service.tier))
