-- submissions: one a provider and month
insert into landing.submission (
    submission_id, sha256, size_bytes, received_at, file_name, state, is_current, contract_version, loaded_version,
    verdict_sha256, rows_read, rows_accepted, return_id, spec_version, provider_id, provider_name_en, provider_sector,
    lead_la, period, submission_no, profile, nil_return, prepared_by_role, declared_on, language
)
select
    ('x' || left(hash, 15))::bit(60)::bigint, hash, 1, month + interval '1 month', 'return.xlsx', 'accepted', true, '1',
    '1', hash, 100, 100, '00000000-0000-4000-8000-000000000000', '1.0', 'DOP' || lpad(provider::text, 5, '0'),
    'Provider ' || provider, (array['LA', 'PRIVATE', 'THIRD'])[1 + provider % 3],
    'W060000' || lpad((1 + provider % 16)::text, 2, '0'), month, 1, case when provider % 5 < 3 then 'FULL' else 'LITE' end,
    false, 'Manager', (month + interval '1 month')::date, 'en'
from unnest(cast(:months as date[])) as month
cross join generate_series(1, :providers) as provider
cross join lateral (select encode(sha256(convert_to(provider || ' ' || month, 'UTF8')), 'hex') as hash) as hashed
where exists (select 1 from core.area where area_code = 'W060000' || lpad((1 + provider % 16)::text, 2, '0'));
-- services: three a return, some of which change once a year
insert into core.service_month (
    submission_id, row_number, period, service_id, service_name_en, service_la, setting, tier, client_group_main,
    contract_type, open_from, open_sessions_planned, open_sessions_held, welsh_medium
)
select
    submission_id, number, period, 'DOS' || substr(provider_id, 5) || lpad(number::text, 2, '0'),
    'Service ' || number, lead_la, (array['BUILDING', 'COMMUNITY', 'WORK'])[number], (1 + number % 3)::text, 'LD', 'BLOCK',
    case when number = 1 then date_trunc('year', period)::date else date '2015-01-01' end, 44, 40,
    case when number = 1 and extract(year from period)::integer % 2 = 0 then 'NO' else 'YES' end
from landing.submission
cross join generate_series(1, 3) as number;
-- activity: fourteen rows a service
insert into core.activity (
    submission_id, row_number, period, service_id, commissioning_la, client_group, age_band, people_enrolled,
    people_attended, new_starters, leavers, sessions_planned, sessions_attended, sessions_cancelled_provider,
    sessions_dna, hours_delivered, people_direct_payment, people_out_of_county
)
select
    submission_id, row_number * 100 + number, period, service_id, case when number = 1 then 'SELF' else service_la end,
    (array['LD', 'OP', 'DEM', 'PD', 'SI', 'MH', 'AUT'])[1 + number % 7], (array['25-44', '65-74'])[1 + number % 2],
    9, 8, 1, 1, 60, 50, 4, 6, 150, 2, 1
from core.service_month
cross join generate_series(1, 14) as number;
-- attendance: of person-level returns, about a hundred rows a service
insert into core.attendance_day (submission_id, row_number, period, service_id, date, part, status, mode, sessions, hours)
select
    submission_id, service.row_number * 1000 + row_number() over (partition by submission_id, service.service_id),
    service.period, service.service_id, service.period + day, part, status, case status when 'ATT' then 'IN_PERSON' end, 7,
    case status when 'ATT' then 21 else 0 end
from core.service_month as service
join landing.submission using (submission_id)
cross join generate_series(0, 27) as day
cross join unnest(array['AM', 'PM']) as part
cross join unnest(array['ATT', 'DNA']) as status
where profile = 'FULL' and extract(isodow from service.period + day) < 6;
-- finance: one row a service
insert into core.finance (
    submission_id, row_number, period, service_id, cost_staff, cost_agency, cost_premises, cost_transport, cost_other,
    income_la, income_dp, income_charges, income_grant, income_other
)
select submission_id, row_number, period, service_id, 9000, 500, 1500, 800, 200, 10000, 500, 900, 300, 100
from core.service_month;
-- workforce: seven roles a return, each quarter
insert into core.workforce (
    submission_id, row_number, period, service_group, service_la, role, headcount_perm, headcount_fixed,
    headcount_agency, contract_hours_week, wte, agency_hours_month, total_hours_month, vacant_wte, leavers_12m,
    starters_12m, paid_at_or_above_rlw, paid_below_rlw, pay_unknown, welsh_none, welsh_some, welsh_fluent
)
select
    submission_id, position, period, 'ALL', lead_la, code, 4, 1, 0, 180, 4.8, 0, 700, 0.5, 1, 1, 4, 1, 0, 3, 1, 1
from landing.submission
cross join core.code
where list_name = 'role' and extract(month from period)::integer % 3 = 0;
-- figures: each measure by area, month and category
insert into mart_v1.indicator (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category, area_level, numerator,
    denominator, value, services_expected, services_returned, coverage, note_codes
)
select
    definition.indicator_id, definition.measure, area.area_code, 'month', month, breakdown.breakdown,
    breakdown.category, area.area_level, 80, 100, 80, 10, 9, 0.9, '{p}'
from release_v1.indicator_definition as definition
cross join unnest(cast(:months as date[])) as month
cross join mart_v1.dim_area as area
join mart_v1.dim_breakdown as breakdown on breakdown.breakdown = any(definition.breakdowns)
where area.area_level <> 'none';
