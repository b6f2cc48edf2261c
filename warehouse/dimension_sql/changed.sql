-- The month's current returns that are not measured yet as they stand, and the providers and services that change by it.
-- What a return describes as it was described before changes nothing: its history is not looked at.
drop table if exists
    pg_temp.new_return, pg_temp.old_return, pg_temp.new_service, pg_temp.settled_provider, pg_temp.settled_service,
    pg_temp.changed_provider, pg_temp.changed_service;

create temporary table new_return on commit drop as
select submission.submission_id, submission.provider_id, submission.verdict_sha256, {submission.of_provider}
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

create temporary table new_service on commit drop as
select fact.*, new.provider_id, greatest(fact.open_from, fact.period) as described_from
from core.service_month as fact
join new_return as new on new.submission_id = fact.submission_id;

analyze pg_temp.new_return, pg_temp.old_return, pg_temp.new_service;

create temporary table settled_provider on commit drop as
select new.submission_id, new.provider_id, version.provider_key
from new_return as new
join core.provider_version as version
    on version.provider_id = new.provider_id
    and cast(:period as date) between version.valid_from and coalesce(version.valid_to, 'infinity')
where row({version.of_provider}) is not distinct from row({new.of_provider})
    and new.provider_id not in (select provider_id from old_return);

create temporary table settled_service on commit drop as
select new.submission_id, new.row_number, new.service_id, new.service_la, new.open_from, version.service_key
from new_service as new
join core.service_version as version
    on version.service_id = new.service_id
    and new.described_from between version.valid_from and coalesce(version.valid_to, 'infinity')
where coalesce(new.closed_on, version.closed_on) is null
    and row(version.provider_id, {version.of_service}) is not distinct from row(new.provider_id, {new.of_service})
    and exists (
        select 1
        from core.service_month as earlier
        join landing.submission on submission.submission_id = earlier.submission_id and submission.is_current
        where earlier.service_id = new.service_id and earlier.period < new.period
    );

create temporary table changed_provider on commit drop as
select provider_id from new_return where provider_id not in (select provider_id from settled_provider)
union
select provider_id from old_return;

create temporary table changed_service on commit drop as
select new.service_id
from new_service as new
left join settled_service as settled using (submission_id, row_number)
where settled.service_id is null
union
select measured.service_id
from core.measured_service as measured
join old_return as old on old.submission_id = measured.submission_id;

delete from core.measured_return where submission_id in (select submission_id from old_return)
