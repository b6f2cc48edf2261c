-- Returns whose figures of activity are all as in the provider's return for the month before.
select
    now.submission_id,
    null as row,
    null as value,
    null as expected,
    null as other
  from return_month as now
  join return_month as before
    on before.provider_id = now.provider_id
   and before.own_mark = now.own_mark
 where now.period = $this_month
   and before.period = $this_month - interval '1 month'
   and now.sessions > 0
 order by all
