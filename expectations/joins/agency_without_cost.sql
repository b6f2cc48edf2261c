-- Staff groups with agency staff in a return without any agency cost; not asked while a cost is missing.
with cost as (
    select submission_id
      from "FINANCE"
     group by submission_id
    having sum(cost_agency) = 0
       and bool_and(cost_agency is not null)
)

select
    submission_id,
    _row as row,
    headcount_agency::varchar as value,
    null as expected,
    null as other
  from "WORKFORCE"
  join cost using (submission_id)
 where headcount_agency > 0
 order by all
