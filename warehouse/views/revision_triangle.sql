-- release_v1.revision_triangle
-- The headline figures by how many months after their period's end they were published: what they were first, and became.
--   months_after: Whole months from the end of the period to the publication.
--   publish_at: When the release became public; of several in the same month, the last.
--   first_value: What the figure was when it was first published.
--   change_since_first: The value less the one first published; null where either was not shown.
with headline as (
    select distinct on (indicator_id) indicator_id, measure
    from release_v1.indicator_definition
    order by indicator_id, position
),

published as (
    select
        figure.indicator_id, figure.measure, figure.area_code, figure.area_level, figure.period_kind,
        figure.period_start, figure.through, figure.release_id, release.number, figure.publish_at, figure.value,
        figure.note_codes,
        cast(extract(year from since.ended) * 12 + extract(month from since.ended) as integer) as months_after,
        first_value(figure.value) over (
            partition by
                figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start,
                release.period
            order by release.number
        ) as first_value
    from release_v1.indicator_value as figure
    join headline using (indicator_id, measure)
    join release_v1.release as release on release.release_id = figure.release_id
    cross join lateral (
        select age(release.publish_at at time zone 'Europe/London', figure.through + interval '1 month') as ended
    ) as since
    where figure.breakdown = 'all'
)

select distinct on (
    indicator_id, measure, area_code, period_kind, period_start, through, months_after
)
    indicator_id, measure, area_code, area_level, period_kind, period_start, through, months_after, release_id,
    publish_at, value, note_codes, first_value, value - first_value as change_since_first
from published
order by indicator_id, measure, area_code, period_kind, period_start, through, months_after, number desc
