-- DO01 and DO28: different people who attended, at each level of area, and those who did so out of county.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator, is_estimated
)
with named as (
    select
        tree.ancestor_code as area_code,
        month.period_kind,
        month.period_start,
        case
            when grouping(attendee.client_group) = 0 then 'client_group'
            when grouping(attendee.age_band) = 0 then 'age_band'
            when grouping(attendee.setting) = 0 then 'setting'
            else 'all'
        end as breakdown,
        coalesce(attendee.client_group, attendee.age_band, attendee.setting, 'ALL') as category,
        count(distinct attendee.person_ref) as people,
        count(distinct attendee.person_ref) filter (where attendee.is_out_of_county) as out_of_county,
        count(distinct attendee.person_ref) filter (
            where attendee.is_out_of_county and attendee.travel_minutes is not null
        ) as journeys_known,
        count(distinct attendee.person_ref) filter (
            where attendee.is_out_of_county and attendee.travel_minutes > 45
        ) as journeys_long,
        false as is_estimated
    from pg_temp.attendee
    join pg_temp.span_month month on month.period = attendee.period
    join core.area_tree tree on tree.area_code = attendee.area_code
    where attendee.person_ref is not null
    group by
        tree.ancestor_code, month.period_kind, month.period_start,
        grouping sets ((), (attendee.client_group), (attendee.age_band), (attendee.setting))
),

counted_by_month as (
    select
        area_code, commissioning_la, service_id, client_group, age_band, is_out_of_county, period,
        case when grouping(setting) = 0 then setting end as setting,
        grouping(setting) = 0 as has_setting,
        sum(people) as people
    from pg_temp.attendee
    where person_ref is null
    group by
        area_code, commissioning_la, service_id, client_group, age_band, is_out_of_county, period,
        grouping sets ((), (setting))
),

-- One person may come in several months: the highest month of a cell is the fewest people that it can be about.
highest as (
    select
        counted.area_code, month.period_kind, month.period_start, counted.client_group, counted.age_band,
        counted.is_out_of_county, counted.setting, counted.has_setting,
        max(counted.people) as people
    from counted_by_month counted
    join pg_temp.span_month month on month.period = counted.period
    group by
        counted.area_code, month.period_kind, month.period_start, counted.commissioning_la, counted.service_id,
        counted.client_group, counted.age_band, counted.is_out_of_county, counted.setting, counted.has_setting
),

counted as (
    select
        tree.ancestor_code as area_code,
        highest.period_kind,
        highest.period_start,
        case
            when highest.has_setting then 'setting'
            when grouping(highest.client_group) = 0 then 'client_group'
            when grouping(highest.age_band) = 0 then 'age_band'
            else 'all'
        end as breakdown,
        coalesce(highest.setting, highest.client_group, highest.age_band, 'ALL') as category,
        sum(highest.people) as people,
        coalesce(sum(highest.people) filter (where highest.is_out_of_county), 0) as out_of_county,
        0 as journeys_known,
        0 as journeys_long,
        highest.period_kind <> 'month' as is_estimated
    from highest
    join core.area_tree tree on tree.area_code = highest.area_code
    group by
        tree.ancestor_code, highest.period_kind, highest.period_start, highest.has_setting, highest.setting,
        grouping sets ((), (highest.client_group), (highest.age_band))
    having not highest.has_setting or (grouping(highest.client_group) = 1 and grouping(highest.age_band) = 1)
),

together as (
    select
        area_code, period_kind, period_start, breakdown, category,
        sum(people) as people,
        sum(out_of_county) as out_of_county,
        sum(journeys_known) as journeys_known,
        sum(journeys_long) as journeys_long,
        bool_or(is_estimated) as is_estimated
    from (select * from named union all select * from counted) as either
    group by area_code, period_kind, period_start, breakdown, category
),

-- Where anything was returned, a category that nobody names has nobody in it.
attending as (
    select
        declared.measure, coverage.area_code, coverage.area_level, coverage.period_kind, coverage.period_start,
        declared.breakdown, declared.category,
        coalesce(together.people, 0) as people,
        coalesce(together.is_estimated, false) as is_estimated
    from pg_temp.declared
    join pg_temp.coverage
        on coverage.area_level = declared.area_level
        and coverage.is_snapshot = declared.is_snapshot
        and coverage.services_returned > 0
    left join together
        on together.area_code = coverage.area_code
        and together.period_kind = coverage.period_kind
        and together.period_start = coverage.period_start
        and together.breakdown = declared.breakdown
        and together.category = declared.category
    where declared.indicator_id = 'DO01'
),

attending_per_adults as (
    select
        'DO01', attending.measure, attending.area_code, attending.area_level, attending.period_kind,
        attending.period_start, attending.breakdown, attending.category, attending.people,
        case
            when attending.measure = 'count' then null
            when attending.breakdown = 'client_group' and attending.category = 'OP' then population.older_people
            else population.adults
        end,
        attending.is_estimated
    from attending
    join pg_temp.population on population.area_code = attending.area_code
),

out_of_county as (
    select
        'DO28', part.measure, together.area_code, tree.level, together.period_kind, together.period_start,
        together.breakdown, together.category, part.numerator, part.denominator,
        together.is_estimated and part.measure = 'main'
    from together
    join (select distinct ancestor_code, level from core.area_tree) tree on tree.ancestor_code = together.area_code
    cross join lateral (
        values
            ('main', together.out_of_county, together.people),
            ('over_45_minutes', together.journeys_long, together.journeys_known)
    ) as part (measure, numerator, denominator)
)

select * from attending_per_adults
union all
select * from out_of_county
