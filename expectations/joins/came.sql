-- The different people who came at least once to each service, with the group of ACTIVITY that each belongs to.
select distinct
    person.submission_id,
    person.service_id,
    person.commissioning_la,
    person.client_group,
    person.age_band,
    person.person_ref,
    person.home_la,
    person.has_unpaid_carer
  from "PEOPLE" as person
  join "ATTENDANCE" as half_day
    on half_day.submission_id = person.submission_id
   and half_day.service_id = person.service_id
   and half_day.person_ref = person.person_ref
 where half_day.status = 'ATT'
