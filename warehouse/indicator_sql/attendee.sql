-- Who attended: a row for each person, service and month of person-level returns, a row for each cell of the others.
insert into pg_temp.attendee (
    period, provider_id, area_code, commissioning_la, service_id, client_group, age_band, setting, person_ref, people,
    is_out_of_county, travel_minutes
)
with came as (
    select distinct submission_id, service_id, person_ref
    from restricted.current_attendance
    where status = 'ATT' and period between :year and :last
),

named as (
    select
        person.submission_id, person.service_id, person.commissioning_la, person.client_group, person.age_band,
        person.person_ref, 1 as people, person.travel_minutes
    from came
    join restricted.current_person person using (submission_id, service_id, person_ref)
),

counted as (
    select
        submission_id, service_id, commissioning_la, client_group, age_band,
        cast(null as text) as person_ref, people_attended as people, cast(null as integer) as travel_minutes
    from core.current_activity
    where profile = 'LITE' and people_attended > 0 and period between :year and :last
),

attended as (
    select * from named
    union all
    select * from counted
)

select
    service.period,
    service.provider_id,
    case attended.commissioning_la when 'SELF' then service.service_la else attended.commissioning_la end,
    attended.commissioning_la,
    attended.service_id,
    attended.client_group,
    attended.age_band,
    service.setting,
    attended.person_ref,
    attended.people,
    attended.commissioning_la not in ('SELF', service.service_la),
    attended.travel_minutes
from attended
join pg_temp.service using (submission_id, service_id)
