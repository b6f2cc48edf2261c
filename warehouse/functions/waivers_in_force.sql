-- landing.waivers_in_force(provider text, month date, today date)
-- The names of the waivers that hold on a day for the return of a provider about a month, in order. Example:
-- select landing.waivers_in_force('DOP00001', '2026-08-01', current_date)
returns text[] language sql stable as $$
    select coalesce(array_agg(waiver.waiver_id order by waiver.waiver_id collate "C"), '{}')
    from landing.waiver
    where (waiver.provider_id is null or waiver.provider_id = provider)
        and month between waiver.period_from and waiver.period_to
        and waiver.expires_on >= today
        and waiver.revoked_at is null
$$
