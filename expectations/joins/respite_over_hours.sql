-- First rows of CARERS of services whose respite hours are over the hours of people with an unpaid carer by a tenth or more.
with given as (
    select
        submission_id,
        service_id,
        min(_row) as row,
        sum(respite_hours_delivered) as hours
      from "CARERS"
      join person_level_service using (submission_id, service_id)
     group by submission_id, service_id
    having not bool_or("CARERS"._is_refused)
),

cared_for as (
    select
        half_day.submission_id,
        half_day.service_id,
        sum(half_day.hours) as hours
      from "ATTENDANCE" as half_day
      join "PEOPLE" as person
        on person.submission_id = half_day.submission_id
       and person.service_id = half_day.service_id
       and person.person_ref = half_day.person_ref
     where half_day.status = 'ATT'
       and person.has_unpaid_carer = 'Y'
     group by half_day.submission_id, half_day.service_id
)

select
    given.submission_id,
    given.row,
    given.hours::varchar as value,
    coalesce(cared_for.hours, 0)::varchar as expected,
    given.service_id as other
  from given
  left join cared_for
    on cared_for.submission_id = given.submission_id
   and cared_for.service_id = given.service_id
 where given.hours * 10 > coalesce(cared_for.hours, 0) * 11
 order by all
