"""Canaries in small: fake identifiers are planted, a night is run, and none is found outside the closed places."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import dagster as dg
import psycopg
import pytest
from dagster._serdes import serialize_value

from bench.canaries import Planted, in_files, in_tables, made_up, plant, told
from bench.identifiers import KINDS, canaries
from dayops_pipeline.nightly import night
from expectations.written import has_personal_detail
from resources.embedded import EmbeddedServer
from resources.house import House

COUNT, SEED = 150, 20261124


@dataclass
class Night:
    """A night over returns with canaries in them: what was planted, where its database is, and where its files."""

    planted: list[Planted]
    url: str
    home: Path
    instance: Path
    log: list[str]
    succeeded: bool


@pytest.fixture(scope="module")
def after(server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("canaries")
    made_up(folder / "sound", SEED, "--providers", "8", "--months", "2026-09")
    planted = plant(folder / "sound", folder / "in", COUNT, SEED)
    name = "canaries"
    with psycopg.connect(server.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"create database {name} template {template}".encode())
        house = House(home=str(folder / "home"), returns=str(folder / "in"), warehouse=server.url(name))
        with dg.instance_for_test() as instance:
            succeeded = all(done.succeeded for done in night(house, instance, lambda *_: None))
            log = list(everything_logged(instance))
            yield Night(planted, server.url(name), folder / "home", Path(instance.root_directory), log, succeeded)
        _close(server.url(name))
        connection.execute(f"drop database {name} with (force)".encode())


def everything_logged(instance: dg.DagsterInstance) -> Iterator[str]:
    """Yield every event of every run as Dagster's storage keeps it: materialisations, check results and messages."""
    for run in instance.get_runs():
        for entry in instance.all_logs(run.run_id):
            yield serialize_value(entry)


def _close(url: str) -> None:
    from warehouse.connection import connect

    connect(url).dispose()


def test_no_canary_is_in_any_table_outside_the_restricted_schema(after: Night) -> None:
    assert after.succeeded
    assert in_tables(after.planted, after.url) == []


def test_no_canary_is_in_any_file_but_the_archive_and_the_restricted_store(after: Night) -> None:
    closed = [after.home / name for name in ("archive", "restricted")]
    assert in_files(after.planted, [after.home, after.instance], closed) == []


def test_no_canary_is_in_dagsters_event_log_where_checks_show_examples(after: Night) -> None:
    assert [hit for event in after.log for hit in told(after.planted, "event log", event)] == []
    assert [event for event in after.log if '"examples"' in event]


def test_canaries_are_found_where_they_may_be(after: Night) -> None:
    """Were they not, the search would prove nothing."""
    kept = {hit.partition(" (")[0] for hit in in_tables(after.planted, after.url, restricted=True)}
    assert len(kept) > COUNT // 4
    assert len(in_files(after.planted, [after.home / "archive"])) > COUNT // 4


def test_canaries_are_of_every_kind_and_all_different() -> None:
    made = canaries(120, Random(1))  # noqa: S311 (the same ones each time)
    assert {one.kind for one in made} == set(KINDS)
    assert len({one.text for one in made}) == 120
    assert all(has_personal_detail(one.text) for one in made if one.kind == "nhs")


def test_a_canary_is_known_in_any_of_its_spellings_and_in_json() -> None:
    [one, *_] = canaries(1, Random(1))  # noqa: S311 (the same ones each time)
    planted = [Planted(one, "return.xlsx", "cells: x")]
    assert all(told(planted, "a log", f"value: {spelt}.") for spelt in one.spellings)
    assert told(planted, "a log", "nothing") == []
