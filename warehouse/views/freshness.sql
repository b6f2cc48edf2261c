-- mart_v1.freshness
-- How fresh the figures of each month are: what was expected and came, what was found, and its last release.
--   month_key: The month, as the key of its first day in dim_date.
--   month_start: First day of the month.
--   returns_due_on: Day by which its returns were to come.
--   final_from: First day on which its figures are final.
--   is_final: Whether they are by today.
--   cut_off_at: When the newest return that its figures are measured from came.
--   returns_expected: Returns that the register expects of the month.
--   returns_received: Of those, returns that came and could be used, late ones too.
--   returns_accepted: Current returns in which nothing was found to ask about.
--   returns_queried: Current returns that are used while the provider is asked about something.
--   returns_refused: Submissions that could not be used.
--   rules_checked: Rules that returns are held to.
--   rules_kept: Of those, rules that every current return of the month keeps.
--   release_id: The published release of the month that stands.
--   released_at: When that became public.
--   is_draft: Always false where there is one: what waits for approval is the next column.
--   prepared_release_id: The newest release of the month that is prepared or approved, and not public yet.
--   prepared_at: When that was made.
with came as (
    select
        submission.period,
        max(submission.received_at) filter (where measured.submission_id is not null) as cut_off_at,
        count(*) filter (where measured.submission_id is not null and submission.state = 'accepted') as accepted,
        count(*) filter (where measured.submission_id is not null and submission.state = 'queried') as queried,
        count(*) filter (where submission.state = 'refused') as refused
    from landing.submission
    left join core.measured_return as measured using (submission_id)
    where submission.period is not null
    group by submission.period
),

expected as (
    select
        period,
        count(*) as returns_expected,
        count(*) filter (where state in ('received', 'late')) as returns_received
    from landing.expected_return
    group by period
),

broken as (
    select measured.period, count(distinct finding.rule_id) as rules
    from core.measured_return as measured
    join landing.finding on finding.submission_id = measured.submission_id and finding.severity <> 'note'
    group by measured.period
)

select
    to_char(came.period, 'YYYYMMDD')::integer as month_key,
    came.period as month_start,
    calendar.due_on as returns_due_on,
    calendar.final_from,
    calendar.final_from <= current_date as is_final,
    came.cut_off_at,
    coalesce(expected.returns_expected, 0) as returns_expected,
    coalesce(expected.returns_received, 0) as returns_received,
    came.accepted as returns_accepted,
    came.queried as returns_queried,
    came.refused as returns_refused,
    (select count(*) from core.rule) as rules_checked,
    (select count(*) from core.rule) - coalesce(broken.rules, 0) as rules_kept,
    release.release_id,
    release.publish_at as released_at,
    release.is_draft,
    waiting.release_id as prepared_release_id,
    waiting.created_at as prepared_at
from came
left join core.return_calendar as calendar on calendar.period = came.period
left join expected on expected.period = came.period
left join broken on broken.period = came.period
left join release_v1.latest_release as release on release.period = came.period
left join (
    select distinct on (period) period, release_id, created_at
    from core.release_state
    where state in ('prepared', 'approved')
    order by period, number desc
) as waiting on waiting.period = came.period
