-- The headline figures of some areas before protection: of the month, or of the shortest period that has a snapshot.
with shown as (
    select
        figure.*,
        row_number() over (
            partition by figure.indicator_id, figure.measure, figure.area_code
            order by array_position(array['month', 'quarter', 'year'], figure.period_kind)
        ) as nearness
    from mart_v1.indicator figure
    join unnest(cast(:kinds as text[]), cast(:starts as date[])) as asked (period_kind, period_start)
        using (period_kind, period_start)
    where figure.area_code = any(cast(:areas as text[])) and figure.breakdown = 'all'
)

select
    shown.indicator_id,
    shown.measure,
    concat(definition.title_en, ': ', lower(definition.measure_en)) as title,
    definition.unit,
    definition.decimal_places,
    shown.area_code,
    shown.period_kind,
    shown.period_start,
    shown.value
from shown
join release_v1.indicator_definition definition using (indicator_id, measure)
where shown.nearness = 1
order by array_position(array['country', 'region', 'authority'], shown.area_level), shown.area_code, definition.position
