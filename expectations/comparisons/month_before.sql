-- Services of which a figure changed by more than half since the month before.
select
    submission_id,
    row,
    plain(amount) as value,
    plain(a_month_before) as expected,
    service_id as other
  from measured
 where period = $this_month
   and measure = $column
   and has_changed_since_month
 order by all
