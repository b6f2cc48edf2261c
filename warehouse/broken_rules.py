"""What was found in a month, by rule, for those who run the collection: how often, how widely, and where for instance.

A place is told by the beginning of a file's hash, the sheet, the row and the column; what stands there is told nowhere
here, and a name that is not the contract's own (a provider may call a sheet what they like) is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from expectations.months import first_day
from expectations.rules import CONTRACT

EXAMPLES = 10
"""Places told of each rule at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a rule was broken: whose return, which file, where in it, and what was said of it."""

    provider_id: str
    reference: str
    sheet: str
    row: int | None
    column: str
    says: str
    severity: str


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """How a rule was broken in a month: findings by what they do, submissions and rows that they touch, and examples.

    `rows` are rows in which something was found, and `rows_read` all rows of the month; `returns` were refused whole
    and hold a finding of the rule that refuses.
    """

    rule: str
    errors: int
    queries: int
    notes: int
    submissions: int
    rows: int
    rows_read: int
    returns: int
    examples: tuple[Place, ...]

    @property
    def findings(self) -> int:
        """Return how many findings there are of any kind."""
        return self.errors + self.queries + self.notes


# A provider with many findings of one rule has one example before any other has its second.
_BROKEN = text("""
    with of_month as (
        select submission_id, provider_id, left(sha256, 12) as reference, state, rows_read
          from landing.submission
         where period = :month
    ),
    found as (
        select finding.*, of_month.provider_id, of_month.reference, of_month.state,
               row_number() over (
                   partition by rule_id, submission_id
                   order by array_position(array['error', 'query', 'note'], severity), finding_no
               ) as turn
          from landing.finding
          join of_month using (submission_id)
    ),
    placed as (
        select found.*, row_number() over (partition by rule_id order by turn, provider_id, reference) as place
          from found
    )
    select rule_id as rule,
           count(*) filter (where severity = 'error') as errors,
           count(*) filter (where severity = 'query') as queries,
           count(*) filter (where severity = 'note') as notes,
           count(distinct submission_id) as submissions,
           count(distinct (submission_id, sheet, row_number)) filter (where row_number is not null) as rows,
           (select coalesce(sum(rows_read), 0) from of_month)::bigint as rows_read,
           count(distinct submission_id) filter (where state = 'refused' and severity = 'error') as returns,
           json_agg(
               json_build_object(
                   'provider_id', provider_id, 'reference', reference, 'sheet', sheet, 'row', row_number,
                   'column', column_name, 'says', says, 'severity', severity
               ) order by place
           ) filter (where place <= :examples) as examples
      from placed
     group by rule_id
     order by count(*) desc, rule_id
""")


def broken_rules(c: Connection, period: str) -> list[BrokenRule]:
    """Return the rules that were broken in the month's submissions, the most often broken first."""
    rows = c.execute(_BROKEN, {"month": first_day(period), "examples": EXAMPLES}).mappings()
    return [BrokenRule(**{**row, "examples": tuple(map(_place, row["examples"]))}) for row in rows]


def _place(told: Mapping[str, Any]) -> Place:
    columns = _COLUMNS.get(told["sheet"] or "")
    sheet = "" if columns is None else told["sheet"]
    column = told["column"] if told["column"] in (columns or ()) else ""
    return Place(**{**told, "provider_id": told["provider_id"] or "", "sheet": sheet, "column": column})


_COLUMNS = {sheet.name: frozenset(column.name for column in sheet.columns) for sheet in CONTRACT.sheets}


def not_come(rule: str, providers: Sequence[str]) -> list[BrokenRule]:
    """Return the rule about returns that have not come as broken by these providers, if there are any."""
    places = tuple(Place(one, "", "", None, "", "return_overdue", "query") for one in providers[:EXAMPLES])
    return [BrokenRule(rule, 0, len(providers), 0, 0, 0, 0, 0, places)] if providers else []


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one submission of a month, with the rules that refuse it where it is refused."""

    provider_id: str
    reference: str
    submission_no: int | None
    state: str
    rules: tuple[str, ...]


_OUTCOMES = text("""
    select provider_id, left(sha256, 12) as reference, submission_no, state,
           array(
               select distinct rule_id from landing.finding
                where finding.submission_id = submission.submission_id
                  and state = 'refused' and severity = 'error' and caused_by is null
                order by rule_id
           ) as rules
      from landing.submission
     where period = :month
     order by provider_id, submission_no, reference
""")


def outcomes(c: Connection, period: str) -> Iterator[Outcome]:
    """Yield what became of each submission of the month."""
    for row in c.execute(_OUTCOMES, {"month": first_day(period)}).mappings():
        yield Outcome(**{**row, "provider_id": row["provider_id"] or "", "rules": tuple(row["rules"])})
