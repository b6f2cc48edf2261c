"""The register of services as it is delivered, `register.csv`: its rows, or what is wrong with it and where.

It is delivered among the returns. One that cannot be used must not replace one that could, so it is taken whole or not
at all.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date

from expectations.reference import current_authorities

COLUMNS = ("provider_id", "provider_name", "sector", "service_id", "service_la", "expected_from", "expected_to")
_MAY_BE_BLANK = {"expected_to"}
_TOLD = 5


class RegisterError(ValueError):
    """A register that cannot be used: where, what stands there, and what is wanted."""


def register_rows(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a register of services.

    Raises:
        RegisterError: It cannot be read, or a row of it cannot be used; the first few places are told.
    """
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise RegisterError(
                f"register.csv has no column {', '.join(missing)}: its first row must be {','.join(COLUMNS)}"
            )
        numbered = [(reader.line_num, {name: (row[name] or "").strip() for name in COLUMNS}) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RegisterError(f"register.csv cannot be read ({error}): save it as CSV UTF-8") from None
    flaws = [*_flaws(numbered)] if numbered else ["it has no services"]
    if flaws:
        more = f" and {len(flaws) - _TOLD} more" if len(flaws) > _TOLD else ""
        raise RegisterError(f"register.csv: {'; '.join(flaws[:_TOLD])}{more}")
    return [row for _, row in numbered]


def _flaws(numbered: list[tuple[int, dict[str, str]]]) -> Iterator[str]:
    known: set[tuple[str, str]] = set()
    for line, row in numbered:
        yield from (f"line {line}, {told}" for told in _flaws_of(row))
        key = (row["service_id"], row["expected_from"])
        if key in known:
            yield f"line {line}, service_id: {key[0]} is there twice from {key[1]}"
        known.add(key)


def _flaws_of(row: dict[str, str]) -> Iterator[str]:
    yield from (f"{name} is blank" for name in COLUMNS if not row[name] and name not in _MAY_BE_BLANK)
    if row["service_la"] and row["service_la"] not in current_authorities():
        yield f"service_la: {row['service_la']!r} is no code of an authority, such as W06000023"
    days = [name for name in ("expected_from", "expected_to") if row[name]]
    odd = [name for name in days if not _is_day(row[name])]
    yield from (f"{name}: {row[name]!r} is no date, such as 2026-08-31" for name in odd)
    if not odd and row["expected_to"] and row["expected_to"] < row["expected_from"]:
        yield "expected_to is before expected_from"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
