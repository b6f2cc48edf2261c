-- release_v1.indicator_value
-- Figures of every published release.
--   publish_at: When the release became public.
select
    figure.release_id, figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start,
    figure.breakdown, figure.category, figure.area_level, figure.value, figure.coverage, figure.note_codes,
    figure.lower, figure.upper, figure.through, figure.version, figure.services_expected, figure.services_returned,
    figure.missing_authorities, release.publish_at
from core.released_figure as figure
join release_v1.release as release on release.release_id = figure.release_id
