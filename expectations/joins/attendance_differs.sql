-- Rows of a service and authority whose sessions attended differ from the half-days attended, by a share in per cent.
with came as (
    select
        half_day.submission_id,
        half_day.service_id,
        person.commissioning_la,
        count(*) as half_days
      from "ATTENDANCE" as half_day
      join "PEOPLE" as person
        on person.submission_id = half_day.submission_id
       and person.service_id = half_day.service_id
       and person.person_ref = half_day.person_ref
     where half_day.status = 'ATT'
     group by half_day.submission_id, half_day.service_id, person.commissioning_la
),

told as (
    select
        submission_id,
        service_id,
        commissioning_la,
        sum(sessions_attended) as sessions
      from "ACTIVITY"
      join person_level_service using (submission_id, service_id)
     group by submission_id, service_id, commissioning_la
),

differing as (
    select
        told.*,
        coalesce(came.half_days, 0) as half_days
      from told
      left join came
        on came.submission_id = told.submission_id
       and came.service_id = told.service_id
       and came.commissioning_la = told.commissioning_la
     where abs(told.sessions - coalesce(came.half_days, 0)) * 100 > coalesce(came.half_days, 0) * $over
       and ($up_to is null or abs(told.sessions - coalesce(came.half_days, 0)) * 100 <= coalesce(came.half_days, 0) * $up_to)
)

select
    row_of.submission_id,
    row_of._row as row,
    differing.sessions::varchar as value,
    differing.half_days::varchar as expected,
    row_of.service_id as other
  from "ACTIVITY" as row_of
  join differing
    on differing.submission_id = row_of.submission_id
   and differing.service_id = row_of.service_id
   and differing.commissioning_la = row_of.commissioning_la
 order by all
