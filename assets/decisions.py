"""Decisions and the trail, between the archive's books and the warehouse: first into the book, then into the warehouse.

What a decision does is said in `expectations.decisions`. This is no stage: decisions are made by people, and stages
note what stands in the books and is not noted yet.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.decisions import Decision
    from resources.archive import Archive


def decide(engine: "sa.Engine", archive: "Archive", decision: "Decision") -> None:
    """Enter a decision in the archive's book, and note it; what follows for judging and figures is the night's work."""
    archive.decide([decision])
    note_decisions(engine, archive)


def note_decisions(engine: "sa.Engine", archive: "Archive") -> None:
    """Note every decision in the book that is not noted yet, and settle the months in which it makes a difference."""
    from warehouse import decisions, ledger

    book = list(archive.decisions())
    with engine.begin() as connection:
        for period in sorted(decisions.note(connection, book)):
            ledger.settle_current(connection, period)


def note_trail(engine: "sa.Engine", archive: "Archive") -> None:
    """Note again what the book tells of rows that were admitted after they had been refused."""
    from warehouse import readmission

    with engine.begin() as connection:
        readmission.note_booked(connection, archive.readmissions())


def book_trail(engine: "sa.Engine", archive: "Archive") -> int:
    """Enter in the book what it does not have yet of rows that were admitted; return how many rows."""
    from warehouse import readmission

    with engine.begin() as connection:
        new = readmission.unbooked(connection)
        if new:
            archive.trace(new)
            readmission.mark_booked(connection)
    return sum(len(one.rows) for one in new)
