-- Services of each provider's current returns, month by month: was anything found in their figures, and had they closed?
with told as (
    select submission_id, provider_id, period
    from landing.submission
    where is_current and profile <> 'BASELINE' and period between :first and :last
),

-- Rows that were put aside, with the service that they say they are about.
aside as (
    select
        told.submission_id,
        told.period,
        quarantine.sheet,
        upper(trim(quarantine.raw ->> 'service_id')) as service_id
    from restricted.quarantine
    join told on told.submission_id = quarantine.submission_id
    where quarantine.sheet in ('SERVICES', 'ACTIVITY', 'FINANCE')
),

listed as (
    select service.submission_id, service.service_id, max(coalesce(service.closed_on, 'infinity')) as closed_on
    from core.service_month as service
    join told on told.submission_id = service.submission_id
    group by service.submission_id, service.service_id
),

known as (
    select submission_id, service_id, closed_on from listed
    union
    select aside.submission_id, aside.service_id, 'infinity'::date
    from aside
    where aside.sheet = 'SERVICES' and aside.service_id ~ '^DOS[0-9]{6}$' and not exists (
        select 1 from listed where listed.submission_id = aside.submission_id and listed.service_id = aside.service_id
    )
),

-- Returns with a row that was put aside and may be about any of their services: its own is none that was open.
unclear as (
    select distinct aside.submission_id
    from aside
    where not exists (
        select 1
        from known
        where known.submission_id = aside.submission_id
            and known.service_id = aside.service_id
            and known.closed_on >= aside.period
    )
),

asked as (
    select finding.submission_id, finding.sheet, finding.row_number
    from landing.finding
    join told on told.submission_id = finding.submission_id
    where finding.severity in ('error', 'query') and finding.rule_id <> all(:compared)
        and finding.sheet in ('SERVICES', 'ACTIVITY', 'FINANCE')
),

touched as (
    select submission_id, service_id from aside
    union
    select asked.submission_id, fact.service_id
    from asked
    join core.service_month as fact
        on asked.sheet = 'SERVICES' and fact.submission_id = asked.submission_id and fact.row_number = asked.row_number
    union
    select asked.submission_id, fact.service_id
    from asked
    join core.activity as fact
        on asked.sheet = 'ACTIVITY' and fact.submission_id = asked.submission_id and fact.row_number = asked.row_number
    union
    select asked.submission_id, fact.service_id
    from asked
    join core.finance as fact
        on asked.sheet = 'FINANCE' and fact.submission_id = asked.submission_id and fact.row_number = asked.row_number
)

select
    told.submission_id,
    told.provider_id,
    told.period,
    known.service_id,
    nullif(known.closed_on, 'infinity') as closed_on,
    unclear.submission_id is null as is_clear,
    unclear.submission_id is null and touched.submission_id is null as is_sound
from told
join known on known.submission_id = told.submission_id
left join unclear on unclear.submission_id = told.submission_id
left join touched on touched.submission_id = told.submission_id and touched.service_id = known.service_id
