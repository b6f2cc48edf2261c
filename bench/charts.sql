-- Sessions attended each month, all years
select day.date, sum(fact.sessions_attended) as sessions
from mart_v1.fct_activity as fact
join mart_v1.dim_date as day on day.date_key = fact.month_key
group by day.date
order by day.date;
-- Sessions attended by region and financial year
select day.financial_year, area.region_name_en, sum(fact.sessions_attended) as sessions
from mart_v1.fct_activity as fact
join mart_v1.dim_date as day on day.date_key = fact.month_key
join mart_v1.dim_area as area on area.area_key = fact.area_key
group by day.financial_year, area.region_name_en
order by 1, 2;
-- Sessions attended by client group, in Welsh, a year
select client_group.client_group_cy, fact.month_start, sum(fact.sessions_attended) as sessions
from mart_v1.fct_activity as fact
join mart_v1.dim_client_group as client_group on client_group.client_group_key = fact.client_group_key
where fact.month_start between '2025-04-01' and '2026-03-01'
group by 1, 2
order by 1, 2;
-- Hours delivered by setting and financial year
select day.financial_year, service.setting_en, sum(fact.hours_delivered) as hours
from mart_v1.fct_activity as fact
join mart_v1.dim_date as day on day.date_key = fact.month_key
join mart_v1.dim_service as service on service.service_key = fact.service_key
group by day.financial_year, service.setting_en
order by 1, 2;
-- Cost of services by authority, a year
select area.name_en, sum(fact.cost_staff + fact.cost_agency + fact.cost_premises + fact.cost_transport) as cost_gbp
from mart_v1.fct_finance as fact
join mart_v1.dim_area as area on area.area_key = fact.area_key
where fact.month_start between '2025-04-01' and '2026-03-01'
group by area.name_en
order by 2 desc;
-- Attendance by weekday and part of the day, a quarter
select day.weekday_number, day.weekday_name_en, part.part_en, sum(fact.sessions) as sessions
from mart_v1.fct_attendance_day as fact
join mart_v1.dim_date as day on day.date_key = fact.date_key
join mart_v1.dim_part as part on part.part_key = fact.part_key
where fact.month_start between '2026-07-01' and '2026-09-01'
group by 1, 2, 3
order by 1, 3;
-- What became of planned sessions, a month, by region
select area.region_name_en, status.status_en, sum(fact.sessions) as sessions
from mart_v1.fct_attendance_day as fact
join mart_v1.dim_area as area on area.area_key = fact.area_key
join mart_v1.dim_status as status on status.status_key = fact.status_key
where fact.month_start = '2026-09-01'
group by 1, 2
order by 1, 2;
-- Staff by role each quarter, all years
select fact.month_start, role.role_en, sum(fact.wte) as whole_time_equivalents
from mart_v1.fct_workforce as fact
join mart_v1.dim_role as role on role.role_key = fact.role_key
group by 1, 2
order by 1, 2;
-- Services open by tier, the newest month
select service.tier_en, count(*) as services, sum(fact.open_sessions_held) as sessions
from mart_v1.fct_service_month as fact
join mart_v1.dim_service as service on service.service_key = fact.service_key
where fact.month_start = '2026-10-01'
group by service.tier_en
order by service.tier_en;
-- Recovery of people attending by authority, all months
select area.name_en, figure.period_start, figure.value
from mart_v1.fct_indicator as figure
join mart_v1.dim_area as area on area.area_key = figure.area_key
join mart_v1.dim_breakdown as breakdown on breakdown.breakdown_key = figure.breakdown_key
where figure.indicator_id = 'DO02'
    and figure.measure = 'main'
    and figure.period_kind = 'month'
    and breakdown.breakdown = 'all'
    and figure.area_level = 'authority'
order by 1, 2;
