-- Estimates of a month: the authorities' own figures where they are covered, and in place of the others what they had in
-- the last covered month (carry_forward) or as many as their services expected are to those returned (ratio).
insert into mart_v1.estimated_indicator (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category, area_level,
    value, numerator, denominator, method, share_estimated, estimated_authorities, note_codes
)
with own as (
    select
        figure.indicator_id, figure.measure, figure.area_code, figure.period_start,
        figure.numerator, figure.denominator, figure.value, figure.services_expected, figure.services_returned,
        coalesce(figure.coverage, 0) >= cast(:floor_authority as numeric) as is_covered,
        shown.status,
        -- What a figure that is not given for its coverage would tell of few people, sums and differences may not tell either.
        (
            definition.people_in in ('numerator', 'both')
            and figure.numerator > 0 and figure.numerator < cast(:threshold as integer)
        )
        or (
            definition.people_in in ('denominator', 'both')
            and figure.denominator > 0 and figure.denominator < cast(:threshold as integer)
        ) as is_small
    from mart_v1.indicator figure
    join mart_v1.protected_indicator shown using (
        indicator_id, measure, area_code, period_kind, period_start, breakdown, category
    )
    join release_v1.indicator_definition definition using (indicator_id, measure)
    where figure.period_kind = 'month' and figure.breakdown = 'all' and figure.area_level = 'authority'
        and (figure.indicator_id, figure.measure) in (
            select * from unnest(cast(:indicators as text[]), cast(:measures as text[]))
        )
        and figure.period_start between cast(:month as date) - make_interval(months => cast(:months as integer))
            and cast(:month as date)
),

carried as (
    select distinct on (indicator_id, measure, area_code) *
    from own
    where period_start < cast(:month as date) and is_covered and value is not null
    order by indicator_id, measure, area_code, period_start desc
),

part as (
    select
        own.*,
        carried.numerator as carried_numerator,
        carried.denominator as carried_denominator,
        carried.status as carried_status,
        case
            when own.is_covered then null
            when :method = 'carry_forward' and carried.value is not null then 'carry_forward'
            when :method = 'ratio' and own.services_returned > 0 and own.value is not null then 'ratio'
        end as method
    from own
    left join carried using (indicator_id, measure, area_code)
    where own.period_start = cast(:month as date)
),

judged as (
    select
        indicator_id, measure, area_code, method,
        case method
            when 'carry_forward' then carried_numerator
            when 'ratio' then numerator * services_expected / services_returned
            else numerator
        end as numerator,
        case method when 'carry_forward' then carried_denominator else denominator end as denominator,
        case method
            when 'carry_forward' then services_expected
            when 'ratio' then services_expected - services_returned
            else 0
        end as services_estimated,
        case
            when coalesce(is_small, false) then false
            when method = 'carry_forward' then carried_status = 'shown'
            else status in ('shown', 'not_available')
        end as may_be_shown
    from part
),

summed as (
    select
        judged.indicator_id, judged.measure, tree.ancestor_code as area_code,
        sum(judged.numerator) as numerator,
        sum(judged.denominator) as denominator,
        sum(judged.services_estimated) as services_estimated,
        array_agg(judged.area_code order by judged.area_code collate "C") filter (where judged.method is not null)
            as estimated_authorities,
        bool_and(judged.may_be_shown) as may_be_shown
    from judged
    join core.area_tree tree on tree.area_code = judged.area_code
    group by judged.indicator_id, judged.measure, tree.ancestor_code
    having count(judged.method) > 0
),

figure as (
    select
        summed.*,
        area.area_level,
        area.note_codes,
        area.services_expected,
        definition.is_count,
        definition.decimal_places,
        case
            when summed.denominator is null then summed.numerator
            when summed.denominator > 0 then definition.factor * summed.numerator / summed.denominator
        end as value
    from summed
    join release_v1.indicator_definition definition using (indicator_id, measure)
    join mart_v1.indicator area using (indicator_id, measure, area_code)
    where area.period_kind = 'month' and area.period_start = cast(:month as date) and area.breakdown = 'all'
)

select
    indicator_id, measure, area_code, 'month', cast(:month as date), 'all', 'ALL', area_level,
    case
        when not may_be_shown then null
        when is_count then round(value / cast(:base as integer)) * cast(:base as integer)
        else round(value, decimal_places)
    end,
    case when may_be_shown then numerator end,
    case when may_be_shown then denominator end,
    :method,
    cast(services_estimated as numeric) / services_expected,
    estimated_authorities,
    array_remove(
        array[case when not may_be_shown then 'c' end, 'e', case when 'p' = any(note_codes) then 'p' end], null
    )
from figure
where value is not null
