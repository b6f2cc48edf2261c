"""The words of the contract: kinds, columns, sheets, rules and the checks that a rule is made of.

Only words live here, and they know no library: what a return holds is said in `sheets`, what it is held to in `rules`.
Who uses the contract (suites, tables, documents, samples) keeps its own translation beside itself.
"""

import hashlib
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from typing import Literal

from expectations.months import is_quarter_end

ROW = "_row"
"""The column beside those of a sheet that holds the row's number in the provider's own sheet, counted from 1."""


class Severity(StrEnum):
    """What a finding does: an error refuses, a query is loaded and asked about, a note is only recorded."""

    ERROR = "error"
    QUERY = "query"
    NOTE = "note"


class Need(StrEnum):
    """Whether a cell must be filled: always, when its column's condition holds, or as the provider likes."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


class Profile(StrEnum):
    """How much a return holds: person-level, aggregates only, or one month before the pandemic."""

    FULL = "FULL"
    LITE = "LITE"
    BASELINE = "BASELINE"


# --- kinds: what a cell holds -----------------------------------------------------------------------------------------


NamesAllowed = Literal["organisations", "roles", "none"]
"""Whose names may stand in a text: an organisation's or a service's, nobody's but the title of a job, or no words."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words; free text is searched for personal details, since it must hold none."""

    longest: int = 200
    is_free: bool = False
    names: NamesAllowed = "organisations"


@dataclass(frozen=True, slots=True)
class Pattern:
    """An identifier of a fixed shape, said in plain words for people and as a regular expression for machines.

    One that providers make up (`is_free`) is searched for personal details; of one with `digits`, a spreadsheet may
    leave out all that stands before its number, `prefix` and noughts.
    """

    regex: str
    shape: str
    rule: str = "V06"
    is_free: bool = False
    prefix: str = ""
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """One of the codes of a named list in `codes`."""

    list_name: str


@dataclass(frozen=True, slots=True)
class Area:
    """The GSS code of a Welsh local authority, or one of a few words that stand for none."""

    besides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number of people, sessions or things."""

    most: int = 1_000_000
    least: int = 0


@dataclass(frozen=True, slots=True)
class Amount:
    """A decimal number with its unit and its number of places."""

    unit: str
    places: int = 2
    least: float = 0
    most: float = 100_000_000


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date."""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, YYYY-MM."""


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


Kind = Text | Pattern | Code | Area | Count | Amount | Day | Month | Flag


# --- columns and sheets -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class When:
    """A condition on the same row: `column` holds one of `values`, or anything at all where `values` is empty."""

    column: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its name, what it holds, whether it must be filled, and what it means."""

    name: str
    kind: Kind
    label: str
    about: str
    need: Need = Need.REQUIRED
    when: When | None = None
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a return: its key, its columns, and the returns that must hold it.

    `table` names the table that its rows are loaded into, schema first.
    """

    name: str
    about: str
    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    profiles: frozenset[Profile]
    is_snapshot: bool = False
    is_activity: bool = True

    def column(self, name: str) -> Column:
        """Return the column called `name`; raise KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


# --- checks: what a rule asks -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What every check has: its rule, the sheet and column it points at, and the wording of its finding.

    `says` names the sentence and the mend in `sayings` and in the Welsh wording. Where `when` is given, only the rows
    for which it holds are asked.
    """

    rule: str
    sheet: str
    column: str
    says: str
    severity: Severity = Severity.ERROR
    when: When | None = None

    @property
    def code(self) -> str:
        """Return the check's name, unique in the contract."""
        rows = f"-{self.when.values[0]}" if self.when and self.when.values else ""
        return f"{self.rule}-{self.sheet}-{self.column}-{self.says}{rows}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Present(Check):
    """The cell is filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written(Check):
    """What stands in the cell can be read as its column's kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Check):
    """The text is one of `allowed`."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotListed(Check):
    """The text is none of `refused`."""

    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches(Check):
    """The text matches `regex` from its first character to its last."""

    regex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeNumber(Check):
    """The number has no fraction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Between(Check):
    """The number lies between `least` and `most`, both included."""

    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWithin(Check):
    """The date lies in the return's month, or, where `or_before`, no later than its last day."""

    or_before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique(Check):
    """No two rows of one submission share the values of `columns`."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMore(Check):
    """The value is no more than the value of `other` on the same row (numbers, or dates)."""

    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddsUp(Check):
    """The values of `parts` and of `totals` have the same sum, give or take `tolerance`; blank optional parts are 0."""

    parts: tuple[str, ...]
    totals: tuple[str, ...]
    tolerance: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioBetween(Check):
    """The value divided by that of `other` lies between `least` and `most`, allowing `slack` units of rounding."""

    other: str
    least: float
    most: float
    slack: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyWhen(Check):
    """The cell is filled only on rows for which `only` holds."""

    only: When


@dataclass(frozen=True, slots=True, kw_only=True)
class SumNotMore(Check):
    """The sum of `parts` is no more than the value of `column`."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAgrees(Check):
    """Where an authority's name stands beside its code, it is that authority's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPersonalDetail(Check):
    """The text holds nothing that looks like a person's details (name with a title, NHS number, date, postcode...)."""

    names: NamesAllowed = "organisations"


@dataclass(frozen=True, slots=True)
class Share:
    """A share in whole per cent, compared exactly: more than `over`, and no more than `up_to` where that is given."""

    over: int
    up_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Check):
    """Rows that the query `joins/<query>.sql` names over the sheets of one month break the rule.

    A query that compares two figures takes the `share` at which they break it. One that adds rows up is asked `late`,
    when it is known which rows are refused: a sum of what is left would say again what was said of them.
    """

    query: str
    share: Share | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared(Check):
    """Returns that the query `comparisons/<query>.sql` names, held against others that were accepted, break the rule.

    The others are those of the provider's earlier months, or of other providers. Nothing is refused by it.
    """

    query: str


RowCheck = (
    Present
    | Written
    | Listed
    | NotListed
    | Matches
    | WholeNumber
    | Between
    | DayWithin
    | Unique
    | NotMore
    | AddsUp
    | RatioBetween
    | OnlyWhen
    | SumNotMore
    | NameAgrees
    | NoPersonalDetail
)
AnyCheck = RowCheck | Joined | Compared


# --- rules and the contract -------------------------------------------------------------------------------------------

Scope = Literal["file", "sheet", "column", "row", "cell"]


@dataclass(frozen=True, slots=True)
class Saying:
    """The English of a finding: what is wrong, and how to mend it. `{...}` are filled from the finding."""

    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue: a stable id, its worst severity, where it looks, and its sentence."""

    id: str
    sentence: str
    severity: Severity
    scope: Scope
    version: int = 1


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of the collection: its sheets, its rules and everything that is asked of a return."""

    spec_version: str
    sheets: tuple[Sheet, ...]
    rules: tuple[Rule, ...]
    checks: tuple[AnyCheck, ...]
    sayings: dict[str, Saying] = field(default_factory=dict, hash=False)
    _marks: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def version(self) -> str:
        """Return the form's version with a mark of all that is asked: what was judged under another is judged again."""
        if not self._marks:
            # Once, and not by a cache of contracts: to look one up there, all that it says would be hashed each time.
            self._marks.append(_mark(self))
        return f"{self.spec_version}-{self._marks[0]}"

    def sheet(self, name: str) -> Sheet:
        """Return the sheet called `name`; raise KeyError where there is none."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(f"no sheet {name} in version {self.spec_version}")

    def rule(self, rule_id: str) -> Rule:
        """Return the rule called `rule_id`; raise KeyError where there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(f"no rule {rule_id}")

    def expected_sheets(self, profile: Profile, period: str) -> tuple[Sheet, ...]:
        """Return the sheets that a return of `profile` for the month `period` (YYYY-MM) must hold."""
        return tuple(
            sheet
            for sheet in self.sheets
            if profile in sheet.profiles and (not sheet.is_snapshot or is_quarter_end(period))
        )

    def row_checks(self, sheet: str) -> tuple[RowCheck, ...]:
        """Return the checks that look at one sheet by itself."""
        return tuple(
            check for check in self.checks if check.sheet == sheet and not isinstance(check, Joined | Compared)
        )

    def joins(self, *, is_late: bool | None = None) -> tuple[Joined, ...]:
        """Return the checks that look across sheets, or those alone that are, or are not, asked late."""
        joined = (check for check in self.checks if isinstance(check, Joined))
        return tuple(check for check in joined if is_late in (None, check.is_late))

    @property
    def rules_between(self) -> frozenset[str]:
        """Return the ids of the rules that hold a return against others."""
        return frozenset(check.rule for check in self.comparisons())

    def comparisons(self) -> tuple[Compared, ...]:
        """Return the checks that hold a return against others."""
        return tuple(check for check in self.checks if isinstance(check, Compared))


def _mark(contract: Contract) -> str:
    asked = [contract.sheets, contract.checks, *(replace(rule, sentence="") for rule in contract.rules)]
    return hashlib.sha256(plain(asked).encode()).hexdigest()[:8]


def plain(part: object) -> str:
    """Return `part` as text that is the same in every process: sets in order."""
    if isinstance(part, frozenset):
        return str(sorted(part))
    if isinstance(part, list | tuple):
        return ",".join(map(plain, part))
    if is_dataclass(part):
        return f"{type(part).__name__}({','.join(plain(getattr(part, one.name)) for one in fields(part))})"
    return repr(part)
