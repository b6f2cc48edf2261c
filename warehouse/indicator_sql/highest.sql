-- Where a person who comes in several months counts in each, a sum of months may be about no more people than its highest.
create temporary table highest on commit drop as
select
    month.indicator_id, month.measure, month.area_code, asked.period_kind, asked.period_start,
    month.breakdown, month.category,
    max(month.numerator) as counted,
    max(month.denominator) as among,
    max(month.denominator - month.numerator) as rest
from unnest(cast(:kinds as text[]), cast(:starts as date[])) as asked (period_kind, period_start)
join mart_v1.indicator month
    on month.period_kind = 'month'
    and month.period_start >= asked.period_start
    and month.period_start < asked.period_start
        + case asked.period_kind when 'quarter' then interval '3 months' else interval '1 year' end
join release_v1.indicator_definition definition using (indicator_id, measure)
where asked.period_kind <> 'month' and not definition.is_distinct
group by 1, 2, 3, 4, 5, 6, 7
