-- mart_v1.explain_releases(of_indicator text, of_area text, of_kind text, from_day date, of_measure text default null, of_breakdown text default 'all', of_category text default 'ALL', known_at timestamptz default 'infinity')
-- What each published release said of a figure, the last one first, and how much that differs from the release before. Of the
-- measure that is read first, unless another is named; of releases public by known_at.
-- Example: select * from mart_v1.explain_releases('DO02', 'W06000023', 'month', '2026-08-01')
returns table (
    release_id text, released_at timestamptz, is_draft boolean, disclosure_control text, value numeric, coverage numeric,
    note_codes text[], change_since_release_before numeric
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        release.release_id,
        release.publish_at,
        release.is_draft,
        release.disclosure_control,
        figure.value,
        figure.coverage,
        figure.note_codes,
        figure.value - lag(figure.value) over (order by release.period, release.number)
    from release_v1.indicator_value as figure
    join release_v1.release on release.release_id = figure.release_id
    where figure.indicator_id = of_indicator
        and figure.measure = coalesce(of_measure, core.headline_of(of_indicator))
        and figure.area_code = of_area
        and figure.period_kind = of_kind
        and figure.period_start = from_day
        and figure.breakdown = of_breakdown
        and figure.category = of_category
        and release.publish_at <= known_at
    order by release.period desc, release.number desc
$$
