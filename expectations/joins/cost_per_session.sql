-- Services whose cost for each session attended is out of reason; a service of a few sessions is not asked about.
select
    told.submission_id,
    told._row as row,
    round(cost_gbp / sessions, 2)::decimal(18, 2)::varchar as value,
    sessions::varchar as expected,
    told.service_id as other
  from "FINANCE" as told
  join costed_service using (submission_id, service_id)
 where sessions >= 20
   and not (cost_gbp >= sessions * 10 and cost_gbp <= sessions * 400)
 order by all
