"""What the command line shows of the warehouse: returns by state, findings by rule, and the protected indicators."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from expectations.months import BASELINE, first_day
from expectations.reference import WALES

_RETURNS = """
    -- deliveries of each month by the state that they ended in
    select coalesce(to_char(period, 'YYYY-MM'), 'no month') as month, state, count(*) as files
    from landing.delivery_state
    group by 1, 2
    order by 1, 2
"""

_STOOD = """
    -- the return that stood for each provider and month at a moment, and whether it still stands
    select to_char(stood.period, 'YYYY-MM') as period, stood.provider_id, stood.submission_no, submission.received_at,
        submission.file_name, submission.sha256, submission.is_current as still_stands
    from landing.current_at(:moment) as stood
    join landing.submission using (submission_id)
    order by stood.period desc, stood.provider_id
"""

_NEWEST = "select max(period_start) from mart_v1.protected_indicator where period_kind = 'month'"

_FINDINGS = """
    -- findings of one month, or of all months, by rule
    select finding.rule_id as rule, finding.severity, rule.sentence_en, count(*) as findings,
        count(distinct finding.submission_id) as submissions
    from landing.finding
    join landing.submission using (submission_id)
    left join core.rule on rule.rule_id = finding.rule_id
    where :period is null or submission.period = :period
    group by 1, 2, 3
    order by findings desc, finding.rule_id
"""


def returns(connection: sa.Connection) -> list[tuple[str, dict[str, int]]]:
    """Return, for each month, how many deliveries ended in each state; the baseline's months are put together."""
    months: dict[str, dict[str, int]] = {}
    for month, state, files in connection.execute(sa.text(_RETURNS)):
        name = "baseline" if month <= BASELINE[1] else month
        counts = months.setdefault(name, {})
        counts[state] = counts.get(state, 0) + files
    return list(months.items())


def stood(connection: sa.Connection, moment: datetime) -> list[dict[str, Any]]:
    """Return the return that stood for each provider and month at `moment`, newest month first."""
    return [dict(row) for row in connection.execute(sa.text(_STOOD), {"moment": moment}).mappings()]


def newest_month(connection: sa.Connection) -> str | None:
    """Return the newest month that has figures (YYYY-MM)."""
    newest: date | None = connection.execute(sa.text(_NEWEST)).scalar()
    return newest.strftime("%Y-%m") if newest else None


def figures(connection: sa.Connection, month: str, area: str = WALES) -> list[dict[str, Any]]:
    """Return an area's protected headline figures of a month, with the change since the period before."""
    from warehouse.release import headlines

    return headlines(connection, first_day(month), area)


def findings(connection: sa.Connection, month: str | None) -> list[dict[str, Any]]:
    """Return the findings of a month (YYYY-MM), or of all, counted by rule and severity."""
    period = sa.bindparam("period", first_day(month) if month else None, sa.Date)
    return [dict(row) for row in connection.execute(sa.text(_FINDINGS).bindparams(period)).mappings()]


def words(row: dict[str, Any]) -> tuple[str, ...]:
    """Return one figure as words: indicator, title, value, change, coverage, note codes."""
    places, label = row["decimal_places"], row["measure_label"]
    coverage = f"{row['coverage'] * 100:.0f} %" if row["coverage"] is not None else ""
    title = row["title"] if label in _PLAIN else f"{row['title']}: {label[:1].lower()}{label[1:]}"
    return (
        row["indicator_id"],
        title if row["period_kind"] == "month" else f"{title} ({row['period_kind']})",
        _number(row["value"], places, row["unit"]),
        _number(row["change"], places, "", signed=True),
        coverage,
        " ".join(row["note_codes"]),
    )


_PLAIN = ("Percentage", "Cost per session")
"""Names of measures that say no more than the indicator's title."""


def _number(value: Decimal | None, places: int, unit: str, *, signed: bool = False) -> str:
    if value is None:
        return ""
    figure = f"{value:+,.{places}f}" if signed else f"{value:,.{places}f}"
    return f"£{figure}" if unit == "GBP" else f"{figure} {unit}".strip()
