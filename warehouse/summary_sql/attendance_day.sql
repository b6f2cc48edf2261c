-- Half-days of each service and day of the submissions asked for, counted by part of the day, what happened, and mode.
insert into core.attendance_day
select
    submission_id,
    row_number() over (partition by submission_id order by service_id, date, part, status, mode) as row_number,
    period,
    service_id,
    date,
    part,
    status,
    mode,
    count(*) as sessions,
    coalesce(sum(hours), 0) as hours
from restricted.attendance
where submission_id = any(%(submissions)s)
group by submission_id, period, service_id, date, part, status, mode
