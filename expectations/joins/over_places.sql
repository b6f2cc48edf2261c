-- Services with sessions attended over one share of their places, in per cent, up to another; refused rows are left out.
with room as (
    select
        submission_id,
        service_id,
        sum(places_per_session * open_sessions_held) as places,
        bool_and(places_per_session is not null and open_sessions_held is not null and not _is_refused) as is_known
      from "SERVICES"
     group by submission_id, service_id
),

attended as (
    select
        submission_id,
        service_id,
        sum(sessions_attended) as sessions
      from "ACTIVITY"
     where not _is_refused
     group by submission_id, service_id
)

select
    "SERVICES".submission_id,
    "SERVICES"._row as row,
    attended.sessions::varchar as value,
    room.places::varchar as expected,
    "SERVICES".service_id as other
  from "SERVICES"
  join room using (submission_id, service_id)
  join attended using (submission_id, service_id)
 where room.is_known
   and sessions * 100 > places * $over
   and ($up_to is null or sessions * 100 <= places * $up_to)
 order by all
