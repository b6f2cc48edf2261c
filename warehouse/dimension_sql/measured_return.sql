-- Which version of its provider each return is of: of the month's new ones, and of those whose version changed.
insert into core.measured_return (submission_id, period, month_key, provider_key, verdict_sha256)
select
    new.submission_id, :period, to_char(cast(:period as date), 'YYYYMMDD')::integer, version.provider_key,
    new.verdict_sha256
from new_return as new
join provider_now as version
    on version.provider_id = new.provider_id
    and cast(:period as date) between version.valid_from and coalesce(version.valid_to, 'infinity');

insert into core.measured_return (submission_id, period, month_key, provider_key, verdict_sha256)
select
    new.submission_id, :period, to_char(cast(:period as date), 'YYYYMMDD')::integer, settled.provider_key,
    new.verdict_sha256
from new_return as new
join settled_provider as settled using (submission_id);

update core.measured_return as measured
set provider_key = version.provider_key
from landing.submission
join changed_provider using (provider_id)
join provider_now as version using (provider_id)
where submission.submission_id = measured.submission_id
    and measured.period between version.valid_from and coalesce(version.valid_to, 'infinity')
    and measured.provider_key <> version.provider_key
