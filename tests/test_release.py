"""Releases: frozen once, the same bytes again, and files that a spreadsheet may open."""

import csv
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
import pytest
from releasing import LONG_AGO, Prepared, approved, prepared, published, says_other
from sqlalchemy import Connection, func, select, text, update
from world import CARDIFF, World

from assets.indicate import national_indicators
from assets.protect import protected_indicators
from assets.publish import lay_out, rebuild
from assets.publish import release as release_asset
from expectations.reference import WALES
from expectations.releases import Content
from readers import connected
from resources.house import House
from resources.pack_simple import inert
from warehouse import approval, figures, roles
from warehouse.approval import Approval, approve, withdraw
from warehouse.connection import connect
from warehouse.indicators import indicate
from warehouse.protection import protect
from warehouse.release import DisclosureError, ReleaseError, as_markdown, content, freeze, headlines
from warehouse.roles import LOADER, PUBLIC

MARCH = date(2027, 3, 1)


@pytest.fixture
def c(c: Connection) -> Connection:
    small_world().put(c)
    indicate(c, MARCH)
    protect(c, MARCH)
    return c


def small_world(people: int = 20, month: str = "2027-03") -> World:
    """One service that returned, and two that did not."""
    world = World()
    submission = world.submission(1, month, profile="LITE", lead_la=CARDIFF)
    service = world.service(submission, 10, CARDIFF)
    world.row("ACTIVITY", submission, service_id=service, commissioning_la=CARDIFF, people_attended=people)
    for number in (10, 11, 20):
        world.expect(number, CARDIFF, since="2022-04-01")
    return world


def released(c: Connection, folder: Path, **given: Any) -> Prepared:
    return prepared(c, MARCH, folder, **given)


def rows_of(made: Prepared, name: str = "indicators.csv") -> list[dict[str, str]]:
    with (made.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_first_release_of_a_month_is_a_draft_and_names_its_disclosure_control(
    c: Connection, tmp_path: Path
) -> None:
    made = released(c, tmp_path)
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert (made.id, made.release.is_new, manifest["release_id"]) == ("2027-03-r1", True, "2027-03-r1")
    assert (manifest["draft"], manifest["publish_at"], manifest["disclosure_control"]) == (True, None, "primary only")


def test_the_same_content_makes_no_second_release(c: Connection, tmp_path: Path) -> None:
    first = released(c, tmp_path)
    again = released(c, tmp_path)
    assert (again.id, again.release.is_new) == (first.id, False)
    assert c.execute(select(func.count()).select_from(figures.release)).scalar_one() == 1


def test_a_release_rebuilt_elsewhere_has_the_same_bytes(c: Connection, tmp_path: Path) -> None:
    first = released(c, tmp_path / "here", created_at=datetime(2027, 4, 20, tzinfo=UTC))
    again = rebuild(c, tmp_path / "there", first.id)
    assert bytes_of(first.folder) == bytes_of(again)


def test_a_folder_that_was_lost_or_changed_is_mended(c: Connection, tmp_path: Path) -> None:
    first = released(c, tmp_path)
    before = bytes_of(first.folder)
    (first.folder / "indicators.csv").write_text("spoiled")
    (first.folder / "quality.json").unlink()
    released(c, tmp_path)
    assert bytes_of(first.folder) == before


def test_another_figure_makes_the_next_release_and_leaves_the_first_as_it_was(c: Connection, tmp_path: Path) -> None:
    first = released(c, tmp_path)
    before = bytes_of(first.folder)
    says_other(c)
    second = released(c, tmp_path)
    assert (second.id, second.release.is_new) == ("2027-03-r2", True)
    assert bytes_of(first.folder) == bytes_of(rebuild(c, tmp_path / "again", first.id)) == before


def test_every_sum_in_the_manifest_is_its_files(c: Connection, tmp_path: Path) -> None:
    made = released(c, tmp_path)
    sums = json.loads((made.folder / "manifest.json").read_text())["files"]
    contents = bytes_of(made.folder)
    assert sums == {name: hashlib.sha256(contents[name]).hexdigest() for name in contents if name != "manifest.json"}


def test_the_file_of_figures_is_tidy_and_labelled_in_both_languages(c: Connection, tmp_path: Path) -> None:
    rows = rows_of(released(c, tmp_path))
    assert len(rows) == c.execute(select(func.count()).select_from(figures.protected_indicator)).scalar_one()
    row = next(
        row for row in rows if row["area_code"] == CARDIFF and row["category"] == "LD" and row["measure"] == "count"
    )
    labels = ("title_en", "title_cy", "area_en", "area_cy", "category_en", "category_cy")
    assert [row[name] for name in labels] == [
        "People attending day opportunities",
        "Pobl sy'n mynychu cyfleoedd dydd",
        "Cardiff",
        "Caerdydd",
        "Learning disability",
        "Anabledd dysgu",
    ]


def test_a_hidden_value_is_blank_with_its_note_codes_in_one_cell(c: Connection, tmp_path: Path) -> None:
    row = next(row for row in rows_of(released(c, tmp_path)) if row["area_code"] == CARDIFF)
    assert (row["value"], row["note_codes"], row["coverage"]) == ("", "p,x", "0.3333")


def test_values_are_written_plainly_with_their_places(c: Connection, tmp_path: Path) -> None:
    row = next(row for row in rows_of(released(c, tmp_path)) if row["indicator_id"] == "DO30")
    assert row["value"] == "33.3"


def test_the_quality_file_counts_returns_and_services_of_each_area(c: Connection, tmp_path: Path) -> None:
    quality = json.loads((released(c, tmp_path).folder / "quality.json").read_text())
    cardiff = next(area for area in quality["areas"] if area["area_code"] == CARDIFF)
    counted = {name: number for name, number in cardiff.items() if name.startswith(("returns", "services"))}
    assert counted == {
        "returns_expected": 2,
        "returns_received": 1,
        "returns_accepted": 1,
        "returns_queried": 0,
        "returns_refused": 0,
        "services_expected": 3,
        "services_returned": 1,
    }


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_text_that_a_spreadsheet_would_run_is_made_inert(typed: str) -> None:
    assert inert(typed) == f"'{typed}"


@pytest.mark.parametrize("value", ["Cardiff", "85+", -5, None])
def test_all_else_is_left_as_it_is(value: object) -> None:
    assert inert(value) == value


def test_a_month_without_figures_is_not_released(c: Connection) -> None:
    assert freeze(c, date(2019, 4, 1)) is None


def test_the_headlines_of_wales_name_every_monthly_indicator_for_people_to_read(c: Connection) -> None:
    rows = headlines(c, MARCH)
    assert [row["indicator_id"] for row in rows if row["indicator_id"] in {"DO01", "DO30"}] == ["DO01", "DO01", "DO30"]
    assert "| DO30 Return coverage: percentage | 33.3 % | month from 2027-03-01 |  | 33% | p |" in as_markdown(rows)


# --- the three stages in Dagster --------------------------------------------------------------------------------------


def test_the_stages_walk_from_rows_to_a_release_and_a_second_night_adds_none(database: str, tmp_path: Path) -> None:
    with connect(database).begin() as connection:
        small_world(month="2022-08").put(connection)
    stages = [national_indicators, protected_indicators, release_asset]
    house = House(home=str(tmp_path), warehouse=database)
    nights = [dg.materialize(stages, partition_key="2022-08", resources={"house": house}) for _ in range(2)]
    told = [night.asset_materializations_for_node("release")[0].metadata for night in nights]
    assert [one["is_new"].value for one in told] == [True, False]
    checks = [check for night in nights for check in night.get_asset_check_evaluations()]
    assert [check.passed for check in checks if check.check_name == "no_small_number_published"] == [True, True]
    assert (tmp_path / "releases" / "2022-08-r1" / "manifest.json").is_file()


def test_a_small_number_that_slipped_through_stops_the_release(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warehouse import protection

    with connect(database).begin() as connection:
        small_world(people=3, month="2022-08").put(connection)
    careless = protection.protect
    monkeypatch.setattr(protection, "protect", lambda c, month, **_: careless(c, month, threshold=1, floor_national=0))
    stages = [national_indicators, protected_indicators, release_asset]
    house = House(home=str(tmp_path), warehouse=database)
    night = dg.materialize(stages, partition_key="2022-08", resources={"house": house}, raise_on_error=False)
    assert not night.success
    assert night.asset_materializations_for_node("release") == []
    assert not (tmp_path / "releases").exists()
