"""*Remind*: returns that are due or overdue become reminders to their providers, each written once.

They are files ready to send, for the register holds no address of anyone. What was written stands in a book beside
them, so that files may be sent and moved away. What a reminder says is made in `expectations.reminders`.
"""

import json
import time
from datetime import date
from email.message import EmailMessage
from typing import TYPE_CHECKING

import dagster as dg

from assets.periods import OWNERS
from resources.house import House

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa

    from expectations.reminders import Outstanding
    from resources.settings import Settings

BOOK = "written.jsonl"
"""The book of the reminders that were written."""


def remind(connection: "sa.Connection", settings: "Settings", today: date) -> list[str]:
    """Write the reminders that are due today and were not written yet; return their names."""
    from expectations.reminders import kind_due
    from warehouse import ledger

    book = settings.reminder_dir / BOOK
    written = set(_lines(book))
    new = []
    for one in ledger.outstanding(connection):
        kind = kind_due(
            one.due_on,
            today,
            days_before=settings.reminder_days_before,
            every_days=settings.reminder_every_days,
            times=settings.reminder_times,
        )
        name = f"{one.period}/{one.provider_id}-{kind}"
        if kind and name not in written:
            _write(settings.reminder_dir, name, one, kind)
            _enter(book, name)
            new.append(name)
    return new


def _lines(book: "Path") -> list[str]:
    """Return the names in the book; a line that was cut off counts for nothing."""
    lines = book.read_text(encoding="utf-8").splitlines() if book.exists() else []
    return [json.loads(line) for line in lines if line.endswith('"')]


def _enter(book: "Path", name: str) -> None:
    with book.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(name) + "\n")


def _write(folder: "Path", name: str, one: "Outstanding", kind: str) -> None:
    """Write a reminder as text and as an e-mail without recipient, whole or not at all."""
    from expectations.reminders import subject, text

    email = EmailMessage()
    email["Subject"], email["X-Unsent"] = subject(one, kind), "1"
    email.set_content(text(one, kind))
    for ending, content in ((".txt", text(one, kind).encode()), (".eml", bytes(email))):
        path = folder / f"{name}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(content)
        part.replace(path)


@dg.asset(deps=["delivered_returns"], group_name="remind", kinds={"python", "email"}, owners=OWNERS)
def reminders(house: House) -> dg.MaterializeResult:
    """Reminders to providers whose return is due or overdue, in Welsh and in English, each written once."""
    from warehouse.connection import connect, migrate

    began, settings = time.perf_counter(), house.settings()
    migrate(house.warehouse_url())
    with connect(house.warehouse_url()).begin() as connection:
        new = remind(connection, settings, house.today())
    return dg.MaterializeResult(
        metadata={
            "reminders_written": len(new),
            "folder": dg.MetadataValue.path(str(settings.reminder_dir)),
            "seconds": round(time.perf_counter() - began, 2),
        }
    )
