-- Figures that are shown although a small number of people stands in them, or in what is left of the whole: none may be.
-- A sum of months in which people count each time tells of no more people, for sure, than its highest month.
select
    shown.indicator_id, shown.measure, shown.area_code, shown.period_kind, shown.period_start, shown.breakdown, shown.category
from mart_v1.protected_indicator shown
join mart_v1.indicator figure using (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category
)
join release_v1.indicator_definition definition using (indicator_id, measure)
cross join lateral (
    select
        nullif(max(month.numerator), 0) as counted,
        nullif(max(month.denominator), 0) as among,
        nullif(max(month.denominator - month.numerator), 0) as rest
    from mart_v1.indicator month
    where not definition.is_distinct
        and (month.indicator_id, month.measure, month.area_code, month.breakdown, month.category)
            = (shown.indicator_id, shown.measure, shown.area_code, shown.breakdown, shown.category)
        and month.period_kind = 'month'
        and month.period_start >= shown.period_start
        and month.period_start < shown.period_start
            + case shown.period_kind when 'quarter' then interval '3 months' else interval '1 year' end
        and shown.period_kind <> 'month'
) highest
where (shown.period_kind, shown.period_start) in (
        select * from unnest(cast(:kinds as text[]), cast(:starts as date[]))
    )
    and shown.value is not null
    and (
        (definition.is_count and shown.value > 0 and shown.value < :threshold)
        or (
            definition.people_in in ('numerator', 'both')
            and figure.numerator > 0 and least(figure.numerator, highest.counted) < :threshold
        )
        or (
            definition.people_in in ('denominator', 'both')
            and figure.denominator > 0 and least(figure.denominator, highest.among) < :threshold
        )
        or (
            definition.people_in <> 'none' and definition.is_share
            and figure.numerator < figure.denominator
            and least(figure.denominator - figure.numerator, highest.rest) < :threshold
        )
    )
order by 1, 2, 3, 4, 5, 6, 7
