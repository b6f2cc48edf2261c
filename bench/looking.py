"""What a reading process does with one file of a fuzz, timed: a light module, since every such process imports it."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resources.reading.child import peak_bytes
from resources.returns import Job, identify_file, read_file


@dataclass(frozen=True)
class Looked:
    """What came of it, how long it took, how much memory the process ever held, and where it broke, if it did."""

    value: Any
    seconds: float
    peak_bytes: int
    broke: str = ""


def identified(job: Job) -> Looked:
    """Read the RETURN sheet of one file, as collecting does."""
    return _timed(identify_file, job)


def read(job: Job) -> Looked:
    """Read one file whole, as the stage that reads does."""
    return _timed(read_file, job)


def _timed(function: Callable[[Job], Any], job: Job) -> Looked:
    began, value, broke = time.perf_counter(), None, ""
    try:
        value = function(job)
    except (MemoryError, RecursionError):
        raise  # a limit: the process says so itself
    except Exception:
        broke = traceback.format_exc(limit=-4)
    return Looked(value, time.perf_counter() - began, peak_bytes(), broke)
