"""The operator's desk: the warehouse and the archive that the commands work on, and months run at once.

What a command says and asks stands in its own module.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from dayops_pipeline.cli import screen

if TYPE_CHECKING:
    import sqlalchemy as sa
    from rich.console import Console

    from dayops_pipeline.nightly import Done
    from resources.archive import Archive
    from resources.house import House


def house() -> "House":
    """Return the house that the settings name."""
    from resources.house import House

    return House()


def opened(house: "House") -> "sa.Engine":
    """Return the warehouse's engine, its tables made or brought up to date first."""
    from warehouse.connection import connect, migrate

    url = house.warehouse_url()
    migrate(url)
    return connect(url)


def archive(house: "House") -> "Archive":
    """Return the raw archive with its books."""
    from resources.archive import Archive

    return Archive(house.settings().archive_dir)


def progress_console(*, as_json: bool) -> "Console":
    """Return the console for progress: beside the output where that is for a program."""
    from rich.console import Console

    return Console(stderr=True) if as_json else screen.console()


def alone(console: "Console", house: "House") -> "AbstractContextManager[None]":
    """Return a context in which no stage of any run writes; what is being written is waited for."""
    from warehouse import locks
    from warehouse.connection import connect

    def say_waiting() -> None:
        console.print("   a run is under way: waiting until its stage has ended")

    return locks.alone(connect(house.warehouse_url()), house.settings().lock_wait_seconds, say_waiting)


@contextmanager
def one_night(console: "Console", url: str) -> Iterator[None]:
    """Have no other night run from a command: one that is under way is waited for. It stops when it is asked to."""
    from dayops_pipeline.stopping import stopping_alike
    from warehouse import locks
    from warehouse.connection import connect

    def say_waiting() -> None:
        console.print("   another night is under way: waiting for its end")

    with stopping_alike(), locks.one_night(connect(url), say_waiting):
        yield


def run_months(
    console: "Console",
    house: "House",
    periods: Iterable[str],
    prepare: Callable[[], None] = lambda: None,
    work: "Callable[..., Iterator[Done]] | None" = None,
) -> "list[Done]":
    """Run months as the night does, or as `work` says; `prepare` is called first, while nobody writes."""
    from dayops_pipeline.instance import instance
    from dayops_pipeline.nightly import these_months

    work, night = work or these_months, one_night(console, house.warehouse_url())
    with instance(house.settings()) as dagster, night, screen.Progress(console) as progress:
        with alone(console, house):
            prepare()
        return [progress.finished(one) for one in work(periods, house, dagster, progress.started)]
