-- mart_v1.explain_indicator(of_indicator text, of_area text, of_kind text, from_day date, of_measure text default null, of_breakdown text default 'all', of_category text default 'ALL', known_at timestamptz default 'infinity')
-- All that the other functions called explain tell of a figure, as one table of items and their values: first the figure
-- itself, then each release, return, rule with rows in quarantine, and missing service. Not for publication.
-- Example: select * from mart_v1.explain_indicator('DO02', 'W06000023', 'month', '2026-08-01')
returns table (line integer, part text, number integer, item text, value text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with told as (
        select 1 as place, 'figure' as part, 1 as number, row_to_json(one) as items
        from mart_v1.explain_figure(
            of_indicator, of_area, of_kind, from_day, of_measure, of_breakdown, of_category, known_at
        ) as one
        union all
        select 2, 'release', cast(row_number() over () as integer), row_to_json(one)
        from mart_v1.explain_releases(
            of_indicator, of_area, of_kind, from_day, of_measure, of_breakdown, of_category, known_at
        ) as one
        union all
        select 3, 'submission', cast(row_number() over () as integer), row_to_json(one)
        from mart_v1.explain_submissions(of_indicator, of_area, of_kind, from_day) as one
        union all
        select 4, 'quarantine', cast(row_number() over () as integer), row_to_json(one)
        from mart_v1.explain_quarantine(of_indicator, of_area, of_kind, from_day) as one
        union all
        select 5, 'missing', cast(row_number() over () as integer), row_to_json(one)
        from mart_v1.explain_missing(of_indicator, of_area, of_kind, from_day, known_at) as one
    )

    select
        cast(row_number() over (order by told.place, told.number, item.place) as integer),
        told.part,
        told.number,
        item.name,
        item.value
    from told
    cross join lateral json_each_text(told.items) with ordinality as item (name, value, place)
    where exists (select from told as figure where figure.part = 'figure')
    order by 1
$$
