-- DO13 and DO14: respite given to each carer, and given against planned, by the authority of the service.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator
)
with cell as (
    select
        tree.ancestor_code as area_code,
        tree.level as area_level,
        month.period_kind,
        month.period_start,
        case when grouping(carer.carer_group) = 0 then 'carer_group' else 'all' end as breakdown,
        coalesce(carer.carer_group, 'ALL') as category,
        sum(carer.carers_supported) as carers,
        sum(carer.respite_hours_planned) as hours_planned,
        sum(carer.respite_hours_delivered) as hours_delivered
    from core.current_carer carer
    join pg_temp.service using (submission_id, service_id)
    join pg_temp.span_month month on month.period = service.period
    join core.area_tree tree on tree.area_code = service.service_la
    group by
        tree.ancestor_code, tree.level, month.period_kind, month.period_start,
        grouping sets ((), (carer.carer_group))
)

select
    part.indicator_id, 'main', cell.area_code, cell.area_level, cell.period_kind, cell.period_start,
    cell.breakdown, cell.category, cell.hours_delivered, part.denominator
from cell
cross join lateral (values ('DO13', cell.carers), ('DO14', cell.hours_planned)) as part (indicator_id, denominator)
