"""Trying out: what would follow if other versions of returns stood, such as earlier ones, or a file not delivered yet.

All of it is done for real, by the stages' own functions, inside one transaction that is undone, and in a folder of the
restricted store that is removed. This is no stage: nothing of it is kept.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from assets.person_keys import key_at_hand
from expectations.findings import Finding
from expectations.months import BASELINE, first_day, last_month_of

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.pseudonyms import PersonKey
    from resources.archive import Archive
    from resources.restricted import RestrictedStore
    from resources.settings import Settings
    from warehouse.difference import Effect, Figure
    from warehouse.ledger import Identity, Submission


class CannotPlaceError(ValueError):
    """Nobody can tell whose return a file is, or for which month; `findings` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        """Keep the findings."""
        super().__init__("it cannot be told whose return this is, and for which month")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Tried:
    """A file that was tried out: whose it is, what became of it, and which submission stood for its month before."""

    submission: "Submission"
    findings: list[Finding]
    stood_before: int


# --- figures with one version and with another ------------------------------------------------------------------------


def effect_of(engine: "sa.Engine", settings: "Settings", period: str, old: int, new: int) -> "list[Effect]":
    """Return the headline figures of all areas that two submissions tell of, with either of them standing."""
    from warehouse.connection import undone

    with undone(engine) as connection:
        return effect_in(connection, settings, period, old, new)


def effect_in(connection: "sa.Connection", settings: "Settings", period: str, old: int, new: int) -> "list[Effect]":
    """Return the same within a transaction that the caller undoes."""
    from warehouse import difference

    areas, figures = difference.areas_of(connection, [old, new]), []
    for stands, other in ((old, new), (new, old)):
        difference.stand(connection, stands, instead_of=other)
        figures.append(_measured(connection, settings, period, areas))
    return difference.effects(*figures)


def _measured(connection: "sa.Connection", settings: "Settings", period: str, areas: list[str]) -> "list[Figure]":
    from warehouse import difference, indicators

    indicators.indicate(connection, first_day(period), **settings.measuring)
    return difference.headline_figures(connection, first_day(period), areas)


# --- figures as they stood --------------------------------------------------------------------------------------------


class NothingStoodError(ValueError):
    """At that moment no return stood for any month of the period."""


@contextmanager
def stood_at(
    engine: "sa.Engine", settings: "Settings", kind: str, start: date, moment: datetime
) -> "Iterator[sa.Connection]":
    """Measure and protect the figures of a period anew from the returns that stood at a moment, by the rules of today.

    Raises:
        NothingStoodError: No return stood for it.
    """
    from assets.indicate import indicate
    from assets.protect import protect
    from warehouse import dimensions, explanation
    from warehouse.connection import Within, undone

    with undone(engine) as connection:
        explanation.stand_as_at(connection, moment)
        months = explanation.months_held(connection, start, last_month_of(kind, start))
        standing = [month for month, stands in months.items() if stands]
        if not standing:
            raise NothingStoodError(f"no return stood for the {kind} from {start}")
        for month in (*explanation.months_held(connection, *map(first_day, BASELINE)), *months):
            dimensions.refresh(connection, month)
        within, period = cast("sa.Engine", Within(connection)), f"{max(standing):%Y-%m}"
        indicate(within, settings, period)
        protect(within, settings, period)
        yield connection


# --- a file that has not been delivered -------------------------------------------------------------------------------


@contextmanager
def tried_out(
    engine: "sa.Engine", settings: "Settings", file: Path, is_month: Callable[[str], bool], today: date
) -> "Iterator[tuple[sa.Connection, Tried]]":
    """Take a file all the way into the warehouse, for as long as the context lasts and for nobody else to see.

    Raises:
        CannotPlaceError: Nobody can tell whose return it is.
    """
    from resources.archive import Archive
    from resources.restricted import RestrictedStore
    from warehouse.connection import undone

    settings.restricted_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.restricted_dir, prefix="trial-") as folder:
        archive, store = Archive(Path(folder) / "archive"), RestrictedStore(Path(folder))
        with file.open("rb") as stream:
            sha256, _ = archive.keep(stream)
        identity = _identity(archive.path(sha256), sha256, settings, is_month)
        key = key_at_hand(engine, settings)
        with undone(engine) as connection:
            trial = _Trial(connection, settings, archive, store, sha256, file.name, identity, key)
            yield connection, trial.judged_and_loaded(today)


def _identity(file: Path, sha256: str, settings: "Settings", is_month: Callable[[str], bool]) -> "Identity":
    from assets.collect import named_in
    from assets.identity import settle
    from warehouse.ledger import submission_id_of

    submission_id = submission_id_of(sha256)
    identity, findings = settle(submission_id, named_in(file, submission_id, settings), is_month)
    if identity is None or findings:
        raise CannotPlaceError(findings)
    return identity


@dataclass(frozen=True, slots=True)
class _Trial:
    """What trying a file out needs: an archive and a store of its own, so that nothing is written to the real ones."""

    connection: "sa.Connection"
    settings: "Settings"
    archive: "Archive"
    store: "RestrictedStore"
    sha256: str
    name: str
    identity: "Identity"
    key: "PersonKey"

    @property
    def period(self) -> str:
        return str(self.identity.period)

    def judged_and_loaded(self, today: date) -> Tried:
        """Read, judge, load and compare the file beside the provider's other submissions for the month, and settle."""
        from assets.check import check
        from assets.compare import compare
        from warehouse import difference, ledger
        from warehouse.connection import Within

        within = cast("sa.Engine", Within(self.connection))
        stood_before = next((one.submission_id for one in self._theirs() if one.is_current), difference.NOTHING)
        self._deliver()
        self._read()
        check(within, self.store, self.period, today)
        self._load(within)
        ledger.settle_current(self.connection, self.period)
        compare(within, self.store, self.period)
        submission = self._tried()
        return Tried(submission, ledger.findings_of(self.connection, submission.submission_id), stood_before)

    def _theirs(self) -> "list[Submission]":
        from warehouse import ledger

        submissions = ledger.submissions(self.connection, self.period)
        return [one for one in submissions if one.provider_id == self.identity.provider_id]

    def _tried(self) -> "Submission":
        return next(one for one in self._theirs() if one.sha256 == self.sha256)

    def _deliver(self) -> None:
        """Note the file as delivered now, and take what is kept of its neighbours into the store of the trial."""
        from resources.restricted import RestrictedStore
        from warehouse import ledger

        real = RestrictedStore(self.settings.restricted_dir)
        for one in self._theirs():
            for place in (RestrictedStore.cells, RestrictedStore.judged):
                _copy(place(real, one.sha256), place(self.store, one.sha256))
        size = self.archive.path(self.sha256).stat().st_size
        now = datetime.now(UTC)
        ledger.record_delivery(
            self.connection, sha256=self.sha256, source_path=self.name, received_at=now, size_bytes=size
        )
        ledger.record_identity(self.connection, ledger.submission_id_of(self.sha256), self.identity)

    def _read(self) -> None:
        from assets.read import read, refusals
        from warehouse import ledger

        self.store.forget_cells(self.sha256)
        flaws = read([self._tried()], self.archive, self.store, self.settings)
        for submission_id, findings in refusals(flaws).items():
            ledger.record_refusal(self.connection, submission_id, findings)

    def _load(self, within: "sa.Engine") -> None:
        from assets.load import load_one
        from warehouse import ledger

        theirs = {one.submission_id for one in self._theirs()}
        for submission in ledger.unloaded(self.connection, self.period):
            if submission.submission_id in theirs:
                load_one(within, self.store, submission, self.key)


def _copy(source: Path, target: Path) -> None:
    if source.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(source, target)
