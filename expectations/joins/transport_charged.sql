-- Services that charge for transport although it is part of people's plans there.
select
    told.submission_id,
    told._row as row,
    told.income_charges_transport::varchar as value,
    people_with_transport::varchar as expected,
    told.service_id as other
  from "FINANCE" as told
  join costed_service using (submission_id, service_id)
 where told.income_charges_transport > 0
   and people_with_transport > 0
 order by all
