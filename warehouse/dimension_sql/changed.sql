-- The month's current returns that are not measured yet as they stand, and the providers and services that change.
drop table if exists pg_temp.new_return, pg_temp.old_return, pg_temp.changed_provider, pg_temp.changed_service;

create temporary table new_return on commit drop as
select submission.submission_id, submission.provider_id, submission.verdict_sha256
from landing.submission
left join core.measured_return as measured on measured.submission_id = submission.submission_id
where submission.is_current
    and submission.period = :period
    and (measured.submission_id is null or measured.verdict_sha256 is distinct from submission.verdict_sha256);

create temporary table old_return on commit drop as
select measured.submission_id, submission.provider_id
from core.measured_return as measured
join landing.submission on submission.submission_id = measured.submission_id
where measured.period = :period
    and (not submission.is_current or measured.verdict_sha256 is distinct from submission.verdict_sha256);

create temporary table changed_provider on commit drop as
select provider_id from new_return
union
select provider_id from old_return;

create temporary table changed_service on commit drop as
select service_id from core.service_month join new_return using (submission_id)
union
select service_id from core.measured_service join old_return using (submission_id);

delete from core.measured_return where submission_id in (select submission_id from old_return)
