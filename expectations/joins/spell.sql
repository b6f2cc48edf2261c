-- The days from and to which each service was open, row by row of SERVICES, refused rows left out.
select
    submission_id,
    service_id,
    open_from,
    closed_on,
    open_from <= last_day and coalesce(closed_on, last_day) >= first_day as is_in_month,
    rtrim(open_from || ' - ' || coalesce(closed_on::varchar, '')) as days
  from "SERVICES"
 cross join month
 where service_id is not null
   and open_from is not null
   and not _is_refused
