-- release_v1.real_living_wage
-- The Real Living Wage: which rate employers are to pay from when until when, which DO18 is held against.
--   financial_year: Financial year of the Welsh Government, such as 2026-27.
--   hourly_gbp: Pounds an hour.
--   in_force_from: The first day on which employers are to pay it.
--   in_force_to: The last day; null for the newest rate that is known.
select
    financial_year,
    hourly_gbp,
    in_force_from,
    lead(in_force_from) over (order by in_force_from) - 1 as in_force_to
from core.real_living_wage
