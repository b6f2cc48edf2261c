-- The protected figures of a month, its quarter and its year, with labels in both languages, in reading order.
select
    figure.indicator_id,
    figure.measure,
    definition.title_en,
    definition.title_cy,
    definition.measure_en,
    definition.measure_cy,
    figure.area_code,
    area.label_en as area_en,
    area.label_cy as area_cy,
    figure.area_level,
    figure.period_kind,
    figure.period_start,
    figure.breakdown,
    breakdown.label_en as breakdown_en,
    breakdown.label_cy as breakdown_cy,
    figure.category,
    category.label_en as category_en,
    category.label_cy as category_cy,
    figure.value,
    definition.unit,
    figure.note_codes,
    figure.coverage,
    definition.decimal_places
from mart_v1.protected_indicator figure
join unnest(cast(:kinds as text[]), cast(:starts as date[])) as asked (period_kind, period_start)
    using (period_kind, period_start)
join release_v1.indicator_definition definition using (indicator_id, measure)
join release_v1.code_label area on area.list_name = 'area' and area.code = figure.area_code
join release_v1.code_label breakdown on breakdown.list_name = 'breakdown' and breakdown.code = figure.breakdown
join release_v1.code_label category on category.list_name = figure.breakdown and category.code = figure.category
order by
    definition.position,
    array_position(array['month', 'quarter', 'year'], figure.period_kind),
    area.position,
    breakdown.position,
    category.position
