"""Holds the returns that `dayops check` is given against each other, as a night does with those in the warehouse.

What stands of them is put into tables in memory, named and made as the warehouse's own, so that the same queries are
asked. How a return is judged by itself is told in `checking`.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.contract import ROW, Severity, Sheet
from expectations.findings import Finding
from expectations.months import first_day

if TYPE_CHECKING:
    import pyarrow as pa

    from assets.check import Judged

_FACTS = ("SERVICES", "ACTIVITY", "FINANCE")


@dataclass(frozen=True, slots=True)
class Held:
    """A return that was judged: whose it is and for which month, when it came, its hash, and where its cells lie."""

    judged: "Judged"
    provider_id: str
    period: str
    profile: str
    submission_no: int
    received_at: datetime
    sha256: str
    cells: Path

    @property
    def id(self) -> int:
        """Return the number that the ledger would give it."""
        return self.judged.submission_id

    @property
    def is_nil(self) -> bool:
        """Tell whether it says that there is nothing to tell."""
        returned = self.judged.sheets["RETURN"].table
        return bool(returned.column("nil_return")[0].as_py())


def compared(held: Iterable[Held]) -> "dict[int, Judged]":
    """Return what becomes of each return once those that stand were held against each other."""
    returns = list(held)
    current = _current(returns)
    found = _differences(current) if len(current) > 1 else {}
    return {one.id: _with(one.judged, found.get(one.id, [])) for one in returns}


def _current(held: Iterable[Held]) -> list[Held]:
    """Return of each provider and month the one that stands: the sound one with the highest number, then the latest."""
    standing = (one for one in held if one.judged.state != "refused")
    ordered = sorted(standing, key=lambda one: (one.submission_no, one.received_at, one.sha256))
    return list({(one.provider_id, one.period): one for one in ordered}.values())


def _differences(current: Sequence[Held]) -> dict[int, list[Finding]]:
    from assets.compare import differences
    from expectations.rules import contract_for
    from warehouse.history import facts_of

    cells = {one.id: one.cells for one in current}
    found: dict[int, list[Finding]] = defaultdict(list)
    with facts_of(_tables(current)) as ask:
        for period in sorted({one.period for one in current}):
            contract = contract_for(period)
            for finding in differences(contract, ask(contract, period), period, cells.__getitem__):
                found[finding.submission_id].append(finding)
    return found


def _with(judged: "Judged", found: Sequence[Finding]) -> "Judged":
    is_asked = any(one.severity is not Severity.NOTE for one in found)
    state = "queried" if is_asked and judged.state == "accepted" else judged.state
    return replace(judged, findings=[*judged.findings, *found], state=state)


# --- tables as the warehouse has them ---------------------------------------------------------------------------------


def _tables(current: Sequence[Held]) -> "dict[str, pa.Table]":
    from expectations.rules import CONTRACT

    return {
        "landing.submission": _rows(_SUBMISSION, map(_submission, current)),
        "landing.finding": _rows(_FINDING, (row for one in current for row in _findings(one))),
        "restricted.quarantine": _rows(_QUARANTINE, (row for one in current for row in _put_aside(one))),
        **{sheet.table: _facts(sheet, current) for sheet in map(CONTRACT.sheet, _FACTS)},
    }


_SUBMISSION = {
    "submission_id": "int64",
    "provider_id": "string",
    "period": "date32",
    "profile": "string",
    "nil_return": "bool",
    "received_at": "timestamp[us]",
    "sha256": "string",
    "is_current": "bool",
}
_FINDING = {
    "submission_id": "int64",
    "rule_id": "string",
    "severity": "string",
    "sheet": "string",
    "row_number": "int64",
}
_QUARANTINE = {"submission_id": "int64", "sheet": "string", "raw": "string"}


def _rows(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> "pa.Table":
    import pyarrow as pa

    schema = pa.schema([(name, pa.type_for_alias(alias)) for name, alias in columns.items()])  # type: ignore[call-overload]
    return pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], schema)


def _submission(one: Held) -> tuple[Any, ...]:
    came = one.received_at.astimezone(UTC).replace(tzinfo=None)
    return one.id, one.provider_id, first_day(one.period), one.profile, one.is_nil, came, one.sha256, True


def _findings(one: Held) -> Iterable[tuple[Any, ...]]:
    return ((one.id, found.rule, str(found.severity), found.sheet, found.row) for found in one.judged.findings)


def _put_aside(one: Held) -> Iterable[tuple[Any, ...]]:
    return ((one.id, row.sheet, json.dumps(dict(row.raw))) for row in one.judged.quarantined)


def _facts(sheet: Sheet, current: Sequence[Held]) -> "pa.Table":
    """Return the accepted rows of one sheet of all returns."""
    import pyarrow as pa

    from assets.check.batch import arrow_type

    fields = [(column.name, arrow_type(column.kind)) for column in sheet.columns]
    none = pa.schema([*fields, (ROW, pa.int32())]).empty_table()
    told = [(one, one.judged.sheets[sheet.name].table) for one in current if sheet.name in one.judged.sheets]
    tables = [_of_return(one, table) for one, table in [*((one, none) for one in current[:1]), *told]]
    return pa.concat_tables(tables, promote_options="default").rename_columns({ROW: "row_number"})


def _of_return(one: Held, table: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    table = table.append_column("submission_id", pa.repeat(one.id, table.num_rows).cast(pa.int64()))
    period = pa.array([first_day(one.period)] * table.num_rows, pa.date32())
    return table.append_column("period", period)
