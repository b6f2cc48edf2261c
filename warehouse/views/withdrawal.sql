-- release_v1.withdrawal
-- Releases that were public and were withdrawn: their figures are shown no more, and the release before stands again.
--   publish_at: When it had become public.
--   withdrawn_at: When it was withdrawn.
--   reason: Why.
select release_id, period, number, publish_at, withdrawn_at, withdrawal_reason as reason
from core.release_state
where withdrawn_at >= publish_at
