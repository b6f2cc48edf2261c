"""The whole walk: real files in, Dagster runs, and what a newcomer and an operator then find in the house."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from assets.rekey import sent
from dayops_pipeline.cli.sample import sample
from dayops_pipeline.cli.score import answer_key, found_places, score
from dayops_pipeline.definitions import build
from dayops_pipeline.nightly import Done, Step, months, night
from expectations.rules import CONTRACT
from resources.embedded import EmbeddedServer
from resources.house import House
from warehouse import ledger
from warehouse.connection import connect, migrate
from warehouse.state import state_hash, state_hashes

MONTH = "2026-09"
STATES = {"accepted", "queried", "refused", "superseded", "duplicate"}


@dataclass
class Walk:
    """A night that was run: the house it was run in, Dagster's instance, and its runs."""

    house: House
    instance: dg.DagsterInstance
    returns: Path
    done: list[Done] = field(default_factory=list)

    @property
    def engine(self) -> sa.Engine:
        return connect(self.house.warehouse_url())

    def rows(self, sql: str, **bound: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(sql), bound).all())

    def hashes(self) -> dict[str, str]:
        with self.engine.connect() as connection:
            return {**state_hashes(connection), "all": state_hash(connection)}

    def again(self) -> list[Done]:
        return list(night(self.house, self.instance, lambda *_: None))


def make_sample(folder: Path, *options: str) -> None:
    made = CliRunner().invoke(sample, [str(folder), "--months", MONTH, "--no-baseline", *options])
    assert made.exit_code == 0, made.output


@pytest.fixture(scope="module")
def faulty(server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """A night over returns with faults planted in them."""
    import psycopg

    folder, name = tmp_path_factory.mktemp("faulty"), "walk_faulty"
    with psycopg.connect(server.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"create database {name} template {template}".encode())
        make_sample(folder / "in", "--providers", "8", "--faults", "0.06")
        house = House(home=str(folder / "home"), returns=str(folder / "in"), warehouse=server.url(name))
        with dg.instance_for_test() as instance:
            walk = Walk(house, instance, folder / "in")
            walk.done = walk.again()
            yield walk
        walk.engine.dispose()
        connection.execute(f"drop database {name} with (force)".encode())


def test_a_night_collects_and_then_runs_each_month_that_came(faulty: Walk) -> None:
    assert [done.step for done in faulty.done] == [Step("nightly"), Step("returns", MONTH), Step("figures", MONTH)]
    assert all(done.succeeded for done in faulty.done)


def test_every_delivered_file_ends_in_exactly_one_state_with_its_reason(faulty: Walk) -> None:
    states = Counter(path for path, _ in faulty.rows("select source_path, state from landing.delivery_state"))
    delivered = {path.name for path in faulty.returns.iterdir()} - {"register.csv", "faults.json"}
    assert states == Counter(delivered)
    assert {state for (state,) in faulty.rows("select distinct state from landing.delivery_state")} <= STATES


def test_every_planted_fault_is_found_at_its_exact_place_and_nothing_else(faulty: Walk) -> None:
    with faulty.engine.connect() as connection:
        found, following = found_places(connection)
    result = score(answer_key(faulty.returns), found, following)
    assert (result.missed, result.beside) == ((), ())
    assert result.planted.total() > 50


def test_every_row_is_in_the_warehouse_or_in_quarantine(faulty: Walk) -> None:
    from expectations.sheets import SHEETS

    tables = [sheet.table for sheet in SHEETS if sheet.name != "RETURN"]
    loaded = " union all ".join(f"select submission_id from {table}" for table in tables)
    rows = faulty.rows(f"""
        select submission_id, rows_read,
            (select count(*) from ({loaded}) loaded where loaded.submission_id = submission.submission_id) + 1
            + (select count(*) from restricted.quarantine aside where aside.submission_id = submission.submission_id)
        from landing.submission where state in ('accepted', 'queried')
    """)
    assert rows
    assert [read for _, read, _ in rows] == [kept for _, _, kept in rows]


def test_a_quarantined_row_is_kept_as_it_was_typed_with_its_rules(faulty: Walk) -> None:
    rows = faulty.rows("select raw, rules from restricted.quarantine")
    assert rows
    assert all(raw and rules for raw, rules in rows)


def test_running_the_night_again_runs_nothing_and_changes_nothing(faulty: Walk) -> None:
    before = faulty.hashes()
    assert [done.step for done in faulty.again()] == [Step("nightly")]
    assert faulty.hashes() == before


def test_the_warehouse_is_rebuilt_from_the_archive_to_the_same_hash(
    faulty: Walk, empty_database: str, tmp_path: Path
) -> None:
    from assets.collect import recollect

    migrate(empty_database)
    home = Path(str(faulty.house.home))
    (tmp_path / "archive").symlink_to(home / "archive")
    (tmp_path / "restricted").mkdir()
    (tmp_path / "restricted" / "person.key").symlink_to(home / "restricted" / "person.key")
    house = House(home=str(tmp_path), returns=str(tmp_path / "nowhere"), warehouse=empty_database)
    recollect(connect(empty_database), house.settings(), lambda _: True)
    rebuilt = Walk(house, faulty.instance, faulty.returns)
    assert all(done.succeeded for done in months(house, faulty.instance, lambda *_: None))
    assert rebuilt.hashes() == faulty.hashes()


def test_each_rule_is_a_dagster_check_of_its_month_with_its_sentence(faulty: Walk) -> None:
    job = build(faulty.house).resolve_job_def("month")
    [node] = [one for one in job.asset_layer.asset_graph.asset_check_keys if one.name == "V03"]
    record = faulty.instance.event_log_storage.get_asset_check_execution_history(node, limit=1)[0]
    assert record.event is not None
    assert record.partition == MONTH
    names = {key.name for key in job.asset_layer.asset_graph.asset_check_keys}
    assert names >= {rule.id for rule in CONTRACT.rules} >= {f"V{number:02d}" for number in range(1, 34)}


def test_every_materialisation_reports_its_numbers(faulty: Walk) -> None:
    numbers = {asset: told for done in faulty.done for asset, told in done.numbers.items()}
    assert set(numbers) == {
        "delivered_returns",
        "read_returns",
        "checked_returns",
        "loaded_returns",
        "compared_returns",
        "feedback",
        "national_indicators",
        "protected_indicators",
        "release",
    }
    assert all("seconds" in told for told in numbers.values())
    assert numbers["checked_returns"]["rows_read"] > numbers["checked_returns"]["rows_accepted"] > 0


def test_every_submission_has_its_reply_in_both_languages(faulty: Walk) -> None:
    settings = faulty.house.settings()
    submissions = faulty.rows("select count(*) from landing.submission")[0][0]
    for ending in ("html", "jsonl", "verdict.json"):
        assert len(list(settings.reply_dir.rglob(f"*.{ending}"))) == submissions
    findings = faulty.rows("select count(*) from landing.finding")[0][0]
    records = [line for path in settings.reply_dir.rglob("*.jsonl") for line in path.read_text().splitlines()]
    assert len(records) == findings > 0
    read = faulty.rows("""
        select count(distinct submission_id) from landing.finding join landing.submission using (submission_id)
        where rows_read > 0
    """)
    assert len(list(settings.annotated_dir.rglob("*.xlsx"))) == read[0][0] > 0


def test_no_reference_of_a_person_leaves_the_restricted_places(faulty: Walk) -> None:
    people = {ref for (ref,) in faulty.rows("select distinct person_ref from restricted.person")}
    with faulty.engine.connect() as connection:
        known = ledger.submissions(connection, MONTH)
    store = faulty.house.restricted()
    delivered = sent(store, [one for one in known if store.cells(one.sha256).exists()])
    assert len(delivered) >= len(people) > 0
    people |= delivered
    home = Path(str(faulty.house.home))
    people.add((home / "restricted" / "person.key").read_text().strip())
    open_places = [home / name for name in ("replies", "releases")] + [Path(faulty.instance.root_directory)]
    for path in (path for place in open_places for path in place.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert not [ref for ref in people if ref.encode() in content], path.name
    for table in ("landing.finding", "landing.normalisation", "landing.submission", "mart_v1.indicator"):
        text = str(faulty.rows(f"select t::text from {table} t"))
        assert not [ref for ref in people if ref in text], table


def test_a_release_stands_in_its_folder_and_nothing_of_it_is_public_yet(faulty: Walk) -> None:
    [(release_id,)] = faulty.rows("select release_id from core.release_state where state = 'prepared'")
    folder = Path(faulty.house.settings().release_dir) / release_id
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["draft"] is True
    figures = "select count(*) from core.released_figure where area_code = 'W92000004'"
    assert faulty.rows(figures)[0][0] > 100
    assert faulty.rows("select count(*) from release_v1.latest_indicator") == [(0,)]


def test_nothing_of_a_return_is_pickled_to_dagsters_storage(faulty: Walk) -> None:
    storage = Path(faulty.instance.storage_directory())
    assert [path for path in storage.rglob("*") if path.is_file() and path.stat().st_size > 1_000] == []


def test_the_workspace_loads_with_nothing_set() -> None:
    workspace = Path(__file__).parents[1] / "workspace.yaml"
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-w", str(workspace)]
    ran = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "Validation successful" in ran.stderr + ran.stdout


def asked_for(walk: Walk) -> list[tuple[str, str]]:
    """Return the jobs and months that the sensor asks for, with Dagster's memory as it is."""
    from dayops_pipeline.sensors import changed_months

    context = dg.build_sensor_context(walk.instance, resources={"house": walk.house}, definitions=build(walk.house))
    return [
        (str(one.job_name), str(one.partition_key)) for one in changed_months.evaluate_tick(context).run_requests or []
    ]


def spoil(walk: Walk, *statements: str) -> None:
    """Change something in the warehouse that makes work for a night."""
    with walk.engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


OTHER_BASIS = "update mart_v1.figure_basis set basis = 'other'"
UNLOADED = "update landing.submission set loaded_version = null"


def test_the_sensor_asks_for_nothing_when_nothing_changed(faulty: Walk) -> None:
    assert asked_for(faulty) == []


@pytest.fixture
def protected_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are not protected anew, which takes longer than all else: what they are is as it was."""
    from assets.protect import Protected
    from expectations.months import first_day
    from warehouse import protection

    def as_before(engine: sa.Engine, _: object, period: str) -> Protected:
        with engine.begin() as connection:
            return Protected(
                protection.statuses(connection, first_day(period)), 0, protection.audited(connection, first_day(period))
            )

    monkeypatch.setattr("assets.protect.protect", as_before)


@pytest.mark.usefixtures("protected_before")
def test_figures_that_rest_on_something_else_are_asked_for_and_made_once(faulty: Walk) -> None:
    spoil(faulty, OTHER_BASIS)
    assert asked_for(faulty) == [("figures", MONTH)]
    assert [done.step for done in faulty.again()] == [Step("nightly"), Step("figures", MONTH)]


@pytest.mark.usefixtures("protected_before")
def test_returns_that_a_night_touched_are_asked_for_before_any_figures(faulty: Walk) -> None:
    spoil(faulty, UNLOADED, OTHER_BASIS)
    assert asked_for(faulty) == [("returns", MONTH)]
    steps = [done.step for done in faulty.again()]
    assert steps == [Step("nightly"), Step("returns", MONTH), Step("figures", MONTH)]


def test_returns_that_change_no_figures_are_answered_alone(faulty: Walk) -> None:
    spoil(faulty, UNLOADED)
    steps = [done.step for done in faulty.again()]
    assert steps == [Step("nightly"), Step("returns", MONTH), Step("replies", MONTH)]


@pytest.mark.usefixtures("protected_before")
def test_a_month_whose_returns_fail_holds_up_no_figures_and_no_replies(
    faulty: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("this month cannot be loaded")

    with monkeypatch.context() as patched:
        patched.setattr("assets.load.load", broken)
        spoil(faulty, UNLOADED, OTHER_BASIS)
        done = faulty.again()
    assert [(one.step.job, one.succeeded) for one in done] == [("nightly", True), ("returns", False), ("figures", True)]
    assert [one.step for one in faulty.again()] == [Step("nightly"), Step("returns", MONTH), Step("replies", MONTH)]


@pytest.mark.usefixtures("protected_before")
def test_what_failed_is_not_asked_for_again_the_same_night(faulty: Walk) -> None:
    from dayops_pipeline import runs

    spoil(faulty, UNLOADED, OTHER_BASIS)
    night = runs.last_of(faulty.instance, "nightly", succeeded=True)
    assert night is not None
    from dagster._core.test_utils import create_run_for_test

    tags = {runs.AFTER: night, runs.PERIOD: MONTH}
    create_run_for_test(faulty.instance, job_name="returns", status=dg.DagsterRunStatus.FAILURE, tags=tags)
    assert asked_for(faulty) == [("figures", MONTH)]
    faulty.again()
