-- Nil returns with rows on a sheet of activity.
with activity as (
    select
        submission_id,
        count(*) as row_count
      from activity_row
     group by submission_id
)

select
    submission_id,
    _row as row,
    row_count::varchar as value,
    null as expected,
    null as other
  from "RETURN"
  join activity using (submission_id)
 where nil_return
 order by all
