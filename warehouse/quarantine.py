"""The refused rows: which there are, what was found in each, how many by sheet and rule, and taking them up again.

Rows themselves are read through the view `restricted.quarantined_row`; what they mean to say is the wording's business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, TextClause, text, update

from expectations.findings import Finding
from expectations.months import first_day
from warehouse import ledger
from warehouse.metadata import metadata

_SUBMISSION = metadata.tables["landing.submission"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which refused rows are meant: those of a provider, a month (YYYY-MM), a rule, a sheet; None leaves it open."""

    provider: str | None = None
    period: str | None = None
    rule: str | None = None
    sheet: str | None = None

    def bound(self) -> dict[str, Any]:
        """Return the values that the queries bind."""
        month = first_day(self.period) if self.period else None
        return {"provider": self.provider, "month": month, "rule": self.rule, "sheet": self.sheet}


_WHERE = """
    (cast(:provider as text) is null or provider_id = :provider)
    and (cast(:month as date) is null or period = :month)
    and (cast(:rule as text) is null or :rule = any(rules))
    and (cast(:sheet as text) is null or sheet = :sheet)
"""


def _asked(select: str, rest: str = "") -> TextClause:
    return text(f"select {select} from restricted.quarantined_row where {_WHERE} {rest}")  # noqa: S608 - our own words


_ROWS = _asked(
    "provider_id, to_char(period, 'YYYY-MM') as period, submission_no, submission_id, state, is_current, sheet,"
    " row_number, rules, contract_version, raw",
    "order by quarantined_row.period desc, provider_id, submission_no, submission_id, sheet, row_number limit :limit",
)
_SIZE = _asked("count(*)")
_SUBMISSIONS = _asked(
    "submission_id, to_char(min(period), 'YYYY-MM') as period, count(*) as rows",
    "group by submission_id order by submission_id",
)
_BY_SHEET = _asked(
    "sheet, count(*) as rows, count(distinct submission_id) as submissions", "group by sheet order by rows desc, sheet"
)
_BY_RULE = text(f"""
    select rule, count(*) as rows, count(distinct submission_id) as submissions
      from restricted.quarantined_row cross join unnest(rules) as rule
     where {_WHERE}
     group by rule order by rows desc, rule
""")  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Row:
    """One refused row: whose it is, where it stands in their file, its cells as typed, and what was found in it.

    `findings` are the errors of the row itself; where there are none, those that refuse its whole return.
    """

    provider_id: str | None
    period: str | None
    submission_no: int | None
    submission_id: int
    state: str
    is_current: bool
    sheet: str
    row_number: int
    rules: list[str]
    contract_version: str
    raw: dict[str, str | None]
    findings: list[Finding] = field(default_factory=list)


def rows(c: Connection, chosen: Chosen, limit: int | None = None) -> list[Row]:
    """Return the chosen rows with their findings, the newest month first, `limit` of them at most."""
    found = [dict(row) for row in c.execute(_ROWS, {**chosen.bound(), "limit": limit}).mappings()]
    errors = {one: _errors(c, one) for one in {row["submission_id"] for row in found}}
    return [Row(**row, findings=_of_row(errors[row["submission_id"]], row)) for row in found]


_Errors = dict[tuple[str, int] | None, list[Finding]]


def _errors(c: Connection, submission_id: int) -> _Errors:
    """Return the errors of a submission by row; under None those that refuse it whole."""
    errors: _Errors = {None: []}
    for one in ledger.findings_of(c, submission_id):
        if one.severity == "error":
            is_of_row = one.sheet is not None and one.row is not None
            errors.setdefault((str(one.sheet), int(one.row or 0)) if is_of_row else None, []).append(one)
            if is_of_row and one.sheet == "RETURN":
                errors[None].append(one)
    return errors


def _of_row(errors: _Errors, row: Mapping[str, Any]) -> list[Finding]:
    return errors.get((row["sheet"], row["row_number"])) or errors[None]


def size(c: Connection, chosen: Chosen) -> int:
    """Return how many rows are chosen."""
    return int(c.execute(_SIZE, chosen.bound()).scalar_one())


def submissions(c: Connection, chosen: Chosen) -> dict[int, str]:
    """Return the submissions with chosen rows, each with its month; those without a month cannot be judged again."""
    return {row.submission_id: row.period for row in c.execute(_SUBMISSIONS, chosen.bound()) if row.period}


@dataclass(frozen=True, slots=True)
class Count:
    """How many refused rows there are of a sheet or by a rule, and in how many submissions."""

    name: str
    rows: int
    submissions: int


def by_sheet(c: Connection, chosen: Chosen) -> list[Count]:
    """Return how many of the chosen rows each sheet has, the most first."""
    return [Count(*row) for row in c.execute(_BY_SHEET, chosen.bound())]


def by_rule(c: Connection, chosen: Chosen) -> list[Count]:
    """Return how many of the chosen rows each rule refuses, the most first; a row that broke two counts for both."""
    return [Count(*row) for row in c.execute(_BY_RULE, chosen.bound())]


def judge_again(c: Connection, submission_ids: Iterable[int]) -> list[str]:
    """Have submissions read and judged again when their month is run next; return the hashes of their files."""
    again = update(_SUBMISSION).where(_SUBMISSION.c.submission_id.in_(list(submission_ids)))
    return list(c.scalars(again.values(contract_version=None).returning(_SUBMISSION.c.sha256)))
