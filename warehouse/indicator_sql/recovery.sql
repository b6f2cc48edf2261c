-- DO02 to DO05: people, sessions, hours and open sessions now against the same calendar months before the pandemic.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator
)
with earlier as (
    select month.period, before.period as then_period, before.weight
    from (select distinct period from pg_temp.span_month) as month
    cross join core.baseline_of(month.period) as before
),

activity_now as (
    select
        service.period,
        case activity.commissioning_la when 'SELF' then service.service_la else activity.commissioning_la end as area_code,
        activity.client_group,
        service.setting,
        sum(activity.sessions_attended) as sessions,
        sum(activity.hours_delivered) as hours
    from core.current_activity activity
    join pg_temp.service using (submission_id, service_id)
    where service.profile <> 'BASELINE'
    group by 1, 2, 3, 4
),

activity_then as (
    select
        earlier.period,
        case activity.commissioning_la when 'SELF' then service.service_la else activity.commissioning_la end as area_code,
        activity.client_group,
        service.setting,
        sum(activity.people_attended * earlier.weight) as people,
        sum(activity.sessions_attended * earlier.weight) as sessions,
        sum(activity.hours_delivered * earlier.weight) as hours
    from core.current_activity activity
    join pg_temp.service using (submission_id, service_id)
    join earlier on earlier.then_period = service.period
    where service.profile = 'BASELINE'
    group by 1, 2, 3, 4
),

open_now as (
    select period, service_la as area_code, setting, sum(open_sessions_held) as sessions
    from pg_temp.service
    where profile <> 'BASELINE'
    group by 1, 2, 3
),

open_then as (
    select earlier.period, base.service_la as area_code, base.setting,
        sum(base.open_sessions_held * earlier.weight) as sessions
    from pg_temp.service base
    join earlier on earlier.then_period = base.period
    where base.profile = 'BASELINE'
    group by 1, 2, 3
),

counted as (
    select period, area_code, client_group, setting, sum(people) as people
    from pg_temp.attendee
    where person_ref is null
    group by 1, 2, 3, 4
),

fact as (
    select 'DO02' as indicator_id, period, area_code, client_group, setting, people as now, 0 as before from counted
    union all
    select 'DO02', period, area_code, client_group, setting, 0, people from activity_then
    union all
    select 'DO03', period, area_code, client_group, setting, sessions, 0 from activity_now
    union all
    select 'DO03', period, area_code, client_group, setting, 0, sessions from activity_then
    union all
    select 'DO04', period, area_code, client_group, setting, hours, 0 from activity_now
    union all
    select 'DO04', period, area_code, client_group, setting, 0, hours from activity_then
    union all
    select 'DO05', period, area_code, null, setting, sessions, 0 from open_now
    union all
    select 'DO05', period, area_code, null, setting, 0, sessions from open_then
),

summed as (
    select
        fact.indicator_id,
        tree.ancestor_code as area_code,
        tree.level as area_level,
        fact.period,
        case
            when grouping(fact.client_group) = 0 then 'client_group'
            when grouping(fact.setting) = 0 then 'setting'
            else 'all'
        end as breakdown,
        case
            when grouping(fact.client_group) = 0 then fact.client_group
            when grouping(fact.setting) = 0 then fact.setting
            else 'ALL'
        end as category,
        sum(fact.now) as now,
        sum(fact.before) as before
    from fact
    join pg_temp.compared using (period, area_code)
    join core.area_tree tree on tree.area_code = fact.area_code
    group by
        fact.indicator_id, tree.ancestor_code, tree.level, fact.period,
        grouping sets ((), (fact.client_group), (fact.setting))
),

-- Different people of each month, at each level of area.
named as (
    select
        'DO02' as indicator_id,
        tree.ancestor_code as area_code,
        tree.level as area_level,
        attendee.period,
        case
            when grouping(attendee.client_group) = 0 then 'client_group'
            when grouping(attendee.setting) = 0 then 'setting'
            else 'all'
        end as breakdown,
        coalesce(attendee.client_group, attendee.setting, 'ALL') as category,
        count(distinct attendee.person_ref) as now,
        0 as before
    from pg_temp.attendee
    join pg_temp.compared using (period, area_code)
    join core.area_tree tree on tree.area_code = attendee.area_code
    where attendee.person_ref is not null
    group by
        tree.ancestor_code, tree.level, attendee.period,
        grouping sets ((), (attendee.client_group), (attendee.setting))
),

together as (
    select * from summed
    union all
    select * from named
)

select
    together.indicator_id,
    'main',
    together.area_code,
    together.area_level,
    month.period_kind,
    month.period_start,
    together.breakdown,
    together.category,
    sum(together.now),
    sum(together.before)
from together
join pg_temp.span_month month on month.period = together.period
group by
    together.indicator_id, together.area_code, together.area_level, month.period_kind, month.period_start,
    together.breakdown, together.category
