-- Rows about a service that was open on no day of the month; a service whose own row is refused is not asked about.
with closed_service as (
    select
        submission_id,
        service_id,
        string_agg(days, ', ' order by days) as days
      from spell
     group by submission_id, service_id
    having not bool_or(is_in_month)
)

select
    reporting.submission_id,
    reporting._row as row,
    reporting.service_id as value,
    closed_service.days as expected,
    null as other
  from reporting
  join closed_service
    on closed_service.submission_id = reporting.submission_id
   and closed_service.service_id = reporting.service_id
 order by all
