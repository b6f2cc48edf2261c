-- release_v1.release
-- Published releases: approved, their time come, and not withdrawn. Each was frozen when it was made.
--   is_draft: Always false: what is not approved is not shown.
--   publish_at: When it became public.
--   reason: Why figures are revised in it; empty for the first of its month.
select
    release_id, period, number, created_at, content_sha256, false as is_draft, disclosure_control,
    publish_at, reason, population_vintage
from core.release_state
where is_public
