"""What the warehouse is given: deliveries, identities, verdicts and judged rows, all sound, to spoil one part of."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
from sqlalchemy import Connection

from assets.check.batch import arrow_type
from expectations import contract
from expectations.codes import CODE_LISTS
from expectations.contract import ROW, Column, Kind, Sheet
from expectations.findings import Verdict
from expectations.pseudonyms import PersonKey
from expectations.rules import CONTRACT
from expectations.sheets import RETURN, SHEETS
from warehouse import ledger
from warehouse.connection import connect

MONTH = "2026-08"
NOON = datetime(2026, 9, 3, 12, tzinfo=UTC)
KEY = PersonKey(bytes(range(32)))

HEADER: dict[str, Any] = {
    "return_id": "00000000-0000-4000-8000-000000000001",
    "spec_version": "1.0",
    "provider_id": "DOP00001",
    "provider_name_en": "Day Centre Ltd",
    "provider_sector": "PRIVATE",
    "lead_la": "W06000001",
    "period": MONTH,
    "submission_no": 1,
    "profile": "FULL",
    "nil_return": False,
    "prepared_by_role": "Manager",
    "declared_on": date(2026, 9, 2),
    "language": "en",
}
IDENTITY = ledger.Identity(**{name: HEADER.get(name) for name in ledger.Identity.__dataclass_fields__})


@contextmanager
def the_warehouse(url: str) -> Iterator[Connection]:
    """Give a connection in a transaction that is committed at the end."""
    with connect(url).begin() as connection:
        yield connection


@contextmanager
def loader(url: str) -> Iterator[psycopg.Connection]:
    """Give the driver's own connection; each `with connection.transaction()` is one transaction."""
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, autocommit=True, options="-c timezone=UTC") as connection:
        yield connection


def a_hash(name: object) -> str:
    """Return the hash of bytes that differ by `name`."""
    return hashlib.sha256(str(name).encode()).hexdigest()


def a_delivery(c: Connection, name: str = "a", *, path: str | None = None, hours: float = 0) -> int:
    """Record the delivery of the file `name`, some hours after noon; return its submission's number."""
    sha256 = a_hash(name)
    ledger.record_delivery(
        c,
        sha256=sha256,
        source_path=path or f"{name}.xlsx",
        received_at=NOON + timedelta(hours=hours),
        size_bytes=1000,
    )
    return ledger.submission_id_of(sha256)


def a_submission(c: Connection, name: str = "a", *, state: str = "accepted", hours: float = 0, **identity: Any) -> int:
    """Record a file that was read and judged; return its submission's number."""
    submission_id = a_delivery(c, name, hours=hours)
    known = {name: value for name, value in identity.items() if name in ledger.Identity.__dataclass_fields__}
    ledger.record_identity(c, submission_id, replace(IDENTITY, **known))
    ledger.record_verdict(c, a_verdict(submission_id, state=state, header=HEADER | identity))
    return submission_id


def a_verdict(submission_id: int, **changes: Any) -> Verdict:
    """Return the verdict of a sound submission with nothing to say of it."""
    sound = Verdict(submission_id, "accepted", rows_read=3, rows_accepted=3, header=HEADER)
    return replace(sound, **changes)


def a_registered_service(number: int, **changes: str) -> dict[str, str]:
    """Return the line of a service on the register, open without end."""
    sound = {
        "provider_id": "DOP00001",
        "provider_name": "Day Centre Ltd",
        "sector": "PRIVATE",
        "service_id": f"DOS{number:06}",
        "service_la": "W06000002",
        "expected_from": "2020-01-01",
        "expected_to": "",
    }
    return sound | changes


def a_value(kind: Kind, number: int) -> Any:
    """Return a sound value of `kind`, the `number`th of them."""
    match kind:
        case contract.Count():
            return number % 100
        case contract.Amount(most=most, places=places):
            return (
                Decimal(number * 25 % int(min(most, 1000) * 100)).scaleb(-places).quantize(Decimal(1).scaleb(-places))
            )
        case contract.Code(list_name=list_name):
            codes = list(CODE_LISTS[list_name])
            return codes[number % len(codes)]
        case contract.Day():
            return date(2026, 8, 1) + timedelta(days=number % 31)
        case contract.Flag():
            return bool(number % 2)
        case contract.Pattern(regex=regex):
            return _SHAPES[regex].format(number=number)
        case contract.Area():
            return "W06000001"
        case _:
            return f"words {number}"


_SHAPES = {
    column.kind.regex: shape
    for sheet in SHEETS
    for column in sheet.columns
    if isinstance(column.kind, contract.Pattern)
    for name, shape in {
        "person_ref": "{number:016x}",
        "service_id": "DOS{number:06d}",
        "site_postcode": "LD1 5LG",
        "service_group": "GROUP_{number}",
    }.items()
    if column.name == name
}


def rows_of(sheet: Sheet, count: int = 3) -> pa.Table:
    """Return judged rows of `sheet`, every cell filled."""
    columns = {column.name: pa.array(_cells(column, count), arrow_type(column.kind)) for column in sheet.columns}
    return pa.table(columns | {ROW: pa.array(range(2, count + 2), pa.int32())})


def _cells(column: Column, count: int) -> list[Any]:
    return [a_value(column.kind, number) for number in range(1, count + 1)]


def judged(*names: str, count: int = 3) -> dict[str, pa.Table]:
    """Return judged rows of the sheets called `names`, or of every sheet but RETURN."""
    chosen: Iterable[str] = names or (sheet.name for sheet in SHEETS if sheet is not RETURN)
    return {name: rows_of(CONTRACT.sheet(name), count) for name in chosen}


def spoilt(sheets: Mapping[str, pa.Table], sheet: str, column: str, value: Any, row: int = 0) -> dict[str, pa.Table]:
    """Return `sheets` with one cell changed."""
    table = sheets[sheet]
    cells = table[column].to_pylist()
    cells[row] = value
    spoilt_table = table.set_column(table.schema.get_field_index(column), column, pa.array(cells))
    return {**sheets, sheet: spoilt_table}
