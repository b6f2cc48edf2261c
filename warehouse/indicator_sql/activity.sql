-- DO07 to DO10, DO12 and DO25: hours, tiers, settings, direct payments, cancellations and digital, by commissioner.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator
)
with fact as (
    select
        service.period,
        case activity.commissioning_la when 'SELF' then service.service_la else activity.commissioning_la end as area_code,
        activity.client_group,
        activity.age_band,
        service.setting,
        service.tier,
        sum(activity.people_attended) as people,
        sum(activity.hours_delivered) as hours,
        sum(activity.sessions_attended) as sessions,
        sum(activity.sessions_planned) as sessions_planned,
        sum(activity.sessions_cancelled_provider) as sessions_cancelled,
        sum(activity.people_direct_payment) as people_direct_payment,
        coalesce(sum(activity.people_digital), 0) as people_digital,
        coalesce(sum(activity.people_attended) filter (where activity.people_digital is not null), 0) as people_digital_known
    from core.current_activity activity
    join pg_temp.service using (submission_id, service_id)
    where service.profile <> 'BASELINE'
    group by 1, 2, 3, 4, 5, 6
),

cell as (
    select
        tree.ancestor_code as area_code,
        tree.level as area_level,
        month.period_kind,
        month.period_start,
        case
            when grouping(fact.client_group) = 0 then 'client_group'
            when grouping(fact.age_band) = 0 then 'age_band'
            when grouping(fact.setting) = 0 then 'setting'
            when grouping(fact.tier) = 0 then 'tier'
            else 'all'
        end as breakdown,
        coalesce(fact.client_group, fact.age_band, fact.setting, fact.tier, 'ALL') as category,
        sum(fact.people) as people,
        sum(fact.hours * 7 / month.days) as hours_a_week,
        sum(fact.sessions) as sessions,
        coalesce(sum(fact.sessions) filter (where fact.setting = 'BUILDING'), 0) as sessions_building,
        sum(fact.sessions_planned) as sessions_planned,
        sum(fact.sessions_cancelled) as sessions_cancelled,
        sum(fact.people_direct_payment) as people_direct_payment,
        sum(fact.people_digital) as people_digital,
        sum(fact.people_digital_known) as people_digital_known,
        coalesce(sum(fact.people) filter (where fact.tier = '1'), 0) as people_tier_1,
        coalesce(sum(fact.people) filter (where fact.tier = '2'), 0) as people_tier_2,
        coalesce(sum(fact.people) filter (where fact.tier = '3'), 0) as people_tier_3
    from fact
    join pg_temp.span_month month on month.period = fact.period
    join core.area_tree tree on tree.area_code = fact.area_code
    group by
        tree.ancestor_code, tree.level, month.period_kind, month.period_start,
        grouping sets ((), (fact.client_group), (fact.age_band), (fact.setting), (fact.tier))
)

select
    part.indicator_id, part.measure, cell.area_code, cell.area_level, cell.period_kind, cell.period_start,
    cell.breakdown, cell.category, part.numerator, part.denominator
from cell
cross join lateral (
    values
        ('DO07', 'main', cell.hours_a_week, cell.people),
        ('DO08', 'tier_1', cell.people_tier_1, cell.people),
        ('DO08', 'tier_2', cell.people_tier_2, cell.people),
        ('DO08', 'tier_3', cell.people_tier_3, cell.people),
        ('DO09', 'main', cell.sessions_building, cell.sessions),
        ('DO10', 'main', cell.people_direct_payment, cell.people),
        ('DO12', 'main', cell.sessions_cancelled, cell.sessions_planned),
        ('DO25', 'main', cell.people_digital, cell.people_digital_known)
) as part (indicator_id, measure, numerator, denominator)
