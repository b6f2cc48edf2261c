"""What run monitoring is told of the process of a run: killed, living, another's by now, or on another machine."""

import json
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.tags import GRPC_INFO_TAG

from dayops_pipeline import runs
from dayops_pipeline.launcher import processes_of

HERE = json.dumps({"host": "localhost", "socket": "/somewhere"})
ELSEWHERE = json.dumps({"host": "code.example", "port": 4000})


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    watchful = {"run_launcher": {"module": "dayops_pipeline.launcher", "class": "WatchfulRunLauncher"}}
    with dg.instance_for_test(overrides=watchful | {"run_monitoring": {"enabled": True}}) as made:
        yield made


@pytest.fixture
def worker() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def a_run(instance: dg.DagsterInstance, tags: dict[str, str], pid: int | None = None) -> str:
    """Return a run that is under way, in the process of that number where one is given."""
    from dagster._core.events import EngineEventData
    from dagster._core.test_utils import create_run_for_test

    run = create_run_for_test(instance, job_name="month", status=dg.DagsterRunStatus.STARTED, tags=tags)
    if pid is not None:
        said = f"Started process for run (pid: {pid})."
        instance.report_engine_event(said, run, EngineEventData.in_process(pid))
    return str(run.run_id)


def looked_at(instance: dg.DagsterInstance, run_id: str) -> str:
    """Have run monitoring look at a run as the daemon does, and return the run's status after that."""
    from dagster._daemon.monitoring.run_monitoring import monitor_started_run

    workspace: Any = None
    [record] = instance.get_run_records(filters=dg.RunsFilter(run_ids=[run_id]))
    monitor_started_run(instance, workspace, record, logging.getLogger("monitoring"))
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status.name


def test_a_run_whose_process_was_killed_fails_when_it_is_next_looked_at(
    instance: dg.DagsterInstance, worker: "subprocess.Popen[bytes]"
) -> None:
    run_id = a_run(instance, {GRPC_INFO_TAG: HERE}, worker.pid)
    assert looked_at(instance, run_id) == "STARTED"
    worker.kill()
    worker.wait()
    assert looked_at(instance, run_id) == "FAILURE"


def test_a_killed_process_that_nobody_has_taken_note_of_is_gone(
    instance: dg.DagsterInstance, worker: "subprocess.Popen[bytes]"
) -> None:
    run_id = a_run(instance, {GRPC_INFO_TAG: HERE}, worker.pid)
    worker.kill()
    time.sleep(0.2)
    assert looked_at(instance, run_id) == "FAILURE"


def test_a_process_that_began_after_its_run_is_another(worker: "subprocess.Popen[bytes]") -> None:
    assert runs.is_alive(worker.pid, time.time())
    assert not runs.is_alive(worker.pid, time.time() - 60)


def test_the_processes_of_a_run_are_read_from_its_events(instance: dg.DagsterInstance) -> None:
    run_id = a_run(instance, {}, 4_194_304)
    assert [number for number, _ in processes_of(instance, run_id)] == [4_194_304]


@pytest.mark.parametrize(
    ("pid", "tags"),
    [
        (4_194_304, {GRPC_INFO_TAG: ELSEWHERE}),
        (None, {GRPC_INFO_TAG: HERE}),
        (None, {runs.PROCESS: "4194304@1@another.example"}),
        (None, runs.own()),
        (None, {}),
    ],
    ids=["given to another machine", "not begun yet", "run on another machine", "run in this process", "unknown"],
)
def test_a_run_of_which_nothing_is_known_here_is_left_alone(
    instance: dg.DagsterInstance, pid: int | None, tags: dict[str, str]
) -> None:
    assert looked_at(instance, a_run(instance, tags, pid)) == "STARTED"


def test_a_run_from_the_command_line_whose_process_is_gone_fails_too(instance: dg.DagsterInstance) -> None:
    here = socket.gethostname()
    assert looked_at(instance, a_run(instance, {runs.PROCESS: f"4194304@1@{here}"})) == "FAILURE"
