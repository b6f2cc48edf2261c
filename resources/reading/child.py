"""Runs a function on many files in disposable child processes, so that no file can take the night down with it.

A child has its own limits of memory, processor time, wall clock and file size, a folder of its own for temporary files
that goes with it, and, where the system lets it give that up, no network. It serves file after file and is thrown away
when it dies, overruns, panics or has grown; only the file it held suffers. Plain subprocesses and pipes are used,
not multiprocessing: nothing of the parent is inherited or imported again but the module of the function.
"""

import contextlib
import ctypes
import math
import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

from resources.reading.model import Limits, Refused

J = TypeVar("J")
V = TypeVar("V")

_START_SECONDS = 60.0
_GRACE_SECONDS = 1.0
_SERVE = "from resources.reading.child import serve; serve()"
_TEMPORARY = "TMPDIR"
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


@dataclass(frozen=True)
class Done(Generic[V]):
    """What the function returned for a file."""

    value: V


@dataclass(frozen=True)
class Died:
    """Why there is nothing for a file: a refusal's code, and how it came about."""

    code: str
    detail: str


def run_in_children(
    function: Callable[[J], V], jobs: Iterable[J], limits: Limits, workers: int
) -> Generator[tuple[J, Done[V] | Died], None, None]:
    """Yields each job with its outcome as it is finished; jobs are drawn only as children fall free.

    The function must be importable by name from a light module: each child imports that module.
    """
    crew: _Crew[J, V] = _Crew(function, limits, max(1, workers))
    queue = iter(jobs)
    try:
        is_more = True
        while is_more or crew.is_busy:
            while is_more and crew.has_room:
                try:
                    crew.give(next(queue))
                except StopIteration:
                    is_more = False
            yield from crew.finished()
    finally:
        crew.dismiss()


class _Child(Generic[J]):
    """One child process, the job in its hands, and until when it may keep it."""

    def __init__(self, setup: bytes) -> None:
        ours, theirs = Pipe()
        self.folder = tempfile.mkdtemp(prefix="dayops-reader-")
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        arguments = [sys.executable, "-P", "-c", _SERVE, str(theirs.fileno()), str(os.getpid())]
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # a panic's message may quote a cell
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": paths, _TEMPORARY: self.folder},
        )
        theirs.close()
        self.connection: Connection = ours
        self.job: J | None = None
        self.is_ready = False
        self.deadline = time.monotonic() + _START_SECONDS
        with contextlib.suppress(OSError):  # a child that cannot start is heard of with its first job
            self.connection.send_bytes(setup)

    def end(self) -> int:
        """Ends the process with all it started, and says how it had ended."""
        self.connection.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        return status


class _Crew(Generic[J, V]):
    """The children of one call."""

    def __init__(self, function: Callable[[J], V], limits: Limits, size: int) -> None:
        self._setup = pickle.dumps((function, limits))
        self._limits = limits
        self._size = size
        self._idle: list[_Child[J]] = []
        self._busy: list[_Child[J]] = []

    @property
    def is_busy(self) -> bool:
        """Whether any child holds a job."""
        return bool(self._busy)

    @property
    def has_room(self) -> bool:
        """Whether another job can be begun."""
        return len(self._busy) < self._size

    def give(self, job: J) -> None:
        """Puts a job into the hands of an idle child, or of a new one."""
        child = self._idle_child() or _Child(self._setup)
        child.job = job
        child.deadline = self._deadline(child)
        self._busy.append(child)
        with contextlib.suppress(OSError):  # a child that is gone is heard of when its outcome is awaited
            child.connection.send_bytes(pickle.dumps(job))

    def _idle_child(self) -> _Child[J] | None:
        while self._idle:
            child = self._idle.pop()
            if not child.connection.poll():
                return child
            child.end()  # an idle child that can be heard has died
        return None

    def _deadline(self, child: _Child[J]) -> float:
        allowed = self._limits.wall_seconds + _GRACE_SECONDS if child.is_ready else _START_SECONDS
        return time.monotonic() + allowed

    def finished(self) -> Iterator[tuple[J, Done[V] | Died]]:
        """Waits until a child is heard or overdue, and yields what came of the jobs."""
        patience = min((child.deadline for child in self._busy), default=0.0) - time.monotonic()
        heard = wait([child.connection for child in self._busy], max(0.0, patience))
        for child in list(self._busy):
            if child.connection in heard:
                yield from self._hear(child)
            elif child.deadline < time.monotonic():
                yield self._lose(child, f"time over {self._limits.wall_seconds:g} s")

    def _hear(self, child: _Child[J]) -> Iterator[tuple[J, Done[V] | Died]]:
        try:
            message = pickle.loads(child.connection.recv_bytes())  # noqa: S301 (from our own child)
        except (EOFError, OSError):
            yield self._lose(child, "")
            return
        match message:
            case ("ready",):
                child.is_ready = True
                child.deadline = self._deadline(child)
            case ("failed", reason):
                raise RuntimeError(f"a reading process cannot start: {reason}")
            case (outcome, is_spent):
                yield self._free(child, is_spent), outcome

    def _free(self, child: _Child[J], is_spent: bool) -> J:
        """Takes the job out of a child's hands; a spent child is thrown away."""
        self._busy.remove(child)
        if is_spent:
            child.end()
        else:
            self._idle.append(child)
        return child.job  # type: ignore[return-value]  # a busy child has a job

    def _lose(self, child: _Child[J], reason: str) -> tuple[J, Died]:
        """Gives up a child that died or overran, and the file with it."""
        self._busy.remove(child)
        ended = _how(child.end(), self._limits)
        if not child.is_ready:
            raise RuntimeError(f"a reading process cannot start: {reason or ended}")
        return child.job, Died("FILE_TOO_COMPLEX", f"reading was stopped: {reason or ended}")  # type: ignore[return-value]

    def dismiss(self) -> None:
        """Ends every child."""
        for child in [*self._idle, *self._busy]:
            child.end()


def _how(status: int, limits: Limits) -> str:
    if status >= 0:
        return f"the process left with status {status}"
    name = signal.Signals(-status).name
    limit = {
        "SIGXCPU": f"processor time over {limits.cpu_seconds} s",
        "SIGALRM": f"time over {limits.wall_seconds:g} s",
    }
    return limit.get(name, name)


def serve() -> NoReturn:
    """Serves files to the parent until it has no more: the whole life of a child."""
    connection = Connection(int(sys.argv[1]))
    _leave_network()
    threading.Thread(target=_leave_with_parent, args=[int(sys.argv[2])], daemon=True).start()
    try:
        function, limits = pickle.loads(connection.recv_bytes())  # noqa: S301 (from our own parent)
        _restrict(limits)
    except BaseException as error:
        connection.send_bytes(pickle.dumps(("failed", f"{type(error).__name__}: {error}")))
        os._exit(1)
    connection.send_bytes(pickle.dumps(("ready",)))
    while True:
        try:
            job = connection.recv_bytes()
            connection.send_bytes(_answer(function, job, limits))
        except (EOFError, OSError):
            os._exit(0)


def _leave_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    shutil.rmtree(os.environ[_TEMPORARY], ignore_errors=True)
    os._exit(1)


def _leave_network() -> None:
    """Goes where there is no network, as Linux lets root do, and in many places anyone; elsewhere nothing is lost."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is not None and unshare(_NEW_NETWORK) != 0:
        unshare(_NEW_USER | _NEW_NETWORK)


def _restrict(limits: Limits) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, limits.unpacked_bytes)
    _limit(resource.RLIMIT_AS, limits.memory_bytes)


def _limit(what: int, most: int) -> None:
    """Sets a soft limit; where the system knows no such limit, the others must do."""
    hard = resource.getrlimit(what)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(function: Callable[[Any], Any], job: bytes, limits: Limits) -> bytes:
    """One file's outcome, pickled, and whether this child is spent."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + limits.cpu_seconds)
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds)
    try:
        outcome = Done(function(pickle.loads(job)))  # noqa: S301 (from our own parent)
        return pickle.dumps((outcome, peak_bytes() > limits.memory_bytes // 2))
    except BaseException as error:
        return pickle.dumps((_died(error), not _is_orderly(error)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _is_orderly(error: BaseException) -> bool:
    """Whether a child that raised this can be trusted with the next file."""
    return isinstance(error, Exception) and not isinstance(error, MemoryError | RecursionError)


def _died(error: BaseException) -> Died:
    match error:
        case Refused():
            return Died(error.code, error.detail)
        case MemoryError() | RecursionError():
            return Died("FILE_TOO_COMPLEX", f"reading was stopped: {type(error).__name__}")
        case _:
            return Died("FILE_DAMAGED", type(error).__name__)


def peak_bytes() -> int:
    """This process's own peak: on Linux `ru_maxrss` begins at its parent's, which may be large."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
