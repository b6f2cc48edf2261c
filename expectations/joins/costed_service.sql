-- Services with what they cost and what was done for it; left out where a row of either sheet is refused.
with cost as (
    select
        submission_id,
        service_id,
        cost_staff + cost_agency + cost_premises + cost_transport + cost_other as cost_gbp
      from "FINANCE"
),

done as (
    select
        submission_id,
        service_id,
        sum(sessions_attended) as sessions,
        sum(people_attended) as people,
        coalesce(sum(people_transport_provided), 0) as people_with_transport
      from "ACTIVITY"
     group by submission_id, service_id
),

untold as (
    select submission_id, service_id
      from service_row
     where sheet in ('ACTIVITY', 'FINANCE')
       and _is_refused
),

unclear as (
    select submission_id
      from service_row
     where sheet in ('ACTIVITY', 'FINANCE')
       and _is_stray
)

select cost.submission_id, cost.service_id, cost_gbp, sessions, people, people_with_transport
  from cost
  join done
    on done.submission_id = cost.submission_id
   and done.service_id = cost.service_id
 where not exists (
           select 1
             from untold
            where untold.submission_id = cost.submission_id
              and untold.service_id = cost.service_id
       )
   and cost.submission_id not in (select submission_id from unclear)
