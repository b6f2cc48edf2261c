-- mart_v1.explain_figure(of_indicator text, of_area text, of_kind text, from_day date, of_measure text default null, of_breakdown text default 'all', of_category text default 'ALL', known_at timestamptz default 'infinity')
-- What a figure means and how it came about: its definition, numerator and denominator before protection, coverage, what
-- protection did and why, and what was last published. One row, or none where there is no such figure. Not for publication.
-- Of the measure that is read first, unless another is named; held against releases public by known_at.
-- Example: select * from mart_v1.explain_figure('DO02', 'W06000023', 'month', '2026-08-01')
returns table (
    indicator_id text, definition_version integer, title_en text, title_cy text, definition_en text, definition_cy text,
    policy_source text, measure text, measure_en text, measure_cy text, area_code text, area_level text,
    area_name_en text, area_name_cy text, period_kind text, period_start date, months integer,
    returns_not_measured_yet bigint, breakdown text, category text,
    numerator_en text, numerator_cy text, numerator numeric,
    denominator_en text, denominator_cy text, denominator numeric, factor integer, unit text,
    value_unrounded numeric, services_expected integer, services_returned integer, coverage numeric,
    coverage_floor numeric, status text, reason text, reason_en text, reason_cy text, threshold integer,
    rounding_base integer, decimal_places integer, value_shown numeric, note_codes text[],
    release_id text, released_at timestamptz, is_draft boolean, released_value numeric, released_note_codes text[],
    change_since_release numeric
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        figure.indicator_id, definition.version, definition.title_en, definition.title_cy, definition.definition_en,
        definition.definition_cy, definition.policy_source, figure.measure, definition.measure_en,
        definition.measure_cy, figure.area_code, figure.area_level,
        area.name_en, area.name_cy, figure.period_kind, figure.period_start, behind.months,
        behind.returns_not_measured_yet, figure.breakdown, figure.category,
        definition.numerator_en, definition.numerator_cy, figure.numerator,
        definition.denominator_en, definition.denominator_cy, figure.denominator, definition.factor, definition.unit,
        figure.value, figure.services_expected, figure.services_returned, figure.coverage,
        shown.coverage_floor, shown.status, shown.reason, coalesce(reason.label_en, shown.reason),
        coalesce(reason.label_cy, shown.reason), shown.threshold,
        shown.rounding_base, definition.decimal_places, shown.value, shown.note_codes,
        released.release_id, released.released_at, released.is_draft, released.value, released.note_codes,
        shown.value - released.value
    from mart_v1.indicator as figure
    join release_v1.indicator_definition as definition
        on definition.indicator_id = figure.indicator_id and definition.measure = figure.measure
    join mart_v1.dim_area as area on area.area_code = figure.area_code
    left join mart_v1.protected_indicator as shown
        on shown.indicator_id = figure.indicator_id
        and shown.measure = figure.measure
        and shown.area_code = figure.area_code
        and shown.period_kind = figure.period_kind
        and shown.period_start = figure.period_start
        and shown.breakdown = figure.breakdown
        and shown.category = figure.category
    left join release_v1.code_label as reason on reason.list_name = 'reason' and reason.code = shown.reason
    cross join lateral (
        select
            cast(count(distinct month.period) as integer) as months,
            count(submission.submission_id) as returns_not_measured_yet
        from core.months_behind(of_indicator, of_kind, from_day) as month
        left join landing.submission
            on submission.period = month.period
            and submission.is_current
            and not exists (
                select from core.measured_return as measured where measured.submission_id = submission.submission_id
            )
        where not month.is_baseline
    ) as behind
    left join lateral (
        select *
        from mart_v1.explain_releases(
            of_indicator, of_area, of_kind, from_day, figure.measure, of_breakdown, of_category, known_at
        )
        limit 1
    ) as released on true
    where figure.indicator_id = of_indicator
        and figure.measure = coalesce(of_measure, core.headline_of(of_indicator))
        and figure.area_code = of_area
        and figure.period_kind = of_kind
        and figure.period_start = from_day
        and figure.breakdown = of_breakdown
        and figure.category = of_category
$$
