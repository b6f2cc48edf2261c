-- The headline figures of one area: of the month, or of the shortest period that has a snapshot, with the change.
with shown as (
    select
        figure.*,
        row_number() over (
            partition by figure.indicator_id, figure.measure
            order by array_position(array['month', 'quarter', 'year'], figure.period_kind)
        ) as nearness
    from mart_v1.protected_indicator figure
    join unnest(cast(:kinds as text[]), cast(:starts as date[])) as asked (period_kind, period_start)
        using (period_kind, period_start)
    where figure.area_code = :area and figure.breakdown = 'all'
)

select
    shown.indicator_id,
    shown.measure,
    definition.title_en as title,
    definition.measure_en as measure_label,
    definition.unit,
    definition.decimal_places,
    shown.period_kind,
    shown.period_start,
    shown.value,
    shown.value - before.value as change,
    shown.coverage,
    shown.note_codes
from shown
join release_v1.indicator_definition definition using (indicator_id, measure)
left join mart_v1.protected_indicator before
    on before.indicator_id = shown.indicator_id
    and before.measure = shown.measure
    and before.area_code = shown.area_code
    and before.breakdown = 'all'
    and before.period_kind = shown.period_kind
    and before.period_start = cast(
        shown.period_start - case shown.period_kind
            when 'month' then interval '1 month'
            when 'quarter' then interval '3 months'
            else interval '1 year'
        end as date
    )
where shown.nearness = 1
order by definition.position
