-- release_v1.revision
-- Each figure in each release that it was published in, one after another, beside what it was in the one before.
--   publish_at: When the release became public.
--   previous_release_id: The published release of the same month before; null where it is the first with the figure.
--   previous_value: What the figure was in it; null where it was not shown.
--   change: The value less the one before; null where either was not shown.
select
    figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start,
    figure.breakdown, figure.category, figure.area_level, figure.through,
    figure.release_id, release.number, release.publish_at, figure.value, figure.note_codes,
    lag(figure.release_id) over earlier as previous_release_id,
    lag(figure.value) over earlier as previous_value,
    figure.value - lag(figure.value) over earlier as change
from release_v1.indicator_value as figure
join release_v1.release as release on release.release_id = figure.release_id
window earlier as (
    partition by
        figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start,
        figure.breakdown, figure.category, release.period
    order by release.number
)
