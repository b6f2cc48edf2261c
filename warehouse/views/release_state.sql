-- core.release_state
-- Every release, prepared and published, with what was decided about it and what it is by now.
--   state: prepared, approved (it waits for its time), published, superseded by a later one of its month, or withdrawn.
--   is_public: Whether its figures can be read by everyone now.
--   approved_by: The role of who approved it.
--   approved_at: When it was approved.
--   publish_at: When it becomes public; null until it is approved.
--   reason: Why figures are revised, as approved; empty for a first release.
--   time_reason: Why it is not published at 9:30 on a working day; null where it is.
--   withdrawn_by: The role of who withdrew it.
--   withdrawn_at: When it was withdrawn.
--   withdrawal_reason: Why it was withdrawn.
with decided as (
    select
        release.*,
        approval.decided_by as approved_by,
        approval.decided_at as approved_at,
        approval.publish_at,
        approval.reason,
        approval.time_reason,
        withdrawal.decided_by as withdrawn_by,
        withdrawal.decided_at as withdrawn_at,
        withdrawal.reason as withdrawal_reason,
        coalesce(approval.publish_at <= now(), false) and withdrawal.release_id is null as is_public
    from core.release
    left join core.release_decision as approval
        on approval.release_id = release.release_id and approval.decision = 'approved'
    left join core.release_decision as withdrawal
        on withdrawal.release_id = release.release_id and withdrawal.decision = 'withdrawn'
)

select
    decided.*,
    case
        when withdrawn_at is not null then 'withdrawn'
        when is_public then case when number < max(number) filter (where is_public) over month
            then 'superseded' else 'published' end
        when publish_at is not null then 'approved'
        when number < max(number) filter (where withdrawn_at is null) over month then 'superseded'
        else 'prepared'
    end as state
from decided
window month as (partition by period)
