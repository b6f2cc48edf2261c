-- Half-days in the month on which the service was not open, though it was open on other days of the month.
with service as (
    select
        submission_id,
        service_id,
        string_agg(days, ', ' order by days) as days
      from spell
     group by submission_id, service_id
    having bool_or(is_in_month)
),

half_day as (
    select
        submission_id,
        _row,
        service_id,
        date
      from "ATTENDANCE"
     cross join month
     where date between first_day and last_day
)

select
    half_day.submission_id,
    half_day._row as row,
    half_day.date::varchar as value,
    service.days as expected,
    half_day.service_id as other
  from half_day
  join service
    on service.submission_id = half_day.submission_id
   and service.service_id = half_day.service_id
 where not exists (
           select 1
             from spell
            where spell.submission_id = half_day.submission_id
              and spell.service_id = half_day.service_id
              and half_day.date between spell.open_from and coalesce(spell.closed_on, half_day.date)
       )
 order by all
