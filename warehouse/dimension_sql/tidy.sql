-- Versions that nothing describes any more go.
delete from core.service_version as version
using changed_service as changed
where version.service_id = changed.service_id
    and version.service_key not in (select service_key from service_now);

delete from core.provider_version as version
using changed_provider as changed
where version.provider_id = changed.provider_id
    and version.provider_key not in (select provider_key from provider_now)
