"""What is behind a figure: what the functions of `mart_v1` called explain tell of it, and what there is to ask about.

How a figure is measured and protected does not belong here, nor how any of this looks: the functions' SQL stands in
`functions`, and says which returns are behind a figure.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, text

from warehouse.figures import indicator

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figure is asked about; of no measure, the one that is read first; `known_at` leaves later releases out."""

    indicator: str
    area: str
    kind: str
    start: date
    measure: str | None = None
    breakdown: str = "all"
    category: str = "ALL"
    known_at: datetime | None = None

    def bound(self) -> Row:
        """Return the values that the queries bind."""
        return {**asdict(self), "known_at": self.known_at or "infinity"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure, each release of it, and the returns, refused rows and missing services behind it."""

    figure: Row
    releases: list[Row]
    submissions: list[Row]
    quarantine: list[Row]
    missing: list[Row]


_OF_RETURNS = ":indicator, :area, :kind, :start"
_MOMENT = "cast(:known_at as timestamptz)"
_OF_FIGURE = f"{_OF_RETURNS}, :measure, :breakdown, :category, {_MOMENT}"

_TOLD = {
    "figure": f"mart_v1.explain_figure({_OF_FIGURE})",
    "releases": f"mart_v1.explain_releases({_OF_FIGURE})",
    "submissions": f"mart_v1.explain_submissions({_OF_RETURNS})",
    "quarantine": f"mart_v1.explain_quarantine({_OF_RETURNS})",
    "missing": f"mart_v1.explain_missing({_OF_RETURNS}, {_MOMENT})",
}


def explain(c: Connection, asked: Asked) -> Explanation | None:
    """Return what is behind a figure; None where there is no such figure."""
    [*figure] = _rows(c, "figure", asked)
    if not figure:
        return None
    names = {row["sha256"]: row["file_name"] for row in _file_names(c, asked)}
    submissions = [{**row, "file_name": names[row["sha256"]]} for row in _rows(c, "submissions", asked)]
    rest = {part: _rows(c, part, asked) for part in ("releases", "quarantine", "missing")}
    return Explanation(figure=figure[0], submissions=submissions, **rest)


def _rows(c: Connection, part: str, asked: Asked) -> list[Row]:
    return _of(c, f"select * from {_TOLD[part]}", asked)  # noqa: S608 - our own functions


def _file_names(c: Connection, asked: Asked) -> list[Row]:
    """Looks up how files were called: that is the operators' to know, and no part of what the functions tell."""
    behind = "select sha256, file_name from landing.submission where sha256 in (select sha256 from {})"
    return _of(c, behind.format(_TOLD["submissions"]), asked)


def _of(c: Connection, query: str, asked: Asked) -> list[Row]:
    statement = text(query)
    bound = asked.bound()
    return [
        dict(row) for row in c.execute(statement, {key: bound[key] for key in statement.compile().params}).mappings()
    ]


# --- what there is to ask about ---------------------------------------------------------------------------------------


def periods_there(c: Connection, indicator_id: str, area: str) -> list[tuple[str, date]]:
    """Return the kind and first day of each period that an area has figures of an indicator for, the newest first."""
    of_area = (indicator.c.indicator_id == indicator_id) & (indicator.c.area_code == area)
    asked = select(indicator.c.period_kind, indicator.c.period_start).distinct().where(of_area)
    kinds = ("month", "quarter", "year")
    found = [(row.period_kind, row.period_start) for row in c.execute(asked)]
    return sorted(found, key=lambda one: (kinds.index(one[0]), -one[1].toordinal()))


# --- as known at a moment ---------------------------------------------------------------------------------------------


_STAND = (
    text("update landing.submission set is_current = false where is_current and submission_id not in ("
         "select submission_id from landing.current_at(:moment))"),
    text("update landing.submission set is_current = true where not is_current and submission_id in ("
         "select submission_id from landing.current_at(:moment))"),
)  # fmt: skip


def stand_as_at(c: Connection, moment: datetime) -> None:
    """Have those submissions stand that stood at a moment; for a transaction that is undone."""
    for statement in _STAND:
        c.execute(statement, {"moment": moment})


_MONTHS = text("""
    -- the months of a span that returns stand for, or stood for when they were measured last, and whether any stands
    select period, bool_or(is_current) as stands
    from (
        select period, true as is_current from landing.submission where is_current
        union all
        select period, false from core.measured_return
    ) as held
    where period between :first and :last
    group by period
    order by period
""")


def months_held(c: Connection, first: date, last: date) -> dict[date, bool]:
    """Return the months from `first` to `last` that were measured or can be, and whether a return stands for each."""
    return {row.period: row.stands for row in c.execute(_MONTHS, {"first": first, "last": last})}
