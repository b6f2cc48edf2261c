-- core.baseline_of(of_month date)
-- The months before the pandemic that a month is compared with, and what each counts for: the same calendar month of
-- April 2019 to February 2020. March 2020 was cut short: March is held against the mean of January and February.
-- Example: select * from core.baseline_of('2027-03-01')
returns table (period date, weight numeric) language sql immutable as $$
    select
        make_date(2019 + (extract(month from of_month) <= 2)::integer, extract(month from of_month)::integer, 1),
        1.0
    where extract(month from of_month) <> 3
    union all
    select winter.period, 0.5
    from (values (date '2020-01-01'), (date '2020-02-01')) as winter (period)
    where extract(month from of_month) = 3
$$
