"""The grid of arrivals: a cell for each month and provider, told once, and again when something came."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test
from warehouse_makers import HEADER, a_delivery, a_registered_service, a_submission, a_verdict, the_warehouse

from assets.collect import PROVIDERS, provider_returns
from dayops_pipeline import grid
from dayops_pipeline.definitions import build
from dayops_pipeline.sensors import arrived
from expectations.contract import Severity
from expectations.findings import Finding
from resources.house import House
from warehouse import ledger

CELL = "2026-08|DOP00001"


@dataclass
class Daemon:
    """Stands for Dagster's daemon: evaluates the sensor, and does what it says."""

    instance: dg.DagsterInstance
    house: House
    cursor: str | None = None

    def tick(self) -> list[str]:
        """Return the cells that the sensor tells of."""
        context = dg.build_sensor_context(
            self.instance, self.cursor, resources={"house": self.house}, definitions=build(self.house)
        )
        said = arrived.evaluate_tick(context)
        for event in said.asset_events:
            self.instance.report_runless_asset_event(event)
        for request in said.dynamic_partitions_requests or []:
            self.instance.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
        self.cursor = said.cursor
        return [str(event.partition) for event in said.asset_events]

    def ran(self) -> None:
        """Have a run that has ended."""
        self.ends(self.begins())

    def begins(self) -> dg.DagsterRun:
        """Have a run that is under way."""
        begun: dg.DagsterRun = create_run_for_test(
            self.instance, job_name="returns", status=dg.DagsterRunStatus.STARTED
        )
        return begun

    def ends(self, run: dg.DagsterRun) -> None:
        """Have the run end, however."""
        self.instance.report_run_failed(run)

    def told(self, cell: str = CELL) -> dict[str, object]:
        """Return what the last event of a cell says."""
        filters = dg.AssetRecordsFilter(provider_returns.key, asset_partitions=[cell])
        [record] = self.instance.fetch_materializations(filters, limit=1).records
        assert record.asset_materialization is not None
        return {name: value.value for name, value in record.asset_materialization.metadata.items()}


@pytest.fixture
def daemon(database: str) -> Iterator[Daemon]:
    """A register of two providers, of which one sent two returns, after a run."""
    with the_warehouse(database) as c:
        ledger.record_register(c, [a_registered_service(1), a_registered_service(2, provider_id="DOP00002")])
        a_submission(c, "july", period="2026-07")
        a_submission(c, "august")
        a_submission(c, "unregistered", provider_id="DOP00009")
        a_submission(c, "too early", state="refused", period="2018-01")
        a_delivery(c, "not read yet")
        ledger.settle_current(c, "2026-08")
    with dg.instance_for_test() as instance:
        made = Daemon(instance, House(warehouse=database))
        made.ran()
        yield made


def test_the_grid_has_a_cell_for_each_month_and_provider_and_comes_before_collecting() -> None:
    graph = build(House()).resolve_asset_graph()
    shown = graph.get(provider_returns.key).partitions_def
    assert isinstance(shown, dg.MultiPartitionsDefinition)
    assert [one.name for one in shown.partitions_defs] == ["month", "provider"]
    assert graph.get(dg.AssetKey("delivered_returns")).parent_keys == {provider_returns.key}


def test_every_return_of_a_registered_provider_fills_its_cell_the_newest_month_first(daemon: Daemon) -> None:
    assert daemon.tick() == [CELL, "2026-07|DOP00001"]
    assert daemon.instance.get_dynamic_partitions(str(PROVIDERS.name)) == ["DOP00001", "DOP00002"]
    key = provider_returns.key
    assert daemon.instance.get_materialized_partitions(key) == {CELL, "2026-07|DOP00001"}


def test_a_second_look_tells_nothing_whether_or_not_a_run_has_ended(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon.tick()
    daemon.ran()
    assert daemon.tick() == []
    monkeypatch.setattr(grid, "behind", None)  # nothing is asked where no run has ended
    assert daemon.tick() == []


def test_a_submission_that_came_again_is_told_once(daemon: Daemon, database: str) -> None:
    daemon.tick()
    with the_warehouse(database) as c:
        again = a_submission(c, "august again", state="refused", hours=2, submission_no=2)
        found = Finding(again, "V03", Severity.ERROR, "cell", "blank", "ACTIVITY", 2, "leavers", "L2", "12")
        said, twice = HEADER | {"submission_no": 2}, [found, replace(found, row=3)]
        ledger.record_verdict(c, a_verdict(again, state="refused", header=said, findings=twice))
    daemon.ran()
    assert daemon.tick() == [CELL]
    told = daemon.told()
    assert told.pop("received_at")
    counts = {"errors": 2, "queries": 0, "notes": 0}
    assert told == {"state": "refused", "submission": 2, "standing_submission": 1, **counts}
    daemon.ran()
    assert daemon.tick() == []


def test_many_cells_are_told_a_part_at_a_time_until_all_are(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "AT_ONCE", 1)
    assert [daemon.tick() for _ in range(3)] == [[CELL], ["2026-07|DOP00001"], []]


def test_a_run_that_began_first_and_ended_last_is_seen(daemon: Daemon, database: str) -> None:
    slow = daemon.begins()
    daemon.ran()
    daemon.tick()
    with the_warehouse(database) as c:
        a_submission(c, "other", provider_id="DOP00002")
    assert daemon.tick() == []
    daemon.ends(slow)
    assert daemon.tick() == ["2026-08|DOP00002"]
