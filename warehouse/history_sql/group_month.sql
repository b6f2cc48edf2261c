-- People enrolled, started and left by service and client group, this month and the month before, with the first row of each.
select
    submission.submission_id,
    submission.period,
    activity.service_id,
    activity.client_group,
    min(activity.row_number) as row,
    sum(activity.people_enrolled) as enrolled,
    sum(activity.new_starters) as starters,
    sum(activity.leavers) as leavers
from landing.submission
join core.activity on activity.submission_id = submission.submission_id
where submission.is_current and submission.profile <> 'BASELINE'
    and submission.period between :before and :last
group by submission.submission_id, submission.period, activity.service_id, activity.client_group
