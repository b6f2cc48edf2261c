"""A night that is asked to stop stops, with no run left under way; and the next night goes on from there."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import dagster as dg
import psutil
import pytest
from operating import Operation, version
from sqlalchemy import text

from dayops_pipeline import runs
from dayops_pipeline.instance import instance
from dayops_pipeline.nightly import Step, _run
from dayops_pipeline.stopping import EXIT_CODE, Stopped, asked_to_stop
from makers import PERIOD
from resources.house import House
from warehouse import locks

DAYOPS = [sys.executable, "-c", "from dayops_pipeline.cli import main; main()"]
ASKED = [signal.SIGINT, signal.SIGTERM]


@contextmanager
def a_night(operation: Operation) -> Iterator["subprocess.Popen[str]"]:
    """Give a night in a process of its own, which this one waits for at the end."""
    surroundings = {
        "DAYOPS_HOME": str(operation.settings.home),
        "DAYOPS_RETURNS": str(operation.settings.returns),
        "DAYOPS_WAREHOUSE_URL": address(operation),
    }
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*DAYOPS, "nightly"], env=os.environ | surroundings, stdout=pipe, stderr=pipe, text=True
    ) as night:
        try:
            yield night
        finally:
            night.kill()


def address(operation: Operation) -> str:
    assert operation.settings.warehouse_url is not None
    return operation.settings.warehouse_url.get_secret_value()


def until_it_waits(operation: Operation, night: "subprocess.Popen[str]") -> None:
    """Wait until a stage of the night waits for its month."""
    waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
    with operation.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
        while night.poll() is None and not c.scalar(waiting):
            time.sleep(0.1)


def ended(dagster: dg.DagsterInstance) -> list[tuple[str, str]]:
    """Return job and status of every run, the first one first."""
    return [(run.job_name, run.status.name) for run in reversed(dagster.get_runs())]


def test_a_night_that_a_service_manager_stops_amid_a_run_begins_no_other_and_leaves_none_under_way(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation.deliver("one", version(1))
    with a_night(operation) as night, locks.writing(operation.engine, locks.of_month(PERIOD), 5):
        until_it_waits(operation, night)
        family = psutil.Process(night.pid).children(recursive=True)
        night.send_signal(signal.SIGTERM)
        said = night.communicate(timeout=60)
    assert night.returncode == EXIT_CODE, said
    assert "the next night goes on" in said[1]
    assert not [one for one in family if one.is_running()]
    for name in ("DAGSTER_HOME", "DAYOPS_DAGSTER_URL"):
        monkeypatch.setenv(name, "")  # set by `instance`, and gone again with this test
    with instance(operation.settings) as dagster:
        assert ended(dagster) == [("nightly", "SUCCESS"), ("returns", "FAILURE")]
        assert runs.cut_short(dagster, [PERIOD]) == [PERIOD]


@pytest.fixture
def dagster() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def have_run(monkeypatch: pytest.MonkeyPatch, what: "dg.OpDefinition", dagster: dg.DagsterInstance) -> None:
    """Run a job of one op as a step of the night."""
    job = dg.GraphDefinition("nightly", node_defs=[what]).to_job(executor_def=dg.in_process_executor)
    monkeypatch.setattr("dayops_pipeline.definitions.build", lambda _: dg.Definitions(jobs=[job]))
    _run(Step("nightly"), House(), dagster)


@pytest.mark.parametrize("number", ASKED)
def test_a_run_that_was_done_when_it_was_asked_to_stop_is_the_last(
    monkeypatch: pytest.MonkeyPatch, dagster: dg.DagsterInstance, number: signal.Signals
) -> None:
    @dg.op
    def stubborn() -> None:
        with suppress(BaseException):  # as some libraries do
            os.kill(os.getpid(), number)
            time.sleep(60)

    with pytest.raises(Stopped, match="the next night goes on"):
        have_run(monkeypatch, stubborn, dagster)
    assert ended(dagster) == [("nightly", "SUCCESS")]


def test_a_run_that_dagster_had_no_time_to_end_is_ended(
    monkeypatch: pytest.MonkeyPatch, dagster: dg.DagsterInstance
) -> None:
    def cut(*_: object, **__: object) -> None:
        dagster.create_run_for_job(job, tags=runs.own(), status=dg.DagsterRunStatus.NOT_STARTED)
        raise KeyboardInterrupt

    job = dg.GraphDefinition("nightly").to_job()
    monkeypatch.setattr("dayops_pipeline.definitions.build", lambda _: dg.Definitions(jobs=[job]))
    monkeypatch.setattr("dagster.JobDefinition.execute_in_process", cut)
    with pytest.raises(Stopped):
        _run(Step("nightly"), House(), dagster)
    assert ended(dagster) == [("nightly", "CANCELED")]


def test_a_process_that_nobody_asked_to_stop_goes_on() -> None:
    with asked_to_stop() as is_asked:
        signal.raise_signal(signal.SIGCHLD)
        assert not is_asked()
    assert signal.set_wakeup_fd(-1) == -1
