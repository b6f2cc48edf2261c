"""What is tried again: how often, how long after, and how a file whose reading was cut short is read on."""

import hashlib
import io
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from resources.source.errors import Passing, SourceError, SourceGone, StillGrowing
from resources.source.place import Opened, Place

Result = TypeVar("Result")

FIRST_SECONDS = 0.5
MOST_SECONDS = 30.0
"""The first wait between two tries, and the longest; the longest that a server may ask for is four times that."""

_IN_A_ROW = 3
"""Things that may fail for good one after another before the place itself is asked whether it is still there."""

_PIECE = 1 << 20


@dataclass(slots=True)
class Patience:
    """So many tries at each thing, with longer and longer waits between them; for one source."""

    shown: str
    tries: int = 5
    first_seconds: float = FIRST_SECONDS
    sleep: Callable[[float], None] = time.sleep
    look: Callable[[], object] | None = field(default=None, repr=False)
    failed_in_a_row: int = field(default=0, init=False)

    def ask(self, what: Callable[[], Result]) -> Result:
        """Do `what`, again where a trouble may pass.

        Raises:
            SourceError: It did not pass.
            SourceGone: Nothing at this place does by now.
        """
        for tried in range(1, self.tries + 1):
            try:
                result = what()
            except Passing as passing:
                self.wait(tried, passing)
            else:
                self.failed_in_a_row = 0
                return result
        raise AssertionError("the last wait raises")

    def wait(self, tried: int, passing: Passing) -> None:
        """Wait before the next try, or give up."""
        if tried >= self.tries:
            self._give_up(passing)
        longest = min(MOST_SECONDS, self.first_seconds * 2 ** (tried - 1))
        asked = min(passing.wait_seconds or 0.0, 4 * MOST_SECONDS)
        # Many clients that were cut off together should not come back together.
        self.sleep(asked + longest * random.uniform(0.5, 1.0))  # noqa: S311

    def _give_up(self, passing: Passing) -> None:
        self.failed_in_a_row += 1
        if self.failed_in_a_row >= _IN_A_ROW and self._is_gone():
            raise SourceGone(
                f"{self.shown} no longer answers ({passing}): what was not fetched is fetched the next night. "
                "See whether it is up with: dayops doctor"
            ) from None
        raise SourceError(f"{passing} (tried {self.tries} times)") from None

    def _is_gone(self) -> bool:
        """Tell whether the place itself does not answer, rather than only some of its files."""
        self.failed_in_a_row = 0
        if self.look is None:
            return False
        try:
            self.look()
        except (Passing, OSError):
            return True
        return False


class Patient(io.RawIOBase):
    """A file at a place, read to its end whatever interrupts it, or not at all: never two versions of it as one."""

    def __init__(self, place: Place, name: str, size_bytes: int | None, patience: Patience) -> None:
        """Open the file; `size_bytes` is what it was listed with."""
        super().__init__()
        self._place, self._name, self._size, self._patience = place, name, size_bytes, patience
        self._digest, self._at, self._tried = hashlib.sha256(), 0, 0
        self._opened: Opened | None = patience.ask(self._reopened)
        self.mark = self._opened.mark

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; all that is left where it is negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_PIECE), b""))
        while True:
            try:
                return self._advanced(self._piece(size))
            except Passing as passing:
                self._let_go()
                self._tried += 1
                self._patience.wait(self._tried, passing)

    def close(self) -> None:
        """Let go of the file."""
        self._let_go()
        super().close()

    def _piece(self, size: int) -> bytes:
        self._opened = self._opened or self._read_on()
        try:
            piece = self._opened.stream.read(size)
        except Exception as error:
            if not self._place.passing(error):
                raise
            raise Passing(f"the reading of it was cut off: {_in_short(error)}") from error
        if not piece and size and self._size is not None and self._at < self._size:
            raise Passing(f"only {self._at:,} of its {self._size:,} bytes came")
        return piece

    def _advanced(self, piece: bytes) -> bytes:
        self._digest.update(piece)
        self._at += len(piece)
        return piece

    def _reopened(self) -> Opened:
        return self._place.open(self._name, self._at)

    def _read_on(self) -> Opened:
        """Open the file again where reading stopped; it must be the same version of it."""
        opened = self._reopened()
        if opened.mark != self.mark:
            opened.stream.close()
            raise StillGrowing(f"{self._name} was changed while it was read")
        if opened.at != self._at:
            self._pass_over(opened)
        return opened

    def _pass_over(self, opened: Opened) -> None:
        """Read again what was read before, which must be the same."""
        digest, left = hashlib.sha256(), self._at - opened.at
        try:
            while left and (piece := opened.stream.read(min(left, _PIECE))):
                digest.update(piece)
                left -= len(piece)
        except Exception as error:
            opened.stream.close()
            if not self._place.passing(error):
                raise
            raise Passing(f"the reading of it was cut off: {_in_short(error)}") from error
        if left or digest.digest() != self._digest.digest():
            opened.stream.close()
            raise StillGrowing(f"{self._name} was changed while it was read")

    def _let_go(self) -> None:
        opened, self._opened = getattr(self, "_opened", None), None
        if opened is not None:
            opened.stream.close()


def _in_short(error: Exception) -> str:
    return type(error).__name__ if not str(error) else str(error).splitlines()[0][:200]
