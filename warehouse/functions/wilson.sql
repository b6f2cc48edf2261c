-- core.wilson(numerator numeric, denominator numeric)
-- The 95% interval of a share, by Wilson's score; null where the one is no part of the other.
-- Example: select * from core.wilson(5, 100)
returns table (lower float8, upper float8) language sql immutable as $$
    select
        case when part = 0 then 0 else greatest((middle - reach) / scale, 0) end,
        case when part = whole then 1 else least((middle + reach) / scale, 1) end
    from (
        select
            part,
            whole,
            part / whole + z * z / (2 * whole) as middle,
            z * sqrt(part / whole * (1 - part / whole) / whole + z * z / (4 * whole * whole)) as reach,
            1 + z * z / whole as scale
        from (
            select
                case when numerator between 0 and denominator then cast(numerator as float8) end as part,
                case when denominator > 0 then cast(denominator as float8) end as whole,
                1.959963984540054::float8 as z
        ) as share
    ) as score
$$
