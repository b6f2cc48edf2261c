-- Services with an agency cost in a return without any agency staff; not asked without, or while missing, staff figures.
with staff as (
    select submission_id
      from "WORKFORCE"
     group by submission_id
    having sum(headcount_agency) = 0
       and bool_and(headcount_agency is not null)
)

select
    submission_id,
    _row as row,
    cost_agency::varchar as value,
    null as expected,
    null as other
  from "FINANCE"
  join staff using (submission_id)
 where cost_agency > 0
 order by all
