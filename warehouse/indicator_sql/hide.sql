-- Figures that could serve to work out a confidential one are hidden beside it.
update mart_v1.protected_indicator figure
set value = null,
    lower = null,
    upper = null,
    status = 'confidential',
    reason = 'complementary',
    note_codes = array(
        select code from unnest(figure.note_codes || array['c']) as code
        where code not in ('k', 'u') order by code collate "C"
    )
from unnest(
    cast(:indicator_id as text[]), cast(:measure as text[]), cast(:area_code as text[]),
    cast(:period_kind as text[]), cast(:period_start as date[]), cast(:breakdown as text[]),
    cast(:category as text[])
) as hidden (indicator_id, measure, area_code, period_kind, period_start, breakdown, category)
where (figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start,
       figure.breakdown, figure.category)
    = (hidden.indicator_id, hidden.measure, hidden.area_code, hidden.period_kind, hidden.period_start,
       hidden.breakdown, hidden.category)
