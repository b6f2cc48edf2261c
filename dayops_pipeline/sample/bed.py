"""One return in which faults are planted: which rows are still free, and what has been put in their place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from dayops_pipeline.sample.books import Row
from dayops_pipeline.sample.returns import Return
from dayops_pipeline.sample.spoiling import spoiled
from expectations.contract import AnyCheck, Present, RowCheck, Severity, Unique
from expectations.rules import contract_for

_TRIES = 25


@dataclass(frozen=True, slots=True)
class Change:
    """A row that was changed to plant a fault, as it stands now, and the row that stood there before; None if none."""

    sheet: str
    row: Row
    was: Row | None


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault: the check that it breaks, the row that its finding names (None: the sheet), and what it follows from.

    Taking all of `changes` back mends it.
    """

    check: AnyCheck
    sheet: str
    row: Row | None
    consequence_of: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Bed:
    """A return in which faults are being planted, with what may not be touched any more.

    `strays` are the sheets with a row that was moved to another service: what their rows add up to is not known any
    more. On the sheets `without_strays` something was planted that rests on such sums.
    """

    told: Return
    rng: Random
    planted: list[Planted] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    locked_services: set[object] = field(default_factory=set)
    locked_sheets: set[str] = field(default_factory=set)
    strays: set[str] = field(default_factory=set)
    without_strays: set[str] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)

    def broken_by(self, check: RowCheck) -> list[Planted]:
        """Break the check in one place if that can be done, and tell where it is now broken, and what with it."""
        match check:
            case Unique():
                return self._twice(check)
            case Present(sheet="RETURN", column="nil_reason"):
                return self._nil_without_reason(check)
            case _:
                return self._in_a_row(check)

    @property
    def period(self) -> str:
        """Return the month of the return."""
        return self.told.posting.period

    def free_rows(self, sheet: str) -> Iterator[Row]:
        """Yield rows of the sheet, in random order, that no fault has touched; only so many."""
        rows = self.told.sheets.get(sheet, [])
        for row in self.rng.sample(rows, min(len(rows), _TRIES)):
            if id(row) not in self.used and row.get("service_id") not in self.locked_services:
                yield row

    def put(self, sheet: str, row: Row, changed: Row) -> None:
        """Let `changed` stand where `row` stood."""
        rows = self.told.sheets[sheet]
        at = next(index for index, one in enumerate(rows) if one is row)
        rows[at] = changed
        self.changes.append(Change(sheet, changed, row))
        self.use(changed)

    def add(self, sheet: str, row: Row) -> None:
        """Let `row` stand somewhere in the sheet."""
        rows = self.told.sheets[sheet]
        rows.insert(self.rng.randint(0, len(rows)), row)
        self.changes.append(Change(sheet, row, None))
        self.use(row)

    def use(self, row: Row) -> None:
        """Keep further faults away from `row`; the list of rows keeps it, and so its identity, alive."""
        self.used.add(id(row))

    def rows_of(self, sheet: str, service_id: object) -> list[Row]:
        """Return the rows of the sheet about the service, in their order."""
        return [row for row in self.told.sheets.get(sheet, []) if row.get("service_id") == service_id]

    def sound_services(self, *sheets: str) -> Iterator[str]:
        """Yield the services, in random order, whose rows on all of these sheets no fault has touched."""
        if self.strays & set(sheets) or self.locked_sheets & set(sheets):
            return
        rows = self.told.sheets.get("SERVICES", [])
        for row in self.rng.sample(rows, len(rows)):
            service_id = str(row["service_id"])
            if service_id not in self.locked_services and not self._has_touched(service_id, sheets):
                yield service_id

    def is_untouched(self, service_id: str) -> bool:
        """Tell whether no fault has touched a row about the service, on whatever sheet."""
        return not self._has_touched(service_id, self.told.sheets)

    def _has_touched(self, service_id: str, sheets: Iterable[str]) -> bool:
        return any(id(row) in self.used for sheet in sheets for row in self.rows_of(sheet, service_id))

    def keep_sums(self, service_id: str, *sheets: str) -> None:
        """Keep further faults away from the service, and rows on these sheets with the services they are about."""
        self.locked_services.add(service_id)
        self.without_strays.update(sheets)

    def _in_a_row(self, check: RowCheck) -> list[Planted]:
        is_stray = check.column == "service_id"
        for row in self.free_rows(check.sheet) if not (is_stray and check.sheet in self.without_strays) else ():
            made = spoiled(check, row, self.period, self.rng)
            if made is not None:
                self.strays.update({check.sheet} if is_stray else ())
                self.put(check.sheet, row, made[0])
                self._lock_service(check, row)
                return [Planted(one, check.sheet, made[0], None if one is check else check.code) for one in made[1]]
        return []

    def _lock_service(self, check: AnyCheck, row: Row) -> None:
        if check.sheet == "SERVICES" and check.severity is Severity.ERROR:
            self.locked_services.add(row["service_id"])

    def _twice(self, check: Unique) -> list[Planted]:
        for row in self.free_rows(check.sheet):
            if all(row.get(name) is not None for name in check.columns):
                again = dict(row)
                self.add(check.sheet, again)
                self.use(row)
                self._lock_service(check, row)
                return [Planted(check, check.sheet, one) for one in (row, again)]
        return []

    def _nil_without_reason(self, check: Present) -> list[Planted]:
        """Make the return nil, without a reason and without activity, so that nothing else is wrong with it."""
        for row in self.free_rows("RETURN"):
            for sheet in contract_for(self.period).sheets:
                if sheet.is_activity and sheet.name in self.told.sheets:
                    self.told.sheets[sheet.name].clear()
            changed = {**row, "nil_return": True, "nil_reason": None}
            self.put("RETURN", row, changed)
            return [Planted(check, "RETURN", changed)]
        return []
