"""A house of its own with Dagster's daemon and code server, started and stopped as an operator's machine would."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    import dagster as dg

    from resources.settings import Settings

HERE = Path(__file__).parents[2]


@contextmanager
def a_home(returns: Path | None = None) -> "Iterator[Settings]":
    """Give settings of a new folder, which this process and all that it starts use; all of it is gone at the end."""
    from resources.settings import load_settings

    home = Path(tempfile.mkdtemp(prefix="dayops-operation-"))
    home.chmod(0o755)
    for name in [name for name in os.environ if name.startswith("DAYOPS_")]:
        del os.environ[name]
    os.environ |= {"DAYOPS_HOME": str(home), "DAYOPS_RETURNS": str(returns or home / "inbox"), "PYTHONPATH": str(HERE)}
    settings = load_settings()
    Path(settings.returns).mkdir(parents=True, exist_ok=True)
    try:
        yield settings
    finally:
        _clear(settings)


def _clear(settings: "Settings") -> None:
    from resources.embedded import EmbeddedServer

    server = EmbeddedServer(settings.postgres_dir)
    place = server.status().data_dir.parent
    server.stop()
    for folder in {place, settings.home}:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(slots=True)
class Service:
    """The daemon, with the code server that it starts, over the definitions of one module."""

    home: Path
    module: str = "dayops_pipeline.definitions"
    daemon: "subprocess.Popen[bytes] | None" = None
    started: list[psutil.Process] = field(default_factory=list)

    @property
    def workspace(self) -> Path:
        """Return the file that names the definitions."""
        return self.home / "bench-workspace.yaml"

    def start(self) -> None:
        """Start the daemon."""
        self.workspace.write_text(
            f"load_from:\n  - python_module:\n      module_name: {self.module}\n      location_name: dayops\n"
        )
        command = [sys.executable, "-m", "dagster._daemon", "run", "-w", str(self.workspace)]
        with (self.home / "daemon.log").open("ab") as log:
            self.daemon = subprocess.Popen(command, cwd=self.home, stdout=log, stderr=log)
        self.started.append(psutil.Process(self.daemon.pid))

    def stop(self) -> None:
        """Stop the daemon as an operator would, and see it gone."""
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGINT)
            try:
                self.daemon.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.daemon.kill()

    def kill(self) -> None:
        """Kill the daemon without a word, and take note of its death as systemd does."""
        if self.daemon is not None:
            self.daemon.kill()
            self.daemon.wait()

    def code_server(self) -> psutil.Process | None:
        """Return the daemon's code server, if it has one by now."""
        started = psutil.Process(self.daemon.pid).children() if self.daemon else []
        return next((process for process in started if "grpc" in _words(process)), None)

    def ask_for(self, job: str) -> None:
        """Put a run of `job` into the queue, as the UI does."""
        command = [sys.executable, "-m", "dagster", "job", "launch", "-w", str(self.workspace), "-j", job]
        subprocess.run(command, cwd=self.home, check=True, capture_output=True)


@contextmanager
def a_service(home: Path, module: str = "dayops_pipeline.definitions") -> Iterator[Service]:
    """Give a running service; it is stopped at the end."""
    service = Service(home, module)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def below(number: int) -> list[psutil.Process]:
    """Return all processes that a process has started, and those that they have."""
    try:
        return psutil.Process(number).children(recursive=True)
    except psutil.Error:
        return []


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that still live."""
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def gone_within(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for processes to end, and return those that have not."""
    until = time.monotonic() + seconds
    while living(processes) and time.monotonic() < until:
        time.sleep(0.2)
    return living(processes)


def under_way(instance: "dg.DagsterInstance") -> "list[dg.DagsterRun]":
    """Return the runs that wait, start or run."""
    import dagster as dg

    names = ("QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING")
    return list(instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus[name] for name in names])))


def slots_held(instance: "dg.DagsterInstance") -> int:
    """Return how many places in pools are held while nothing runs."""
    storage = instance.event_log_storage
    return sum(storage.get_concurrency_info(key).active_slot_count for key in storage.get_concurrency_keys())
