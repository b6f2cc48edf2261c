-- Figures that are shown although a small number of people stands in them, or in what is left of the whole: none may be.
select
    shown.indicator_id, shown.measure, shown.area_code, shown.period_kind, shown.period_start, shown.breakdown, shown.category
from mart_v1.protected_indicator shown
join mart_v1.indicator figure using (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category
)
join release_v1.indicator_definition definition using (indicator_id, measure)
where (shown.period_kind, shown.period_start) in (
        select * from unnest(cast(:kinds as text[]), cast(:starts as date[]))
    )
    and shown.value is not null
    and (
        (definition.is_count and shown.value > 0 and shown.value < :threshold)
        or (
            definition.people_in in ('numerator', 'both')
            and figure.numerator > 0 and figure.numerator < :threshold
        )
        or (
            definition.people_in in ('denominator', 'both')
            and figure.denominator > 0 and figure.denominator < :threshold
        )
        or (
            definition.people_in <> 'none' and definition.is_share
            and figure.numerator < figure.denominator and figure.denominator < figure.numerator + :threshold
        )
    )
order by 1, 2, 3, 4, 5, 6, 7
