-- mart_v1.explain_missing(of_indicator text, of_area text, of_kind text, from_day date, known_at timestamptz default 'infinity')
-- The services of an area that returns are expected about in the months of an indicator's figures, and that no current
-- return is about: not_received (nothing came), refused (what came by known_at could not be used) or not_listed (a return
-- of the provider stands without it). Example: select * from mart_v1.explain_missing('DO02', 'W06000023', 'month', '2026-08-01')
returns table (
    month_start date, service_id text, service_name_en text, service_name_cy text, service_la text, provider_id text,
    provider_name text, state text
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        expected.period,
        expected.service_id,
        described.service_name_en,
        described.service_name_cy,
        expected.service_la,
        expected.provider_id,
        coalesce(
            (
                select version.provider_name_en from core.provider_version as version
                where version.provider_id = expected.provider_id
                order by version.valid_from desc
                limit 1
            ),
            (
                select min(registered.provider_name) from landing.registered_service as registered
                where registered.provider_id = expected.provider_id
            )
        ),
        case
            when exists (
                select from landing.submission
                where submission.provider_id = expected.provider_id and submission.period = expected.period
                    and submission.is_current
            ) then 'not_listed'
            when exists (
                select from landing.submission
                where submission.provider_id = expected.provider_id and submission.period = expected.period
                    and submission.state = 'refused' and submission.received_at <= known_at
            ) then 'refused'
            else 'not_received'
        end
    from core.months_behind(of_indicator, of_kind, from_day) as month
    join core.expected_service as expected on expected.period = month.period
    join core.area_tree as tree on tree.area_code = expected.service_la and tree.ancestor_code = of_area
    left join core.returned_service as returned
        on returned.period = expected.period and returned.service_id = expected.service_id
    left join lateral (
        select version.service_name_en, version.service_name_cy
        from core.service_version as version
        where version.service_id = expected.service_id
        order by version.valid_from desc
        limit 1
    ) as described on true
    where not month.is_baseline and returned.service_id is null
    order by expected.period, expected.provider_id, expected.service_id
$$
