-- Rows about a service that is not on the SERVICES sheet at all, refused rows of that sheet included.
with listed as (
    select distinct submission_id, service_id
      from "SERVICES"
     where service_id is not null
)

select
    reporting.submission_id,
    reporting._row as row,
    reporting.service_id as value,
    null as expected,
    null as other
  from reporting
  left join listed
    on listed.submission_id = reporting.submission_id
   and listed.service_id = reporting.service_id
 where reporting.service_id is not null
   and listed.service_id is null
 order by all
