-- Primary disclosure control: small numbers of people hidden, counts rounded, thinly covered figures not given.
insert into mart_v1.protected_indicator (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category, area_level,
    value, coverage, note_codes, status
)
with figure as (
    select
        indicator.*,
        definition.is_count,
        definition.decimal_places,
        definition.has_floor and coalesce(indicator.coverage, 0) < case indicator.area_level
            when 'authority' then cast(:floor_authority as numeric)
            else cast(:floor_national as numeric)
        end as is_thin,
        case when definition.people_in in ('numerator', 'both') then indicator.numerator end as counted,
        case when definition.people_in in ('denominator', 'both') then indicator.denominator end as among,
        case when definition.is_share and definition.people_in <> 'none'
            then indicator.denominator - indicator.numerator
        end as rest
    from mart_v1.indicator
    join release_v1.indicator_definition definition using (indicator_id, measure)
    join unnest(cast(:kinds as text[]), cast(:starts as date[])) as asked (period_kind, period_start)
        using (period_kind, period_start)
),

judged as (
    select
        figure.*,
        case
            when value is null or is_thin then 'not_available'
            when exists (
                select from unnest(array[counted, among, rest]) as number
                where number > 0 and number < cast(:threshold as integer)
            ) then 'confidential'
            else 'shown'
        end as status,
        case
            when is_count then round(value / cast(:base as integer)) * cast(:base as integer)
            else round(value, decimal_places)
        end as rounded
    from figure
)

select
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category, area_level,
    case when status = 'shown' then rounded end,
    coverage,
    array(
        select code
        from unnest(
            array_remove(note_codes, 'x')
            || case status when 'not_available' then array['x'] when 'confidential' then array['c'] else '{}'::text[] end
            || case when status = 'shown' and rounded = 0 and value <> 0 then array['k'] else '{}'::text[] end
        ) as code
        order by code collate "C"
    ),
    status
from judged
