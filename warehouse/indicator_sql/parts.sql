-- What the month's, its quarter's and its year's figures of people and money are made of, and what became of each.
select
    figure.indicator_id,
    figure.measure,
    figure.area_code,
    figure.period_kind,
    figure.period_start,
    figure.breakdown,
    figure.category,
    coalesce(figure.through, figure.period_start) as through,
    cast(figure.numerator as double precision) as numerator,
    cast(figure.denominator as double precision) as denominator,
    cast(least(figure.numerator, highest.counted) as double precision) as numerator_at_once,
    cast(least(figure.denominator, highest.among) as double precision) as denominator_at_once,
    cast(least(figure.denominator - figure.numerator, highest.rest) as double precision) as rest_at_once,
    shown.status,
    figure.only_provider,
    cast(figure.largest as double precision) as largest,
    cast(figure.second_largest as double precision) as second_largest
from mart_v1.indicator figure
join mart_v1.protected_indicator shown using (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category
)
left join pg_temp.highest using (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category
)
where (figure.period_kind, figure.period_start) in (
        select * from unnest(cast(:kinds as text[]), cast(:starts as date[]))
    )
    and (figure.indicator_id, figure.measure) in (
        select * from unnest(cast(:indicators as text[]), cast(:measures as text[]))
    )
    and figure.numerator is not null
