"""The ten charts of the acceptance: what Superset is asked, and the query beneath the star that must agree.

`dataset` is a published view, or a select over several as an analyst would write it. The query goes to the tables as
the owner, past every view of `mart_v1`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chart:
    """One chart: its title, its dataset, what it is by and of, and the query that must agree."""

    title: str
    dataset: str
    by: tuple[str, ...]
    of: str
    beneath: str
    kind: str = "table"


_JOINED_DAY = "join mart_v1.dim_date as day on day.date_key = fact.month_key"
_LAST_ROW = """
    (select distinct on (submission_id, service_id) submission_id, service_id, setting, service_la
     from core.current_service_month order by submission_id, service_id, open_from desc)
"""

CHARTS = (
    Chart(
        "Sessions attended each month",
        "mart_v1.fct_activity",
        ("month_start",),
        "SUM(sessions_attended)",
        "select period, sum(sessions_attended) from core.current_activity group by 1",
        "echarts_timeseries_bar",
    ),
    Chart(
        "Cost of staff each month",
        "mart_v1.fct_finance",
        ("month_start",),
        "SUM(cost_staff)",
        "select period, sum(cost_staff) from core.current_finance group by 1",
        "echarts_timeseries_bar",
    ),
    Chart(
        "People waiting each quarter",
        "mart_v1.fct_waiting",
        ("month_start",),
        "SUM(waiting_total)",
        "select period, sum(waiting_total) from core.current_waiting group by 1",
        "echarts_timeseries_bar",
    ),
    Chart(
        "Half-days by what became of them",
        "select status.status_en, fact.sessions from mart_v1.fct_attendance_day as fact"
        " join mart_v1.dim_status as status using (status_key)",
        ("status_en",),
        "SUM(sessions)",
        "select code.label_en, count(*) from restricted.current_attendance as row join core.code as code"
        " on code.list_name = 'status' and code.code = row.status group by 1",
    ),
    Chart(
        "People on registers by client group, in Welsh",
        "select listed.client_group_cy, fact.people from mart_v1.fct_person_group as fact"
        " join mart_v1.dim_client_group as listed using (client_group_key)",
        ("client_group_cy",),
        "SUM(people)",
        "select code.label_cy, count(*) from restricted.current_person as row join core.code as code"
        " on code.list_name = 'client_group' and code.code = row.client_group group by 1",
    ),
    Chart(
        "Sessions attended by region and financial year",
        "select area.region_name_cy, day.financial_year, fact.sessions_attended from mart_v1.fct_activity as fact"
        f" {_JOINED_DAY} join mart_v1.dim_area as area on area.area_key = fact.area_key",
        ("region_name_cy", "financial_year"),
        "SUM(sessions_attended)",
        f"""
            select region.name_cy,
                   case when extract(month from row.period) < 4 then extract(year from row.period) - 1
                        else extract(year from row.period) end || '-' ||
                   right((case when extract(month from row.period) < 4 then extract(year from row.period)
                               else extract(year from row.period) + 1 end)::text, 2),
                   sum(row.sessions_attended)
              from core.current_activity as row
              join {_LAST_ROW} as service using (submission_id, service_id)
              join core.area_membership as member on member.valid_to is null and member.area_code =
                   case row.commissioning_la when 'SELF' then service.service_la else row.commissioning_la end
              join core.region as region using (region_code)
             group by 1, 2
        """,
    ),
    Chart(
        "Hours delivered by setting",
        "select service.setting_en, fact.hours_delivered from mart_v1.fct_activity as fact"
        " join mart_v1.dim_service as service using (service_key)",
        ("setting_en",),
        "SUM(hours_delivered)",
        f"select code.label_en, sum(row.hours_delivered) from core.current_activity as row join {_LAST_ROW} as service"
        " using (submission_id, service_id) join core.code as code on code.list_name = 'setting'"
        " and code.code = service.setting group by 1",
    ),
    Chart(
        "Whole-time equivalents by role",
        "select role.role_en, fact.wte, fact.month_start from mart_v1.fct_workforce as fact"
        " join mart_v1.dim_role as role using (role_key)",
        ("role_en", "month_start"),
        "SUM(wte)",
        "select code.label_en, row.period, sum(row.wte) from core.current_workforce as row join core.code as code"
        " on code.list_name = 'role' and code.code = row.role group by 1, 2",
    ),
    Chart(
        "Returns by sector",
        "select provider.provider_sector_en, fact.rows_read from mart_v1.fct_return as fact"
        " join mart_v1.dim_provider as provider using (provider_key)",
        ("provider_sector_en",),
        "SUM(rows_read)",
        "select code.label_en, sum(row.rows_read) from landing.submission as row join core.code as code"
        " on code.list_name = 'provider_sector' and code.code = row.provider_sector where row.is_current group by 1",
    ),
    Chart(
        "Recovery of people attending, as released",
        "select area_name_en, period_start, value from release_v1.latest_indicator where indicator_id = 'DO02'"
        " and period_kind = 'month' and breakdown = 'all' and area_level = 'region'",
        ("area_name_en", "period_start"),
        "MAX(value)",
        """
            select label.label_en, figure.period_start, figure.value
              from release_v1.indicator_value as figure
              join (select period, max(number) as number from release_v1.release group by 1) as newest
                on newest.period = figure.period_start
              join release_v1.release as release using (period, number, release_id)
              join release_v1.code_label as label on label.list_name = 'area' and label.code = figure.area_code
             where figure.indicator_id = 'DO02' and figure.period_kind = 'month' and figure.breakdown = 'all'
               and figure.area_level = 'region'
        """,
    ),
)
