-- core.returns_behind(of_indicator text, of_area text, of_kind text, from_day date)
-- The submissions that an area's figures of an indicator and a period are measured from. For Wales, all that are measured
-- of its months; elsewhere those with a row, in the sheets that it is measured from, that counts for the area (of a
-- service in it, or commissioned by it), and nil returns about services registered in it.
-- Example: select * from core.returns_behind('DO02', 'W06000023', 'month', '2026-08-01')
returns table (
    submission_id bigint, period date, is_baseline boolean, rows_measured bigint, rows_of_area bigint
) language sql stable as $$
    with place as (
        select area.area_key, area.area_code
        from core.area_tree as tree
        join core.area on area.area_code = tree.area_code
        where tree.ancestor_code = of_area
    ),

    held as (
        select
            measured.submission_id, month.period, month.is_baseline, submission.provider_id, submission.nil_return,
            counted.rows_measured,
            case when of_area = 'W92000004' then counted.rows_measured else counted.rows_of_area end as rows_of_area
        from core.months_behind(of_indicator, of_kind, from_day) as month
        join core.measured_return as measured on measured.period = month.period
        join landing.submission on submission.submission_id = measured.submission_id
        cross join lateral (
            select
                cast(coalesce(sum(sheet.rows), 0) as bigint) as rows_measured,
                cast(coalesce(sum(sheet.rows) filter (where sheet.area_key in (select place.area_key from place)), 0)
                    as bigint) as rows_of_area
            from core.measured_row as sheet
            where sheet.submission_id = measured.submission_id
                and sheet.sheet = any((
                    select definition.sheets
                    from release_v1.indicator_definition as definition
                    where definition.indicator_id = of_indicator
                    limit 1
                )::text[])
        ) as counted
    )

    select held.submission_id, held.period, held.is_baseline, held.rows_measured, held.rows_of_area
    from held
    where of_area = 'W92000004'
        or held.rows_of_area > 0
        or (
            held.nil_return
            and exists (
                select from landing.registered_service as service
                join place on place.area_code = service.service_la
                where service.provider_id = held.provider_id
                    and service.expected_from < held.period + interval '1 month'
                    and (service.expected_to is null or service.expected_to >= held.period)
            )
        )
$$
