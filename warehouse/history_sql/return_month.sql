-- The current returns of this month and the month before, each with marks by which equal figures are known.
-- {own} and {any} are the figures of ACTIVITY by name: all of them, and those that do not say whose they are.
with told as (
    select submission_id, sessions_attended, row({own})::text as own, row({any})::text as any_
    from core.activity
    where period between :before and :last
),

marked as (
    select
        submission_id,
        count(*) as activity_rows,
        sum(sessions_attended) as sessions,
        md5(string_agg(own, ';' order by own)) as own_mark,
        md5(string_agg(any_, ';' order by any_)) as figures_mark
    from told
    group by submission_id
)

select
    submission.submission_id,
    submission.provider_id,
    submission.period,
    submission.nil_return as is_nil,
    submission.received_at,
    submission.sha256,
    coalesce(marked.activity_rows, 0) as activity_rows,
    coalesce(marked.sessions, 0) as sessions,
    marked.own_mark,
    marked.figures_mark
from landing.submission
left join marked on marked.submission_id = submission.submission_id
where submission.is_current and submission.profile <> 'BASELINE'
    and submission.period between :before and :last
