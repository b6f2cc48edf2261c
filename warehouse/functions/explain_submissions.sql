-- mart_v1.explain_submissions(of_indicator text, of_area text, of_kind text, from_day date)
-- The returns behind an area's figures of an indicator and a period, each with its file's hash, its version and its rows:
-- those read, accepted, measured (in the sheets that it is measured from), of the area (those that count for it, as in the
-- star), and in quarantine, of all sheets and of those. Which returns they are says core.returns_behind.
-- Example: select * from mart_v1.explain_submissions('DO02', 'W06000023', 'month', '2026-08-01')
returns table (
    provider_id text, provider_name_en text, provider_name_cy text, month_start date, is_baseline boolean,
    submission_no integer, profile text, state text, is_nil_return boolean, is_current boolean, received_at timestamptz,
    sha256 text, contract_version text, rows_read integer, rows_accepted integer, rows_measured bigint,
    rows_of_area bigint, rows_quarantined bigint, rows_left_out bigint
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        submission.provider_id, submission.provider_name_en, submission.provider_name_cy, submission.period,
        behind.is_baseline, submission.submission_no, submission.profile, submission.state, submission.nil_return,
        submission.is_current, submission.received_at, submission.sha256, submission.contract_version,
        submission.rows_read, submission.rows_accepted, behind.rows_measured, behind.rows_of_area,
        aside.rows_quarantined, aside.rows_left_out
    from core.returns_behind(of_indicator, of_area, of_kind, from_day) as behind
    join landing.submission on submission.submission_id = behind.submission_id
    cross join lateral (
        select
            count(*) as rows_quarantined,
            count(*) filter (
                where refused.sheet = any((
                    select definition.sheets
                    from release_v1.indicator_definition as definition
                    where definition.indicator_id = of_indicator
                    limit 1
                )::text[])
            ) as rows_left_out
        from restricted.quarantine as refused
        where refused.submission_id = behind.submission_id
    ) as aside
    order by behind.is_baseline, submission.period, submission.provider_id
$$
