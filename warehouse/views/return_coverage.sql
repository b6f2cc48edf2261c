-- mart_v1.return_coverage
-- Returns that the register expects, and what became of them, by month, area and sector of the provider. A provider with
-- services in several authorities counts once in each of them, and once in each region and in Wales.
--   month_start: First day of the month.
--   area_code: The authority, region or country that the provider has an expected service in.
--   area_level: authority, region or country.
--   provider_sector: Sector of the provider in the register; ALL for all of them together.
--   due_on: Day by which the returns were to be sent.
--   returns_expected: Returns that the register expects.
--   returns_received: Of those, returns that came and could be used, late ones too.
--   returns_on_time: Of those that were received, returns that came by the day they were due.
--   returns_late: Of those that were received, returns that came after it.
--   returns_accepted: Returns in whose current submission nothing was found to ask about.
--   returns_refused: Returns of which files came and none could be used.
--   returns_waiting: Returns that have not come and are not due yet.
--   returns_overdue: Returns that have not come and were due.
with expected as (
    select distinct
        returned.period,
        returned.provider_id,
        returned.due_on,
        returned.state,
        service.sector,
        tree.ancestor_code as area_code,
        tree.level as area_level
    from landing.expected_return as returned
    join landing.registered_service as service
        on service.provider_id = returned.provider_id
        and service.expected_from < returned.period + interval '1 month'
        and (service.expected_to is null or service.expected_to >= returned.period)
    join core.area_tree as tree on tree.area_code = service.service_la
),

accepted as (
    select distinct period, provider_id from landing.submission where is_current and state = 'accepted'
)

select
    expected.period as month_start,
    expected.area_code,
    expected.area_level,
    coalesce(expected.sector, 'ALL') as provider_sector,
    expected.due_on,
    count(distinct expected.provider_id) as returns_expected,
    count(distinct expected.provider_id) filter (where expected.state in ('received', 'late')) as returns_received,
    count(distinct expected.provider_id) filter (where expected.state = 'received') as returns_on_time,
    count(distinct expected.provider_id) filter (where expected.state = 'late') as returns_late,
    count(distinct accepted.provider_id) as returns_accepted,
    count(distinct expected.provider_id) filter (where expected.state = 'refused') as returns_refused,
    count(distinct expected.provider_id) filter (where expected.state = 'waiting') as returns_waiting,
    count(distinct expected.provider_id) filter (where expected.state = 'overdue') as returns_overdue
from expected
left join accepted on accepted.period = expected.period and accepted.provider_id = expected.provider_id
group by grouping sets (
    (expected.period, expected.area_code, expected.area_level, expected.due_on, expected.sector),
    (expected.period, expected.area_code, expected.area_level, expected.due_on)
)
