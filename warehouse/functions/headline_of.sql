-- core.headline_of(of_indicator text)
-- The measure of an indicator that is read first. Example: select core.headline_of('DO01')
returns text language sql stable as $$
    select measure
    from release_v1.indicator_definition
    where indicator_id = of_indicator
    order by position
    limit 1
$$
