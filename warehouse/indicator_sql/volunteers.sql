-- DO21: hours given by volunteers for each half-day attended, by the authority of the service.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator
)
with fact as (
    select
        service.period, service.service_la, service.setting, service.tier, service.sessions_attended as sessions,
        coalesce(volunteer.volunteer_hours, 0) as hours
    from pg_temp.service
    left join core.current_volunteer volunteer using (submission_id, service_id)
    where service.profile <> 'BASELINE'
)

select
    'DO21',
    'main',
    tree.ancestor_code,
    tree.level,
    month.period_kind,
    month.period_start,
    case
        when grouping(fact.setting) = 0 then 'setting'
        when grouping(fact.tier) = 0 then 'tier'
        else 'all'
    end,
    coalesce(fact.setting, fact.tier, 'ALL'),
    sum(fact.hours),
    sum(fact.sessions)
from fact
join pg_temp.span_month month on month.period = fact.period
join core.area_tree tree on tree.area_code = fact.service_la
group by
    tree.ancestor_code, tree.level, month.period_kind, month.period_start,
    grouping sets ((), (fact.setting), (fact.tier))
