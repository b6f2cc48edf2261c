-- Rows of ACTIVITY with another number of people from elsewhere than live, of those who came, outside the site's authority.
with site as (
    select
        submission_id,
        service_id,
        min(service_la) as service_la
      from "SERVICES"
     group by submission_id, service_id
    having count(distinct service_la) = 1
),

counted as (
    select
        came.submission_id,
        came.service_id,
        came.commissioning_la,
        came.client_group,
        came.age_band,
        count(*) filter (where came.home_la <> site.service_la) as people
      from came
      join site
        on site.submission_id = came.submission_id
       and site.service_id = came.service_id
     group by came.submission_id, came.service_id, came.commissioning_la, came.client_group, came.age_band
)

select
    told.submission_id,
    told._row as row,
    told.people_out_of_county::varchar as value,
    coalesce(counted.people, 0)::varchar as expected,
    told.service_id as other
  from "ACTIVITY" as told
  join person_level_service using (submission_id, service_id)
  join site using (submission_id, service_id)
  left join counted
    on counted.submission_id = told.submission_id
   and counted.service_id = told.service_id
   and counted.commissioning_la = told.commissioning_la
   and counted.client_group = told.client_group
   and counted.age_band = told.age_band
 where told.people_out_of_county <> coalesce(counted.people, 0)
 order by all
