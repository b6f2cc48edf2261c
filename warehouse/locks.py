"""Who may write, beneath all that Dagster keeps apart: advisory locks of the server, held by a session.

Each stage that writes holds a share of the whole, and its month or the figures, for its length; a command that changes
everything holds the whole alone. The server lets go of what a process that died held. Nobody asks for a second month
within one, so nobody waits in a circle.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

_TAKEN_TOO_LONG = "55P03"


class LockError(RuntimeError):
    """Something that another process held for longer than could be waited."""


class Lock(NamedTuple):
    """What can be held: the number that the server knows it by, and what people call it."""

    number: int
    name: str


NIGHT = Lock(5_164_017_311, "A night")
FIGURES = Lock(5_164_017_310, "The making of figures")
_WHOLE = Lock(5_164_017_312, "The warehouse as a whole")
_MONTHS = 5_164_020_000_000


def of_month(period: str) -> Lock:
    """Return the lock of the month `period` (YYYY-MM)."""
    return Lock(_MONTHS + int(period.replace("-", "")), period)


@contextmanager
def writing(engine: Engine, lock: Lock, wait_seconds: int) -> Iterator[None]:
    """Hold a month or the figures, and a share of the whole.

    Raises:
        LockError: It was held elsewhere for longer than `wait_seconds`.
    """
    with _session(engine, wait_seconds) as c, _held(c, _WHOLE, "_shared"), _held(c, lock):
        yield


@contextmanager
def alone(engine: Engine, wait_seconds: int, say_waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the whole: nobody writes meanwhile.

    Raises:
        LockError: Somebody wrote for longer than `wait_seconds`.
    """
    with _session(engine, wait_seconds) as c, _held(c, _WHOLE, say_waiting=say_waiting):
        yield


@contextmanager
def one_night(engine: Engine, say_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the night for this process: of two that are started at once, the second waits and then finds it done."""
    with _session(engine, 0) as c, _held(c, NIGHT, say_waiting=say_waiting):
        yield


@contextmanager
def _session(engine: Engine, wait_seconds: int) -> Iterator[Connection]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        c.execute(text("select set_config('lock_timeout', :wait, false)"), {"wait": f"{wait_seconds}s"})
        try:
            yield c
        finally:
            # Ends the session, and with it all that it holds: nothing of it goes back to the pool.
            c.invalidate()


@contextmanager
def _held(c: Connection, lock: Lock, how: str = "", say_waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    bound = {"lock": lock.number}
    if not c.scalar(text(f"select pg_try_advisory_lock{how}(:lock)"), bound):
        say_waiting()
        try:
            c.execute(text(f"select pg_advisory_lock{how}(:lock)"), bound)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _TAKEN_TOO_LONG:
                raise
            raise LockError(
                f"{lock.name} is in the hands of another run. Run this again when that has ended."
            ) from None
    yield
