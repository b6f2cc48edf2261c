-- Which version each measured return's service is: the one that its last row about the service describes.
with told as (
    select distinct on (described.submission_id, described.service_id)
        described.submission_id, described.service_id, described.service_la, described.described_from
    from service_described as described
    join core.measured_return using (submission_id)
    order by described.submission_id, described.service_id, described.open_from desc
)

insert into core.measured_service as known (submission_id, service_id, service_key, service_la)
select told.submission_id, told.service_id, version.service_key, told.service_la
from told
join service_now as version
    on version.service_id = told.service_id
    and version.valid_from = (
        select max(other.valid_from)
        from service_now as other
        where other.service_id = told.service_id and other.valid_from <= told.described_from
    )
on conflict (submission_id, service_id) do update
    set service_key = excluded.service_key, service_la = excluded.service_la
    where (known.service_key, known.service_la) is distinct from (excluded.service_key, excluded.service_la);

insert into core.measured_service (submission_id, service_id, service_key, service_la)
select distinct on (submission_id, service_id) submission_id, service_id, service_key, service_la
from settled_service
where service_id not in (select service_id from changed_service)
order by submission_id, service_id, open_from desc
