-- Each service in each month, of the year and of the baseline: what it was at the month's end, and how open and busy.
insert into pg_temp.service (
    period, submission_id, provider_id, profile, provider_sector, service_id, service_la, setting, tier,
    open_sessions_held, places, sessions_attended
)
with offered as (
    select
        submission_id,
        service_id,
        sum(open_sessions_held) as open_sessions_held,
        sum(places_per_session * open_sessions_held) as places
    from core.current_service_month
    where period between :year and :last or profile = 'BASELINE'
    group by submission_id, service_id
),

used as (
    select submission_id, service_id, sum(sessions_attended) as sessions_attended
    from core.current_activity
    where period between :year and :last or profile = 'BASELINE'
    group by submission_id, service_id
),

described as (
    select distinct on (submission_id, service_id)
        period, submission_id, provider_id, profile, provider_sector, service_id, service_la, setting, tier
    from core.current_service_month
    where period between :year and :last or profile = 'BASELINE'
    order by submission_id, service_id, open_from desc
)

select
    described.period,
    described.submission_id,
    described.provider_id,
    described.profile,
    described.provider_sector,
    described.service_id,
    described.service_la,
    described.setting,
    described.tier,
    offered.open_sessions_held,
    offered.places,
    coalesce(used.sessions_attended, 0)
from described
join offered using (submission_id, service_id)
left join used using (submission_id, service_id)
