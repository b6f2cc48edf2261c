-- The versions of the providers that change: each runs until the next month in which another description was given.
drop table if exists pg_temp.provider_now;

create temporary table provider_now on commit drop as
with described as (
    select
        provider_id, period, provider_name_en, provider_name_cy, provider_sector, lead_la,
        row(provider_name_en, provider_name_cy, provider_sector, lead_la)
        is not distinct from lag(row(provider_name_en, provider_name_cy, provider_sector, lead_la)) over of_provider
        as is_same
    from landing.submission
    join changed_provider using (provider_id)
    where is_current
    window of_provider as (partition by provider_id order by period)
)

select
    substr(provider_id, 4)::bigint * 100000000 + to_char(period, 'YYYYMMDD')::bigint as provider_key,
    provider_id,
    period as valid_from,
    (lead(period) over (partition by provider_id order by period) - interval '1 day')::date as valid_to,
    provider_name_en,
    provider_name_cy,
    provider_sector,
    lead_la
from described
where is_same is not true;

insert into core.provider_version as known (
    provider_key, provider_id, valid_from, valid_to, provider_name_en, provider_name_cy, provider_sector, lead_la
)
select provider_key, provider_id, valid_from, valid_to, provider_name_en, provider_name_cy, provider_sector, lead_la
from provider_now
on conflict (provider_key) do update
    set valid_to = excluded.valid_to,
        provider_name_en = excluded.provider_name_en,
        provider_name_cy = excluded.provider_name_cy,
        provider_sector = excluded.provider_sector,
        lead_la = excluded.lead_la
    where (known.valid_to, known.provider_name_en, known.provider_name_cy, known.provider_sector, known.lead_la)
        is distinct from (
            excluded.valid_to, excluded.provider_name_en, excluded.provider_name_cy, excluded.provider_sector,
            excluded.lead_la
        )
