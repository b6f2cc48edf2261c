-- The tables that a run of the indicators works in; they are gone when its transaction ends.
drop table if exists
    pg_temp.span, pg_temp.span_month, pg_temp.declared, pg_temp.coverage, pg_temp.population, pg_temp.service,
    pg_temp.attendee, pg_temp.compared, pg_temp.left_out, pg_temp.measured, pg_temp.behind;

create temporary table span (
    period_kind text not null,
    period_start date not null,
    period_end date not null,
    last_month date not null,
    snapshot_month date,
    is_provisional boolean not null
) on commit drop;

create temporary table span_month (
    period_kind text not null,
    period_start date not null,
    period date not null,
    days integer not null,
    is_snapshot boolean not null
) on commit drop;

create temporary table declared (
    indicator_id text not null,
    measure text not null,
    breakdown text not null,
    category text not null,
    area_level text not null,
    factor integer not null,
    is_snapshot boolean not null,
    source text not null,
    has_baseline boolean not null,
    breaks date[] not null
) on commit drop;

create temporary table coverage (
    area_code text not null,
    area_level text not null,
    period_kind text not null,
    period_start date not null,
    is_snapshot boolean not null,
    services_expected integer not null,
    services_returned integer not null,
    months_returned integer not null
) on commit drop;

create temporary table population (
    area_code text not null,
    adults integer not null,
    older_people integer not null
) on commit drop;

create temporary table service (
    period date not null,
    submission_id bigint not null,
    provider_id text not null,
    profile text not null,
    provider_sector text not null,
    service_id text not null,
    service_la text not null,
    setting text not null,
    tier text not null,
    open_sessions_held bigint not null,
    places bigint,
    sessions_attended bigint not null
) on commit drop;

create temporary table attendee (
    period date not null,
    provider_id text not null,
    area_code text not null,
    commissioning_la text not null,
    service_id text not null,
    client_group text not null,
    age_band text not null,
    setting text not null,
    person_ref text,
    people bigint not null,
    is_out_of_county boolean not null,
    travel_minutes integer
) on commit drop;

create temporary table compared (
    period date not null,
    area_code text not null
) on commit drop;

create temporary table left_out (
    area_code text not null,
    period_kind text not null,
    period_start date not null,
    is_snapshot boolean not null,
    has_baseline boolean not null,
    authorities text[] not null
) on commit drop;

create temporary table measured (
    indicator_id text not null,
    measure text not null,
    area_code text not null,
    area_level text not null,
    period_kind text not null,
    period_start date not null,
    breakdown text not null,
    category text,
    numerator numeric not null,
    denominator numeric,
    is_estimated boolean not null default false
) on commit drop;

create temporary table behind (
    source text not null,
    area_code text not null,
    period_kind text not null,
    period_start date not null,
    breakdown text not null,
    category text not null,
    only_provider text,
    largest numeric,
    second_largest numeric,
    primary key (source, area_code, period_kind, period_start, breakdown, category)
) on commit drop;
