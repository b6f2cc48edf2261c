"""What an operator decides about returns: waivers of rules, reverts to an earlier version, and the end of either.

Which rules may be waived and what a waiver does to a finding is said here, and how a decision is written down. Where
decisions are kept is the business of the archive and of the warehouse.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar

from expectations.contract import Contract, Severity
from expectations.findings import Finding

FIRST_WAIVABLE = "V09"
"""The first of the rules that look between cells, rows, sheets or returns: rows that break only these can be kept."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One rule that does not refuse for a while: of one provider or of all (None), for the months from YYYY-MM to."""

    decision_id: str
    rule_id: str
    provider_id: str | None
    period_from: str
    period_to: str
    reason: str
    decided_by: str
    expires_on: date
    decided_at: datetime

    def covers(self, provider_id: str | None, period: str) -> bool:
        """Tell whether it is about the provider's return for the month `period`."""
        is_theirs = self.provider_id is None or self.provider_id == provider_id
        return is_theirs and self.period_from <= period <= self.period_to

    def same_as(self, other: "Waiver") -> bool:
        """Tell whether both say the same, whenever each was decided."""
        return replace(self, decision_id="", decided_at=other.decided_at) == replace(other, decision_id="")


@dataclass(frozen=True, slots=True)
class Revert:
    """Files that do not stand for a provider's month (`set_aside`, by hash), so that version `submission_no` does."""

    decision_id: str
    provider_id: str
    period: str
    submission_no: int
    set_aside: tuple[str, ...]
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of the waiver or the revert `ends`."""

    decision_id: str
    ends: str
    reason: str
    decided_by: str
    decided_at: datetime


Decision = Waiver | Revert | Ended
D = TypeVar("D", Waiver, Revert, Ended)
_KINDS: Mapping[str, type[Waiver] | type[Revert] | type[Ended]] = {"waiver": Waiver, "revert": Revert, "ended": Ended}


# --- how a decision is named and written down -------------------------------------------------------------------------


def named(decision: D) -> D:
    """Return the decision under the name that follows from what it says and when it was decided: W-, R- or E-."""
    said = json.dumps(entry_of(replace(decision, decision_id="")), sort_keys=True)
    mark = hashlib.sha256(said.encode()).hexdigest()[:8]
    return replace(decision, decision_id=f"{_kind(decision)[0].upper()}-{mark}")


def entry_of(decision: Decision) -> dict[str, object]:
    """Return the decision as a line of a book, ready for JSON."""
    return {"kind": _kind(decision), **{name: _plain(value) for name, value in asdict(decision).items()}}


def decision_of(entry: Mapping[str, Any]) -> Decision:
    """Return the decision that a line of a book tells of."""
    kind = _KINDS[entry["kind"]]
    return kind(**{one.name: _typed(one.name, entry[one.name]) for one in fields(kind)})


def _kind(decision: Decision) -> str:
    return type(decision).__name__.lower()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _typed(name: str, value: Any) -> Any:
    match name:
        case "decided_at":
            return datetime.fromisoformat(value)
        case "expires_on":
            return date.fromisoformat(value)
        case "set_aside":
            return tuple(value)
        case _:
            return value


# --- what a waiver does -----------------------------------------------------------------------------------------------


def may_be_waived(contract: Contract, rule_id: str) -> bool:
    """Tell whether rows that break the rule can be kept all the same: their form is right, every cell has its meaning.

    There is nothing to waive in a rule that only records.

    Raises:
        KeyError: The contract has no such rule.
    """
    rule = contract.rule(rule_id)
    return rule.id >= FIRST_WAIVABLE and rule.severity is not Severity.NOTE


def waived_rules(waivers: Iterable[Waiver], provider_id: str | None, period: str) -> dict[str, str]:
    """Return the rules that are waived for a provider's return, each with the name of the waiver."""
    covering = sorted((one for one in waivers if one.covers(provider_id, period)), key=lambda one: one.decision_id)
    return {one.rule_id: one.decision_id for one in reversed(covering)}


def waived(finding: Finding, rules: Mapping[str, str]) -> Finding:
    """Return the finding as a note that names the waiver, where its rule is waived; as it is where not."""
    if finding.rule not in rules or finding.severity is Severity.NOTE:
        return finding
    return replace(finding, severity=Severity.NOTE, waiver=rules[finding.rule])
