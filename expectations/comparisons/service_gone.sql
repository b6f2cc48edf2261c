-- Services that a provider told of the month before, and that nobody tells of now although they had not closed.
select
    now.submission_id,
    null as row,
    before.service_id as value,
    null as expected,
    null as other
  from service_month as before
  join return_month as now
    on now.provider_id = before.provider_id
   and now.period = $this_month
 where before.period = $this_month - interval '1 month'
   and (before.closed_on is null or before.closed_on >= $this_month)
   and not exists (
           select 1
             from service_month as still
            where still.period = $this_month
              and (still.service_id = before.service_id
                   or (still.submission_id = now.submission_id and not still.is_clear))
       )
 order by all
