-- Returns whose figures of activity, three rows or more, are all as in an earlier return of another provider.
select distinct
    now.submission_id,
    null as row,
    null as value,
    null as expected,
    null as other
  from return_month as now
  join return_month as another
    on another.provider_id <> now.provider_id
   and another.figures_mark = now.figures_mark
   and (another.received_at, another.sha256) < (now.received_at, now.sha256)
 where now.period = $this_month
   and now.activity_rows >= 3
   and now.sessions > 0
 order by all
