-- The versions of the providers that change: each runs until the next month in which another description was given.
drop table if exists pg_temp.provider_now;

create temporary table provider_now on commit drop as
with described as (
    select
        provider_id,
        period,
        {of_provider},
        row({of_provider}) is not distinct from lag(row({of_provider})) over by_month as is_same
    from landing.submission
    join changed_provider using (provider_id)
    where is_current
    window by_month as (partition by provider_id order by period)
)

select
    substr(provider_id, 4)::bigint * 100000000 + to_char(period, 'YYYYMMDD')::bigint as provider_key,
    provider_id,
    period as valid_from,
    (lead(period) over (partition by provider_id order by period) - interval '1 day')::date as valid_to,
    {of_provider}
from described
where is_same is not true;

insert into core.provider_version as known (provider_key, provider_id, valid_from, valid_to, {of_provider})
select provider_key, provider_id, valid_from, valid_to, {of_provider} from provider_now
on conflict (provider_key) do update
    set (valid_to, {of_provider}) = row(excluded.valid_to, {excluded.of_provider})
    where (known.valid_to, {known.of_provider}) is distinct from (excluded.valid_to, {excluded.of_provider})
