"""The launcher of runs: Dagster's own, which can also tell whether the process that a run was given to still lives.

Dagster's own leaves that to the code server, which tells of a process that died while it watched. Where the server
went with its run, or before it (power cut, out of memory, `kill -9`), nobody tells: the run would count as under way
for ever, and its month would wait for it.
"""

import json

import dagster as dg
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher
from dagster._core.storage.tags import GRPC_INFO_TAG

from dayops_pipeline import runs

_HERE = {"localhost", "127.0.0.1", "::1"}


class WatchfulRunLauncher(DefaultRunLauncher):
    """Starts runs through the code server, and tells run monitoring which of them are in nobody's hands."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Say that run monitoring may ask."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Tell whether the process of `run` lives; of one on another machine, its own code server tells."""
        process = run.tags.get(runs.PROCESS)
        is_gone = runs.is_gone(process) if process else _was_here(run) and self._has_lost(run)
        if is_gone:
            return CheckRunHealthResult(WorkerStatus.FAILED, "The process that ran this is gone.")
        return CheckRunHealthResult(WorkerStatus.RUNNING)

    def _has_lost(self, run: dg.DagsterRun) -> bool:
        """Tell whether none of the processes that were started for `run` is left."""
        started = processes_of(self._instance, run.run_id)
        return bool(started) and not any(runs.is_alive(number, since) for number, since in started)


def processes_of(instance: dg.DagsterInstance, run_id: str) -> list[tuple[int, float]]:
    """Return the numbers of the processes that were started for a run, each with when."""
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    return [(int(pid), entry.timestamp) for entry in entries if (pid := _process_of(entry)) is not None]


def _was_here(run: dg.DagsterRun) -> bool:
    """Tell whether `run` was given to a code server on this machine."""
    server = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
    return bool(server) and ("socket" in server or server.get("host") in _HERE)


def _process_of(entry: dg.EventLogEntry) -> str | None:
    """Return the number of the process that an entry of the event log says was started for its run."""
    event = entry.dagster_event
    if event is None or not (event.message or "").startswith("Started process for run"):
        return None
    pid = event.engine_event_data.metadata.get("pid")
    return None if pid is None else str(pid.value)
