-- Primary disclosure control: small numbers of people hidden, counts rounded, thinly covered figures not given.
insert into mart_v1.protected_indicator (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category, area_level,
    value, coverage, note_codes, status, reason, threshold, rounding_base, coverage_floor,
    through, lower, upper, missing_authorities, services_expected, services_returned, version
)
with asked as (
    select *
    from unnest(cast(:kinds as text[]), cast(:starts as date[])) as asked (period_kind, period_start)
),

figure as (
    select
        indicator.*,
        definition.is_count,
        definition.decimal_places,
        definition.factor,
        definition.version,
        -- Beside a number or rate that is told of the population, an interval is reckoned from what is told alone.
        definition.interval_method = 'byar' and definition.people_in = 'numerator' as is_reckoned_anew,
        case when definition.has_floor then case indicator.area_level
            when 'authority' then cast(:floor_authority as numeric)
            else cast(:floor_national as numeric)
        end end as coverage_floor,
        -- Each number of people that it tells, in the order of the reasons below; null where it tells of none.
        case when definition.people_in in ('numerator', 'both')
            then array[indicator.numerator, highest.counted] else array[null, null]::numeric[]
        end
        || case when definition.people_in in ('denominator', 'both')
            then array[indicator.denominator, highest.among] else array[null, null]::numeric[]
        end
        || case when definition.is_share and definition.people_in <> 'none'
            then array[indicator.denominator - indicator.numerator, highest.rest] else array[null, null]::numeric[]
        end as numbers
    from mart_v1.indicator
    join asked using (period_kind, period_start)
    join release_v1.indicator_definition definition using (indicator_id, measure)
    left join pg_temp.highest using (indicator_id, measure, area_code, period_kind, period_start, breakdown, category)
),

reasoned as (
    select
        figure.*,
        case
            when value is null then 'not_measured'
            when coalesce(coverage, 0) < coverage_floor then 'coverage'
            when (indicator_id, measure) in (
                select * from unnest(cast(:of_money as text[]), cast(:money_measures as text[]))
            ) and numerator > 0 and (
                second_largest is null
                or largest + second_largest > cast(:dominance_share as numeric) * numerator
                or numerator - largest - second_largest < cast(:dominance_margin as numeric) * largest
            ) then 'dominance'
            else (array[
                'numerator', 'numerator_of_months', 'denominator', 'denominator_of_months', 'rest', 'rest_of_months'
            ])[(
                select min(place)
                from unnest(numbers) with ordinality as told (number, place)
                where number > 0 and number < cast(:threshold as integer)
            )]
        end as reason
    from figure
),

judged as (
    select
        reasoned.*,
        case
            when reason in ('not_measured', 'coverage') then 'not_available'
            when reason is not null then 'confidential'
            else 'shown'
        end as status,
        case
            when is_count then round(value / cast(:base as integer)) * cast(:base as integer)
            else round(value, decimal_places)
        end as rounded
    from reasoned
)

select
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category, area_level,
    case when status = 'shown' then rounded end,
    coverage,
    array(
        select code
        from unnest(
            array_remove(case when status = 'shown' then note_codes else array_remove(note_codes, 'u') end, 'x')
            || case status when 'not_available' then array['x'] when 'confidential' then array['c'] else '{}'::text[] end
            || case when status = 'shown' and rounded = 0 and value <> 0 then array['k'] else '{}'::text[] end
        ) as code
        order by code collate "C"
    ),
    status,
    reason,
    cast(:threshold as integer),
    case when is_count then cast(:base as integer) end,
    coverage_floor,
    through,
    case when status = 'shown' then round(
        cast(case when is_reckoned_anew then factor * anew.lower / coalesce(denominator, 1) else judged.lower end as numeric),
        decimal_places
    ) end,
    case when status = 'shown' then round(
        cast(case when is_reckoned_anew then factor * anew.upper / coalesce(denominator, 1) else judged.upper end as numeric),
        decimal_places
    ) end,
    missing_authorities,
    services_expected,
    services_returned,
    version
from judged
left join lateral core.byar(rounded * coalesce(denominator, 1) / factor) as anew on is_reckoned_anew
