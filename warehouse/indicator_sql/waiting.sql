-- DO22 and DO23: people waiting on the last day of the quarter, and how long they have waited, by commissioner.
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
        case when grouping(waiting.client_group) = 0 then 'client_group' else 'all' end as breakdown,
        coalesce(waiting.client_group, 'ALL') as category,
        sum(waiting.waiting_total) as people,
        sum(waiting.wait_0_6w) as under_6_weeks,
        sum(waiting.wait_6_12w) as from_6_weeks,
        sum(waiting.wait_12_26w) as from_12_weeks,
        sum(waiting.wait_26w_plus) as from_26_weeks
    from core.current_waiting waiting
    join pg_temp.span_month month on month.period = waiting.period and month.is_snapshot
    left join pg_temp.service using (submission_id, service_id)
    join core.area_tree tree on tree.area_code = case waiting.commissioning_la
        when 'SELF' then coalesce(service.service_la, waiting.lead_la)
        else waiting.commissioning_la
    end
    group by
        tree.ancestor_code, tree.level, month.period_kind, month.period_start,
        grouping sets ((), (waiting.client_group))
),

-- Where anything was returned, a group that nobody names has nobody waiting.
listed as (
    select
        declared.indicator_id, declared.measure, coverage.area_code, coverage.area_level, coverage.period_kind,
        coverage.period_start, declared.breakdown, declared.category,
        coalesce(cell.people, 0) as people,
        coalesce(
            case declared.measure
                when 'under_6_weeks' then cell.under_6_weeks
                when 'from_6_weeks' then cell.from_6_weeks
                when 'from_12_weeks' then cell.from_12_weeks
                when 'from_26_weeks' then cell.from_26_weeks
                else cell.from_12_weeks + cell.from_26_weeks
            end,
            0
        ) as people_so_long
    from pg_temp.declared
    join pg_temp.coverage
        on coverage.area_level = declared.area_level
        and coverage.is_snapshot = declared.is_snapshot
        and coverage.services_returned > 0
    left join cell
        on cell.area_code = coverage.area_code
        and cell.period_kind = coverage.period_kind
        and cell.period_start = coverage.period_start
        and cell.breakdown = declared.breakdown
        and cell.category = declared.category
    where declared.indicator_id in ('DO22', 'DO23')
)

select
    listed.indicator_id, listed.measure, listed.area_code, listed.area_level, listed.period_kind, listed.period_start,
    listed.breakdown, listed.category,
    case listed.indicator_id when 'DO23' then listed.people_so_long else listed.people end,
    case
        when listed.indicator_id = 'DO23' then listed.people
        when listed.measure = 'count' then null
        when listed.breakdown = 'client_group' and listed.category = 'OP' then population.older_people
        else population.adults
    end
from listed
join pg_temp.population on population.area_code = listed.area_code
