-- Services whose rows about people all stand, so that they can be added up: nothing of them, or of no service, is refused.
select service_row.submission_id, service_row.service_id
  from service_row
  join "RETURN" as told using (submission_id)
 where service_row.sheet in ('SERVICES', 'ACTIVITY', 'PEOPLE', 'ATTENDANCE')
   and told.profile = 'FULL'
   and service_row.service_id is not null
   and service_row.submission_id not in (
           select submission_id
             from service_row
            where sheet in ('SERVICES', 'ACTIVITY', 'PEOPLE', 'ATTENDANCE')
              and _is_stray
       )
 group by service_row.submission_id, service_row.service_id
having not bool_or(service_row._is_refused)
   and bool_or(service_row.sheet = 'SERVICES')
