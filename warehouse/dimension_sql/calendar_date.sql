-- Each day from the first month of the baseline on; days that stand right are left alone.
insert into core.calendar_date as known
select
    to_char(day, 'YYYYMMDD')::integer as date_key,
    day::date as date,
    date_trunc('month', day)::date as month_start,
    (date_trunc('month', day) + interval '1 month - 1 day')::date as month_end,
    extract(year from day)::integer as calendar_year,
    extract(quarter from day)::integer as calendar_quarter,
    extract(month from day)::integer as month_number,
    (cast(:months_en as text[]))[extract(month from day)::integer] as month_name_en,
    (cast(:months_cy as text[]))[extract(month from day)::integer] as month_name_cy,
    to_char(day - interval '3 months', 'YYYY') || '-' || to_char(day + interval '9 months', 'YY') as financial_year,
    (date_trunc('year', day - interval '3 months') + interval '3 months')::date as financial_year_start,
    extract(quarter from day - interval '3 months')::integer as financial_quarter,
    (extract(month from day)::integer + 8) % 12 + 1 as financial_month,
    extract(isodow from day)::integer as weekday_number,
    (cast(:days_en as text[]))[extract(isodow from day)::integer] as weekday_name_en,
    (cast(:days_cy as text[]))[extract(isodow from day)::integer] as weekday_name_cy,
    extract(isodow from day) < 6 and day::date <> all(cast(:holidays as date[])) as is_working_day
from generate_series(cast(:first as timestamp), cast(:last as timestamp), interval '1 day') as day
on conflict (date_key) do update
    set month_name_en = excluded.month_name_en,
        month_name_cy = excluded.month_name_cy,
        weekday_name_en = excluded.weekday_name_en,
        weekday_name_cy = excluded.weekday_name_cy,
        is_working_day = excluded.is_working_day
    where (known.month_name_en, known.month_name_cy, known.weekday_name_en, known.weekday_name_cy, known.is_working_day)
        is distinct from (
            excluded.month_name_en, excluded.month_name_cy, excluded.weekday_name_en, excluded.weekday_name_cy,
            excluded.is_working_day
        )
