-- core.byar(events numeric)
-- The 95% interval of a number of events, by Byar's approximation; null where there can be no such number.
-- Example: select * from core.byar(20)
returns table (lower float8, upper float8) language sql immutable as $$
    select
        case
            when seen = 0 then 0
            else seen * power(greatest(1 - 1 / (9 * seen) - z / (3 * sqrt(seen)), 0), 3)
        end,
        (seen + 1) * power(1 - 1 / (9 * (seen + 1)) + z / (3 * sqrt(seen + 1)), 3)
    from (
        select case when events >= 0 then cast(events as float8) end as seen, 1.959963984540054::float8 as z
    ) as counted
$$
