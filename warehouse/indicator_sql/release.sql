-- The protected figures of a month, its quarter and its year, in reading order, with what they were made of.
insert into pg_temp.drawn (
    release_id, indicator_id, measure, area_code, period_kind, period_start, breakdown, category, position, area_level,
    version, through, value, lower, upper, note_codes, coverage, services_expected, services_returned,
    missing_authorities, numerator, denominator
)
select
    '',
    figure.indicator_id,
    figure.measure,
    figure.area_code,
    figure.period_kind,
    figure.period_start,
    figure.breakdown,
    figure.category,
    row_number() over (
        order by
            definition.position,
            array_position(array['month', 'quarter', 'year'], figure.period_kind),
            area.position,
            breakdown.position,
            category.position
    ),
    figure.area_level,
    coalesce(figure.version, definition.version),
    coalesce(
        figure.through,
        least(
            cast(:period as date),
            cast(
                figure.period_start
                + case figure.period_kind
                    when 'month' then interval '0' when 'quarter' then interval '2 months' else interval '11 months'
                end as date
            )
        )
    ),
    figure.value,
    figure.lower,
    figure.upper,
    figure.note_codes,
    figure.coverage,
    coalesce(figure.services_expected, measured.services_expected, 0),
    coalesce(figure.services_returned, measured.services_returned, 0),
    coalesce(figure.missing_authorities, '{}'),
    measured.numerator,
    measured.denominator
from mart_v1.protected_indicator figure
join unnest(cast(:kinds as text[]), cast(:starts as date[])) as asked (period_kind, period_start)
    using (period_kind, period_start)
join release_v1.indicator_definition definition using (indicator_id, measure)
join release_v1.code_label area on area.list_name = 'area' and area.code = figure.area_code
join release_v1.code_label breakdown on breakdown.list_name = 'breakdown' and breakdown.code = figure.breakdown
join release_v1.code_label category on category.list_name = figure.breakdown and category.code = figure.category
left join mart_v1.indicator measured
    on measured.indicator_id = figure.indicator_id
    and measured.measure = figure.measure
    and measured.area_code = figure.area_code
    and measured.period_kind = figure.period_kind
    and measured.period_start = figure.period_start
    and measured.breakdown = figure.breakdown
    and measured.category = figure.category
