-- Rows of ACTIVITY with another number of people than came by the sheets of people and attendance.
with counted as (
    select
        submission_id,
        service_id,
        commissioning_la,
        client_group,
        age_band,
        count(*) as people
      from came
     group by submission_id, service_id, commissioning_la, client_group, age_band
)

select
    told.submission_id,
    told._row as row,
    told.people_attended::varchar as value,
    coalesce(counted.people, 0)::varchar as expected,
    told.service_id as other
  from "ACTIVITY" as told
  join person_level_service using (submission_id, service_id)
  left join counted
    on counted.submission_id = told.submission_id
   and counted.service_id = told.service_id
   and counted.commissioning_la = told.commissioning_la
   and counted.client_group = told.client_group
   and counted.age_band = told.age_band
 where told.people_attended <> coalesce(counted.people, 0)
 order by all
