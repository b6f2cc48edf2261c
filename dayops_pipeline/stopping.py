"""Being asked to stop, by Ctrl-C or by a service manager: heard even while Dagster runs, and told to those who wait.

Dagster takes an interrupt for the failure of a stage, or for nothing where it comes between two of them, and a night
would go on with its next run.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EXIT_CODE = 130
"""What a command ends with that was asked to stop."""

_ASKING = {signal.SIGINT, signal.SIGTERM}


class Stopped(KeyboardInterrupt):
    """A night that was asked to stop, and has: what has become of its work."""


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Give what tells whether this process was asked to stop since, whose handler ever was called."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    heard, speaks = os.pipe()
    for end in (heard, speaks):
        os.set_blocking(end, False)
    before = signal.set_wakeup_fd(speaks, warn_on_full_buffer=False)
    try:
        yield lambda: bool(_ASKING & _said(heard))
    finally:
        signal.set_wakeup_fd(before)
        os.close(heard)
        os.close(speaks)


@contextmanager
def stopping_alike() -> Iterator[None]:
    """Have a service manager's request to stop do what Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _said(heard: int) -> set[int]:
    """Return the numbers of the signals that came."""
    try:
        return set(os.read(heard, 4096))
    except BlockingIOError:
        return set()
