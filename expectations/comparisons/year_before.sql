-- Services of which a figure changed by more than three quarters since last year, and not just since last month.
select
    submission_id,
    row,
    plain(amount) as value,
    plain(a_year_before) as expected,
    service_id as other
  from measured
 where period = $this_month
   and measure = $column
   and has_changed_since_year
   and has_changed_since_month is not true
 order by all
