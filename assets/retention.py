"""Retention, between the archive, the restricted store and the warehouse: what is about people goes, and is not missed.

First what is left of a submission is in the archive, then its tombstone in the book, then the warehouse lets go, and
the files go last: whatever cuts this short, doing it again ends it. This is no stage.
"""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from expectations.months import year_start
from expectations.retention import RetentionError, gone_before

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.retention import Tombstone
    from resources.archive import Archive
    from resources.settings import Settings
    from warehouse.retention import Due


def due(engine: "sa.Engine", settings: "Settings", today: date) -> "list[Due]":
    """Return the submissions whose rows about people are due to go `today`."""
    from warehouse import retention

    with engine.begin() as connection:
        return retention.due(connection, gone_before(today, settings.retention_months))


def retain(engine: "sa.Engine", settings: "Settings", today: date) -> "list[Tombstone]":
    """Delete what is due to go, and return its tombstones.

    Raises:
        RetentionError: A month waits for a night, whose figures would come too late.
    """
    from resources.archive import Archive
    from warehouse import retention

    archive, at, buried = Archive(settings.archive_dir), datetime.now(UTC), []
    with engine.begin() as connection:
        waiting = retention.due(connection, gone_before(today, settings.retention_months))
        if waiting:
            _must_be_settled(connection, settings, today)
            _keep_figures(connection, archive, waiting)
        for one in waiting:
            tombstone, left = retention.cut_down(connection, one, settings.retention_months, at)
            archive.keep_left(one.sha256, left)
            buried.append(tombstone)
        archive.bury(buried)
    _delete_files(settings, archive)
    return buried


def _must_be_settled(connection: "sa.Connection", settings: "Settings", today: date) -> None:
    from warehouse import basis, ledger

    if ledger.due_months(connection, today) or basis.stale_months(connection, settings.policy):
        raise RetentionError("Months wait for a night, so their figures are not yet as they will stay: dayops nightly")


def _keep_figures(connection: "sa.Connection", archive: "Archive", waiting: "list[Due]") -> None:
    """Keep the figures of each financial year as they are before the first of its rows goes."""
    from warehouse import retention

    for year in sorted({year_start(one.period) for one in waiting if one.period}):
        if not retention.is_frozen(connection, year):
            archive.keep_left(_name(year), retention.figures_of_year(connection, year))


def _name(year: date) -> str:
    return f"figures-{year:%Y}"


def _delete_files(settings: "Settings", archive: "Archive") -> None:
    """Delete the files of everything that has a tombstone: as delivered, as read and judged, and as marked."""
    from resources.restricted import RestrictedStore

    store = RestrictedStore(settings.restricted_dir)
    for one in archive.tombstones():
        marked = settings.annotated_dir.rglob(f"*-{one.sha256[:12]}.xlsx")
        for file in (archive.path(one.sha256), store.cells(one.sha256), store.judged(one.sha256), *marked):
            file.unlink(missing_ok=True)


def restore(engine: "sa.Engine", archive: "Archive") -> None:
    """Put what was left of each submission with a tombstone, and the figures that stay, into a warehouse that lost it.

    Raises:
        RetentionError: What was left is not there any more, or not as it was.
    """
    from warehouse import retention

    tombstones = list(archive.tombstones())
    with engine.begin() as connection:
        for one in tombstones:
            retention.restore(connection, one, archive.left(one.sha256, one.left_sha256))
        for year in sorted({year_start(date.fromisoformat(f"{one.period}-01")) for one in tombstones if one.period}):
            retention.restore_figures(connection, archive.left(_name(year)))
