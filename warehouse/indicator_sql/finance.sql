-- DO29: what each half-day attended cost, at services whose costs are returned, by the authority of the service.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator
)
select
    'DO29',
    'main',
    tree.ancestor_code,
    tree.level,
    month.period_kind,
    month.period_start,
    case
        when grouping(service.setting) = 0 then 'setting'
        when grouping(service.tier) = 0 then 'tier'
        when grouping(service.provider_sector) = 0 then 'provider_sector'
        else 'all'
    end,
    coalesce(service.setting, service.tier, service.provider_sector, 'ALL'),
    sum(cost.cost_staff + cost.cost_agency + cost.cost_premises + cost.cost_transport + cost.cost_other),
    sum(service.sessions_attended)
from core.current_finance cost
join pg_temp.service using (submission_id, service_id)
join pg_temp.span_month month on month.period = service.period
join core.area_tree tree on tree.area_code = service.service_la
group by
    tree.ancestor_code, tree.level, month.period_kind, month.period_start,
    grouping sets ((), (service.setting), (service.tier), (service.provider_sector))
