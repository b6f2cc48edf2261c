"""A house that returns are delivered to as files and taken into the warehouse, night after night, without Dagster.

What an operator decides goes through the archive's book as in the command line. Nothing is asserted here.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from click.testing import CliRunner, Result

from assets.check import check
from assets.collect import collect, recollect
from assets.decisions import book_trail, decide
from assets.load import load
from assets.person_keys import book_keys, key_at_hand
from assets.read import read, record, refusals, unread
from dayops_pipeline.cli import main
from expectations.decisions import Decision, Ended, Revert, Waiver, named
from expectations.suites import ask
from makers import PERIOD, PROVIDER, Cells, Sheets, a_return, a_row
from resources.archive import Archive
from resources.person_key import own_file
from resources.reading import Done
from resources.restricted import RestrictedStore
from resources.settings import Settings
from resources.writing import xlsx_bytes
from warehouse import decisions, ledger, state
from warehouse.connection import connect, migrate

TODAY = date(2026, 10, 20)
NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
DECIDED = datetime(2026, 10, 10, 12, tzinfo=UTC)


def is_month(period: str) -> bool:
    return "2019-04" <= period <= "2026-09"


def version(number: int, provider: str = PROVIDER, **sheets: list[Cells]) -> Sheets:
    """Return a good LITE return of a provider, as version `number`; `sheets` gives other rows."""
    said = a_row("RETURN", profile="LITE", submission_no=str(number), provider_id=provider)
    return {**a_return("LITE", PERIOD, **sheets), "RETURN": [said]}


def a_waiver(rule_id: str = "V09", **changes: object) -> Waiver:
    """Return a waiver of a rule for September 2026 and everyone, until the end of the year."""
    given: dict[str, object] = {
        "provider_id": None,
        "period_from": "2026-09",
        "period_to": "2026-09",
        "reason": "shared hall",
        "decided_by": "Head of collection",
        "expires_on": date(2026, 12, 31),
        "decided_at": DECIDED,
    }
    return named(Waiver(decision_id="", rule_id=rule_id, **(given | changes)))  # type: ignore[arg-type]


def an_end(of: Waiver | Revert, hours: float = 1) -> Ended:
    """Return the end of a decision, some hours after it."""
    return named(
        Ended("", of.decision_id, "no longer so", "Head of collection", of.decided_at + timedelta(hours=hours))
    )


def read_here(function: Callable[[Any], Any], jobs: Iterable[Any], *_: object) -> Iterator[tuple[Any, Done[Any]]]:
    """Stand for the children that read files: what they can be made to do is tested where they are."""
    yield from ((job, Done(function(job))) for job in jobs)


_ANSWERS: dict[str, dict[str, Any]] = {}


def ask_once(checks: Sequence[Any], frame: Any, period: str) -> dict[str, Any]:
    """Stand for `expectations.suites.ask`: what was asked before of the same rows is answered from memory.

    It asks Great Expectations itself, which takes longer than all else in a small night, and most rows of most tests
    are the same. How submissions are numbered makes no difference, but which rows are of one does.
    """
    of_one = frame["submission_id"].factorize()[0].tolist()
    columns = [(name, str(of.dtype), of.tolist()) for name, of in frame.items() if name != "submission_id"]
    key = repr((checks, of_one, columns, period))
    if key not in _ANSWERS:
        _ANSWERS[key] = ask(checks, frame, period)
    return {code: rows.copy() for code, rows in _ANSWERS[key].items()}


@dataclass
class Operation:
    """The house: its settings, and what day it is."""

    settings: Settings
    today: date = TODAY

    @property
    def engine(self) -> sa.Engine:
        assert self.settings.warehouse_url is not None
        return connect(self.settings.warehouse_url.get_secret_value())

    @property
    def archive(self) -> Archive:
        return Archive(self.settings.archive_dir)

    @property
    def store(self) -> RestrictedStore:
        return RestrictedStore(self.settings.restricted_dir)

    def deliver(self, name: str, sheets: Sheets, hours: float = 0) -> Path:
        """Put a return into the inbox, as if it had come some hours after noon."""
        path = Path(self.settings.returns) / f"{name}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(a_file(sheets))
        sent = (NOON + timedelta(hours=hours)).timestamp()
        os.utime(path, (sent, sent))
        return path

    def night(self) -> list[str]:
        """Collect what came, run every month that is due, and return those months."""
        Path(self.settings.returns).mkdir(parents=True, exist_ok=True)
        collect(self.engine, self.settings, is_month)
        return self.months()

    def months(self) -> list[str]:
        """Run every month that is due, and return those months."""
        with self.engine.begin() as c:
            due = ledger.due_months(c, self.today)
        for period in due:
            self.run(period)
        return due

    def run(self, period: str = PERIOD) -> None:
        """Read, check and load one month."""
        with self.engine.begin() as c:
            submissions = unread(ledger.submissions(c, period))
        record(self.engine, refusals(read(submissions, self.archive, self.store, self.settings)))
        check(self.engine, self.store, period, self.today)
        load(self.engine, self.store, period, key_at_hand(self.engine, self.settings))
        book_keys(self.engine, self.archive)
        book_trail(self.engine, self.archive)

    def decide(self, decision: Decision) -> None:
        """Decide something."""
        decide(self.engine, self.archive, decision)

    def revert_to(self, number: int, hours: float = 0, provider: str = PROVIDER) -> Revert:
        """Have version `number` stand again, decided some hours after the day of decisions."""
        with self.engine.begin() as c:
            versions = decisions.versions(c, provider, PERIOD)
        later = tuple(sorted(one.sha256 for one in versions if (one.submission_no or 0) > number))
        at = DECIDED + timedelta(hours=hours)
        decision = named(Revert("", provider, PERIOD, number, later, "a test file", "Head of collection", at))
        self.decide(decision)
        return decision

    def rebuilt(self, url: str, home: Path) -> "Operation":
        """Return another house with the same archive, whose warehouse was built from it alone."""
        migrate(url)
        home.mkdir()
        (home / "archive").symlink_to(self.settings.archive_dir)
        (home / "restricted").mkdir()
        (home / "restricted" / "person.key").symlink_to(own_file(self.settings))
        other = Operation(self.settings.model_copy(update={"home": home, "warehouse_url": _secret(url)}), self.today)
        recollect(other.engine, other.settings, is_month)
        other.months()
        return other

    def rows(self, sql: str, **bound: object) -> list[tuple[object, ...]]:
        """Return the rows that a query gives."""
        with self.engine.connect() as c:
            return [tuple(row) for row in c.execute(sa.text(sql), bound)]

    def hashes(self) -> dict[str, str]:
        """Return the state hash of each table."""
        with self.engine.connect() as c:
            return state.state_hashes(c)

    def stands(self, provider: str = PROVIDER) -> int | None:
        """Return the number of the version that stands."""
        with self.engine.connect() as c:
            current = [one for one in ledger.submissions(c, PERIOD) if one.is_current and one.provider_id == provider]
        return current[0].submission_no if current else None


def _secret(url: str) -> object:
    from pydantic import SecretStr

    return SecretStr(url)


def a_file(sheets: Sheets) -> bytes:
    """Return a return as a workbook."""
    return xlsx_bytes({name: [list(rows[0]), *(list(row.values()) for row in rows)] for name, rows in sheets.items()})


class Command:
    """The command line over a house."""

    def __call__(self, *words: str) -> Result:
        """Run `dayops` with these words."""
        return CliRunner().invoke(main, words)
