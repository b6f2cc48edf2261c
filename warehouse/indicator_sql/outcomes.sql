-- DO24, DO26 and DO27: paid work, plans made together, and personal outcomes achieved, by commissioner.
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
            when grouping(outcome.client_group) = 0 then 'client_group'
            when grouping(service.tier) = 0 then 'tier'
            else 'all'
        end as breakdown,
        coalesce(outcome.client_group, service.tier, 'ALL') as category,
        sum(outcome.people_job_goal) as people_job_goal,
        sum(outcome.people_paid_work) as people_paid_work,
        sum(outcome.people_work_13w_sustained) as people_sustained,
        sum(outcome.plans_reviewed_on_time) as plans_reviewed,
        sum(outcome.plans_coproduced) as plans_coproduced,
        sum(outcome.outcomes_reviewed) as outcomes_reviewed,
        sum(outcome.outcomes_achieved_full + outcome.outcomes_achieved_part * 0.5) as outcomes_achieved
    from core.current_outcome outcome
    join pg_temp.service using (submission_id, service_id)
    join pg_temp.span_month month on month.period = service.period
    join core.area_tree tree
        on tree.area_code = case outcome.commissioning_la when 'SELF' then service.service_la else outcome.commissioning_la end
    group by
        tree.ancestor_code, tree.level, month.period_kind, month.period_start,
        grouping sets ((), (outcome.client_group), (service.tier))
)

select
    part.indicator_id, part.measure, cell.area_code, cell.area_level, cell.period_kind, cell.period_start,
    cell.breakdown, cell.category, part.numerator, part.denominator
from cell
cross join lateral (
    values
        ('DO24', 'main', cell.people_paid_work, cell.people_job_goal),
        ('DO24', 'sustained_13w', cell.people_sustained, cell.people_job_goal),
        ('DO26', 'main', cell.plans_coproduced, cell.plans_reviewed),
        ('DO27', 'main', cell.outcomes_achieved, cell.outcomes_reviewed)
) as part (indicator_id, measure, numerator, denominator)
