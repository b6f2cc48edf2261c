-- The versions of the services that change. A row of a return describes its service from the day that it gives, or from
-- the month's first day where that is long past; where two rows would begin on one day, the later return's stands.
drop table if exists pg_temp.service_described, pg_temp.service_now;

create temporary table service_described on commit drop as
with returned as (
    select
        fact.*,
        submission.provider_id,
        lag(fact.period) over (partition by fact.service_id order by fact.period, fact.open_from) is null as is_first
    from core.service_month as fact
    join landing.submission on submission.submission_id = fact.submission_id
    join changed_service on changed_service.service_id = fact.service_id
    where submission.is_current
)

select returned.*, case when is_first then open_from else greatest(open_from, period) end as described_from
from returned;

create temporary table service_now on commit drop as
with daily as (
    select distinct on (service_id, described_from) *
    from service_described
    order by service_id, described_from, period desc, open_from desc, submission_id
),

compared as (
    select
        *,
        row(
            provider_id, service_name_en, service_name_cy, site_postcode, service_la, setting, tier, client_group_main,
            contract_type, predecessor_service_id, accessible_changing_place, welsh_medium, ciw_service_ref
        ) is not distinct from lag(row(
            provider_id, service_name_en, service_name_cy, site_postcode, service_la, setting, tier, client_group_main,
            contract_type, predecessor_service_id, accessible_changing_place, welsh_medium, ciw_service_ref
        )) over of_service as is_same,
        last_value(closed_on) over (
            of_service rows between unbounded preceding and unbounded following
        ) as last_closed_on,
        last_value(closure_reason) over (
            of_service rows between unbounded preceding and unbounded following
        ) as last_closure_reason
    from daily
    window of_service as (partition by service_id order by described_from)
),

begun as (
    select *, lead(described_from) over (partition by service_id order by described_from) as next_from
    from compared
    where is_same is not true
)

select
    substr(service_id, 4)::bigint * 100000000 + to_char(described_from, 'YYYYMMDD')::bigint as service_key,
    service_id,
    described_from as valid_from,
    case when next_from is null then last_closed_on else next_from - 1 end as valid_to,
    provider_id, service_name_en, service_name_cy, site_postcode, service_la, setting, tier, client_group_main,
    contract_type, predecessor_service_id, accessible_changing_place, welsh_medium, ciw_service_ref,
    case when next_from is null then last_closed_on end as closed_on,
    case when next_from is null then last_closure_reason end as closure_reason
from begun;

insert into core.service_version (
    service_key, service_id, valid_from, valid_to,
    provider_id, service_name_en, service_name_cy, site_postcode, service_la, setting, tier, client_group_main,
    contract_type, predecessor_service_id, accessible_changing_place, welsh_medium, ciw_service_ref,
    closed_on, closure_reason
)
select
    service_key, service_id, valid_from, valid_to,
    provider_id, service_name_en, service_name_cy, site_postcode, service_la, setting, tier, client_group_main,
    contract_type, predecessor_service_id, accessible_changing_place, welsh_medium, ciw_service_ref,
    closed_on, closure_reason
from service_now
on conflict (service_key) do update
    set valid_to = excluded.valid_to,
        provider_id = excluded.provider_id,
        service_name_en = excluded.service_name_en,
        service_name_cy = excluded.service_name_cy,
        site_postcode = excluded.site_postcode,
        service_la = excluded.service_la,
        setting = excluded.setting,
        tier = excluded.tier,
        client_group_main = excluded.client_group_main,
        contract_type = excluded.contract_type,
        predecessor_service_id = excluded.predecessor_service_id,
        accessible_changing_place = excluded.accessible_changing_place,
        welsh_medium = excluded.welsh_medium,
        ciw_service_ref = excluded.ciw_service_ref,
        closed_on = excluded.closed_on,
        closure_reason = excluded.closure_reason
