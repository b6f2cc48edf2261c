-- Figures of a release that are shown although a small number of people stands in them, or in what is left of the whole;
-- and those of people of which it cannot be known (releases of before what they were made of was kept).
select
    shown.indicator_id, shown.measure, shown.area_code, shown.period_kind, shown.period_start, shown.breakdown,
    shown.category
from core.released_figure as shown
join release_v1.indicator_definition as definition using (indicator_id, measure)
where shown.release_id = :release_id
    and shown.value is not null
    and (
        (definition.people_in <> 'none' and shown.numerator is null)
        or (definition.is_count and shown.value > 0 and shown.value < :threshold)
        or (
            definition.people_in in ('numerator', 'both')
            and shown.numerator > 0 and shown.numerator < :threshold
        )
        or (
            definition.people_in in ('denominator', 'both')
            and shown.denominator > 0 and shown.denominator < :threshold
        )
        or (
            definition.people_in <> 'none' and definition.is_share
            and shown.denominator > shown.numerator and shown.denominator - shown.numerator < :threshold
        )
    )
order by shown.position
