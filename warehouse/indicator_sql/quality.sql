-- How complete a month is: returns expected, received, accepted, queried and refused, and services, by area.
with expected as (
    select distinct tree.ancestor_code as area_code, service.provider_id
    from core.expected_service service
    join core.area_tree tree on tree.area_code = service.service_la
    where service.period = :period
),

-- What became of each provider's month: its current return, or, where there is none, that it was refused.
came as (
    select
        provider_id,
        coalesce(max(state) filter (where is_current), case when bool_or(state = 'refused') then 'refused' end) as state
    from landing.submission
    where period = :period and provider_id is not null
    group by provider_id
),

returns as (
    select
        expected.area_code,
        count(*) as returns_expected,
        count(came.provider_id) as returns_received,
        count(*) filter (where came.state = 'accepted') as returns_accepted,
        count(*) filter (where came.state = 'queried') as returns_queried,
        count(*) filter (where came.state = 'refused') as returns_refused
    from expected
    left join came using (provider_id)
    group by expected.area_code
),

services as (
    select
        tree.ancestor_code as area_code,
        count(*) as services_expected,
        count(returned.service_id) as services_returned
    from core.expected_service service
    join core.area_tree tree on tree.area_code = service.service_la
    left join (select service_id from core.returned_service where period = :period) returned
        on returned.service_id = service.service_id
    where service.period = :period
    group by tree.ancestor_code
)

select
    area.code as area_code,
    area.label_en as area_en,
    area.label_cy as area_cy,
    returns.returns_expected,
    returns.returns_received,
    returns.returns_accepted,
    returns.returns_queried,
    returns.returns_refused,
    services.services_expected,
    services.services_returned,
    cast(services.services_returned as numeric) / services.services_expected as coverage
from release_v1.code_label area
join returns on returns.area_code = area.code
join services on services.area_code = area.code
where area.list_name = 'area'
order by area.position
