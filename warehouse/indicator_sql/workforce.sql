-- DO15 to DO19: agency, vacancies, turnover, pay and Welsh of staff on the last day of the quarter.
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
        case
            when grouping(staff.provider_sector) = 0 then 'provider_sector'
            when grouping(staff.role) = 0 then 'role'
            else 'all'
        end as breakdown,
        coalesce(staff.provider_sector, staff.role, 'ALL') as category,
        sum(staff.agency_hours_month) as agency_hours,
        sum(staff.total_hours_month) as total_hours,
        sum(staff.headcount_agency) as agency_workers,
        sum(staff.headcount_fixed) as fixed_term,
        sum(staff.headcount_perm + staff.headcount_fixed) as own_staff,
        sum(staff.vacant_wte) as vacant_wte,
        sum(staff.wte + staff.vacant_wte) as posts_wte,
        sum(staff.leavers_12m) as leavers,
        -- Twelve months ago there were those who are here now, less who started, plus who left.
        sum(staff.headcount_perm + staff.headcount_fixed + (staff.leavers_12m - staff.starters_12m) / 2.0) as mean_headcount,
        sum(staff.paid_at_or_above_rlw) as paid_rlw,
        sum(staff.paid_at_or_above_rlw + staff.paid_below_rlw) as pay_known,
        sum(staff.welsh_some + staff.welsh_fluent) as welsh,
        sum(staff.welsh_none + staff.welsh_some + staff.welsh_fluent) as welsh_known
    from core.current_workforce staff
    join pg_temp.span_month month on month.period = staff.period and month.is_snapshot
    join core.area_tree tree on tree.area_code = staff.service_la
    group by
        tree.ancestor_code, tree.level, month.period_kind, month.period_start,
        grouping sets ((), (staff.provider_sector), (staff.role))
)

select
    part.indicator_id, part.measure, cell.area_code, cell.area_level, cell.period_kind, cell.period_start,
    cell.breakdown, cell.category, part.numerator, part.denominator
from cell
cross join lateral (
    values
        ('DO15', 'main', cell.agency_hours, cell.total_hours),
        ('DO15', 'agency_workers', cell.agency_workers, cell.agency_workers + cell.own_staff),
        ('DO15', 'fixed_term', cell.fixed_term, cell.own_staff),
        ('DO16', 'main', cell.vacant_wte, cell.posts_wte),
        ('DO17', 'main', cell.leavers, cell.mean_headcount),
        ('DO18', 'main', cell.paid_rlw, cell.pay_known),
        ('DO19', 'main', cell.welsh, cell.welsh_known)
) as part (indicator_id, measure, numerator, denominator)
