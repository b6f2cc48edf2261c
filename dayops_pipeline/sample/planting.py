"""Plants faults in the rows of a return, each breaking one rule at a known place, at most one a row.

The checks that were planted least so far come first, so that a sample of any size has as many kinds of fault as it can
hold. Faults that refuse a whole service or a whole return are kept rare, and their rows are left sound otherwise.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

from dayops_pipeline.sample.across import ACROSS
from dayops_pipeline.sample.bed import Bed, Planted
from dayops_pipeline.sample.between import BETWEEN, Before
from dayops_pipeline.sample.returns import Return
from dayops_pipeline.sample.sums import SUMS
from expectations.contract import AnyCheck, Compared, Joined, Matches, Present, Severity
from expectations.rules import contract_for

_MOST_IN_A_FILE = 40
_ENOUGH_OF_A_RULE = 12
_SHEET_SHARE = 3
"""No sheet has more than so many times the rate of its rows spoiled, however many ways of spoiling it has."""

_FEW_BETWEEN = 3
"""So many faults of each rule between returns are planted even where a sheet has its share of faults."""

_SERVICE_REFUSED_PER_RATE, _SERVICE_REFUSED_MOST = 8, 0.16
_IDENTITY = {"provider_id", "period", "submission_no", "profile", "spec_version"}
"""What a return is known by: faults in these are faults of the file."""


@dataclass(slots=True)
class Planter:
    """Plants faults return by return, and keeps count of the checks that were broken."""

    rate: float
    last_month: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    before: Before = field(default_factory=Before)

    def plant(self, told: Return, rng: Random) -> list[Planted]:
        """Spoil rows of the return, and tell which."""
        bed = Bed(told, rng)
        if told.posting.of == 1 and rng.random() < self.rate:
            self._plant_first(bed, _checks(told, "RETURN"))
            self.before.remember(told, bed, "unsure" if _is_asked(bed) else "refused")
        else:
            self._fill(bed, min(int(self.rate * told.data_rows + rng.random()), _MOST_IN_A_FILE))
            self.before.remember(told, bed, "stands")
        return bed.planted

    def pass_over(self, told: Return, *, is_refused: bool) -> None:
        """Note a return with a fault of its file, in which no row is spoiled."""
        self.before.remember(told, Bed(told, Random(0)), "refused" if is_refused else "unsure")  # noqa: S311

    def _service_share(self) -> float:
        return min(self.rate * _SERVICE_REFUSED_PER_RATE, _SERVICE_REFUSED_MOST)

    def _plant_first(self, bed: Bed, checks: list[AnyCheck]) -> list[Planted]:
        for check in self._least_first(bed, checks):
            if self._try(bed, check):
                break
        return bed.planted

    def _fill(self, bed: Bed, wanted: int) -> None:
        told = bed.told
        if wanted and len(told.sheets["SERVICES"]) > 1 and bed.rng.random() < self._service_share():
            self._plant_first(bed, _checks(told, "SERVICES", errors_only=True))
        left = {
            name: int(len(rows) * self.rate * _SHEET_SHARE + bed.rng.random()) for name, rows in bed.told.sheets.items()
        }
        for check in self._least_first(bed, self._cheap_checks(told)):
            if len(bed.planted) >= wanted:
                return
            if left[check.sheet] > 0 or self._is_wanted(check):
                left[check.sheet] -= self._try(bed, check)

    def _is_wanted(self, check: AnyCheck) -> bool:
        """Tell whether the check is one between returns, few of which can be broken, and was hardly broken so far."""
        return isinstance(check, Compared) and self.counts[check.rule] < _FEW_BETWEEN

    def _cheap_checks(self, told: Return) -> list[AnyCheck]:
        """Return the checks whose breaking refuses a row at most, never a service or the return."""
        is_last = told.posting.period == self.last_month and told.posting.of == 1
        return [
            check
            for name, rows in told.sheets.items()
            for check in _checks(told, name)
            if rows and name != "RETURN" and (name != "SERVICES" or check.severity is not Severity.ERROR)
            if is_last or not isinstance(check, Compared)
        ]

    def _least_first(self, bed: Bed, checks: list[AnyCheck]) -> list[AnyCheck]:
        """Return the checks in the order of their rarity so far: rules that are rare, then kinds, then columns."""
        return sorted(checks, key=lambda one: (*self._count(one), bed.rng.random()))

    def _count(self, check: AnyCheck) -> tuple[int, int, int]:
        return min(self.counts[check.rule], _ENOUGH_OF_A_RULE), self.counts[_kind(check)], self.counts[check.code]

    def _try(self, bed: Bed, check: AnyCheck) -> bool:
        bed.changes.clear()
        broken = [] if check.sheet in bed.locked_sheets else _broken_by(bed, check, self.before)
        planted = [replace(one, changes=tuple(bed.changes)) for one in broken]
        bed.planted += planted
        for one in planted:
            self.counts.update((one.check.rule, _kind(one.check), one.check.code))
        return bool(planted)


def _kind(check: AnyCheck) -> str:
    return f"{check.rule} {check.sheet} {check.says}"


def _checks(told: Return, sheet: str, *, errors_only: bool = False) -> list[AnyCheck]:
    checks = [one for one in contract_for(told.posting.period).checks if one.sheet == sheet]
    return [one for one in checks if _is_plantable(one) and not (errors_only and one.severity is not Severity.ERROR)]


def _is_asked(bed: Bed) -> bool:
    """Tell whether nothing that was planted refuses the return."""
    return all(one.check.severity is not Severity.ERROR for one in bed.planted)


def _is_plantable(check: AnyCheck) -> bool:
    if check.sheet == "RETURN":
        return check.column not in _IDENTITY
    # Without a readable number on SERVICES, every row about that service would break V20.
    return not (check.sheet == "SERVICES" and check.column == "service_id" and isinstance(check, Matches | Present))


def _broken_by(bed: Bed, check: AnyCheck, before: Before) -> list[Planted]:
    """Break the check in one place if that can be done, and tell where it is now broken, and what with it."""
    match check:
        case Joined(is_late=True):
            return SUMS[check.says](bed, check)
        case Joined():
            return ACROSS[check.query](bed, check)
        case Compared():
            return BETWEEN[check.query](bed, check, before) if check.query in BETWEEN else []
        case _:
            return bed.broken_by(check)
