-- core.wilson(numerator numeric, denominator numeric)
-- The 95% interval of a share, by Wilson's score; null where the one is no part of the other.
-- Example: select * from core.wilson(5, 100)
returns table (lower float8, upper float8) language sql immutable as $$
    select
        case when part > 0 then greatest((middle - reach) / scale, 0) else part end,
        case when part < whole then least((middle + reach) / scale, 1) else part / whole end
    from (
        select
            part,
            whole,
            part / whole + z * z / (2 * whole) as middle,
            z * sqrt(part / whole * (1 - part / whole) / whole + z * z / (4 * whole * whole)) as reach,
            1 + z * z / whole as scale
        from (
            select
                case when denominator > 0 and numerator between 0 and denominator then numerator::float8 end as part,
                case when denominator > 0 then denominator::float8 end as whole,
                1.959963984540054::float8 as z
        ) as share
    ) as score
$$
