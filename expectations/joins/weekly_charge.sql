-- Services whose charges come to more than the most that a week may cost each person; flat charges a session are left out.
with charged as (
    select
        told.submission_id,
        told._row,
        told.service_id,
        costed_service.people,
        told.income_charges * 7 / (date_diff('day', month.first_day, month.last_day) + 1) / costed_service.people as weekly_gbp
      from "FINANCE" as told
      join costed_service using (submission_id, service_id)
     cross join month
     where costed_service.people > 0
       and told.charge_per_session is null
)

select
    submission_id,
    _row as row,
    round(weekly_gbp, 2)::decimal(18, 2)::varchar as value,
    people::varchar as expected,
    service_id as other
  from charged
 where weekly_gbp > 100
 order by all
