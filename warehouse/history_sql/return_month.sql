-- The current returns of this month and the month before, each with marks by which equal figures are known.
with marked as (
    select
        activity.submission_id,
        count(*) as activity_rows,
        sum(activity.sessions_attended) as sessions,
        md5(string_agg(own.figures::text, ';' order by own.figures::text)) as own_mark,
        md5(string_agg(any_.figures::text, ';' order by any_.figures::text)) as figures_mark
    from core.activity
    cross join lateral (
        select to_jsonb(activity) - '{submission_id,row_number,period}'::text[] as figures
    ) as own
    cross join lateral (select own.figures - '{service_id,commissioning_la}'::text[] as figures) as any_
    where activity.period between :before and :last
    group by activity.submission_id
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
