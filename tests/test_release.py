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
from sqlalchemy import Connection, func, select, text
from test_backup import run
from world import CARDIFF, World, random_world

from assets.indicate import national_indicators
from assets.protect import protected_indicators
from assets.publish import lay_out, publish_due, rebuild
from assets.publish import release as release_asset
from assets.publish import withdraw as withdraw_files
from readers import connected
from resources.house import House
from resources.settings import Settings
from warehouse import approval, figures, roles
from warehouse.approval import Approval, approve, withdraw
from warehouse.connection import connect, drop, migrate
from warehouse.indicators import indicate
from warehouse.protection import CONTROL, protect
from warehouse.release import DisclosureError, ReleaseError, as_markdown, content, freeze, headlines, recheck
from warehouse.roles import PUBLIC
from warehouse.state import state_hash

pytestmark = pytest.mark.usefixtures("made_once")

MARCH = date(2027, 3, 1)


@pytest.fixture(scope="module")
def with_figures(scratch: str) -> str:
    """The module's database, with the figures of a month."""
    with connect(scratch).begin() as c:
        small_world().put(c)
        indicate(c, MARCH)
        protect(c, MARCH)
    return scratch


@pytest.fixture
def c(with_figures: str, c: Connection) -> Connection:
    """A connection to it whose work is undone at the end."""
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


def also(c: Connection, month: date) -> None:
    """Have the same service return for another month, and make its figures."""
    world = small_world(month=f"{month:%Y-%m}")
    world.register.clear()
    world.put(c)
    indicate(c, month)
    protect(c, month)


def released(c: Connection, folder: Path, **given: Any) -> Prepared:
    return prepared(c, MARCH, folder, **given)


def rows_of(made: Prepared, name: str = "figures.csv") -> list[dict[str, str]]:
    with (made.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_first_release_of_a_month_is_a_draft_and_names_its_disclosure_control(
    c: Connection, tmp_path: Path
) -> None:
    made = released(c, tmp_path)
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert (made.id, made.release.is_new, manifest["release_id"]) == ("2027-03-r1", True, "2027-03-r1")
    told = (manifest["draft"], manifest["publish_at"], manifest["disclosure_control"])
    assert told == (True, None, CONTROL)


def test_the_same_content_makes_no_second_release(c: Connection, tmp_path: Path) -> None:
    first = released(c, tmp_path)
    again = released(c, tmp_path)
    assert (again.id, again.release.is_new) == (first.id, False)
    assert c.execute(select(func.count()).select_from(figures.release)).scalar_one() == 1


@pytest.mark.usefixtures("anew")
def test_a_release_rebuilt_elsewhere_has_the_same_bytes(c: Connection, tmp_path: Path) -> None:
    first = released(c, tmp_path / "here", created_at=datetime(2027, 4, 20, tzinfo=UTC))
    again = rebuild(c, tmp_path / "there", first.id)
    assert bytes_of(first.folder) == bytes_of(again)


@pytest.mark.usefixtures("anew")
def test_a_folder_that_was_lost_or_changed_is_mended(c: Connection, tmp_path: Path) -> None:
    first = released(c, tmp_path)
    before = bytes_of(first.folder)
    (first.folder / "figures.csv").write_text("spoiled")
    (first.folder / "quality.json").unlink()
    released(c, tmp_path)
    assert bytes_of(first.folder) == before


@pytest.mark.usefixtures("anew")
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
    beside = {"manifest.json", "SHA256SUMS"}
    assert sums == {name: hashlib.sha256(contents[name]).hexdigest() for name in contents.keys() - beside}


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


def test_a_month_without_figures_is_not_released(c: Connection) -> None:
    assert freeze(c, date(2019, 4, 1)) is None


def test_the_headlines_of_wales_name_every_monthly_indicator_for_people_to_read(c: Connection) -> None:
    rows = headlines(c, MARCH)
    assert [row["indicator_id"] for row in rows if row["indicator_id"] in {"DO01", "DO30"}] == ["DO01", "DO01", "DO30"]
    assert "| DO30 Return coverage: percentage | 33.3 % | month from 2027-03-01 |  | 33% | p |" in as_markdown(rows)


# --- public by approval alone -----------------------------------------------------------------------------------------

FAR_OFF = datetime(2999, 6, 3, 8, 30, tzinfo=UTC)


@pytest.fixture
def nation(database: str, logins: None) -> str:
    """A warehouse with the figures of a month, closed to all but the roles."""
    with connect(database).begin() as c:
        small_world().put(c)
        indicate(c, MARCH)
        protect(c, MARCH)
        roles.close_database(c)
    return database


def seen(url: str, asked: str = "select release_id, count(*) from indicator_value group by 1 order by 1") -> list[Any]:
    """Return what the public is answered, logged in as itself."""
    with connected(url, PUBLIC) as connection:
        return connection.execute(asked.encode()).fetchall()


def test_the_public_sees_a_release_once_its_time_has_come_and_not_before(nation: str) -> None:
    everything = ("release", "latest_release", "indicator_value", "latest_indicator", "revision", "revision_triangle")
    with connect(nation).begin() as c:
        made = freeze(c, MARCH)
        assert made is not None
    assert [seen(nation, f"select * from {name}") for name in everything] == [[]] * len(everything)
    with connect(nation).begin() as c:
        approve(c, made.release_id, Approval(by="Chief statistician", at=LONG_AGO, publish_at=FAR_OFF))
    assert [seen(nation, f"select * from {name}") for name in everything] == [[]] * len(everything)
    assert seen(nation, "select * from indicator_as_known_at('infinity')") == []
    with connect(nation).begin() as c:
        withdraw(c, made.release_id, by="Chief statistician", reason="too late", at=LONG_AGO)
        published(c, MARCH)
    assert seen(nation) == [("2027-03-r2", made.figures)]
    assert seen(nation, "select release_id, is_draft from latest_release") == [("2027-03-r2", False)]
    assert seen(nation, "select * from withdrawal") == []


def test_the_public_cannot_make_the_server_look_into_a_release_that_is_prepared(nation: str) -> None:
    with connect(nation).begin() as c:
        published(c, MARCH)
        says_other(c)
        assert freeze(c, MARCH) is not None
    # Without its barrier a view would hand the condition down to a scan of all figures before it joins what is public.
    peek = "case when release_id = '2027-03-r2' then 1 / (length(area_code) - length(area_code)) else 1 end = 1"
    with connected(nation, PUBLIC) as connection:
        connection.execute("set enable_nestloop = off")
        connection.execute("set enable_mergejoin = off")
        for view in ("indicator_value", "latest_indicator"):
            asked = f"select count(*) > 0 from {view} where {peek}"
            assert connection.execute(asked.encode()).fetchall() == [(True,)], view
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        seen(nation, "select * from core.release_state")


def test_no_view_of_the_public_shows_what_a_figure_was_made_of(c: Connection) -> None:
    shown = """
        select attrelid::regclass::text || '.' || attname from pg_attribute join pg_class on pg_class.oid = attrelid
        where relnamespace = 'release_v1'::regnamespace and relkind in ('v', 'r')
            and attname in ('numerator', 'denominator')
    """
    assert list(c.scalars(text(shown))) == []
    bare = """
        select relname::text from pg_class where relnamespace = 'release_v1'::regnamespace and relkind = 'v'
            and not coalesce(reloptions, '{}') @> array['security_barrier=true']
    """
    assert list(c.scalars(text(bare))) == []


def test_a_withdrawn_release_disappears_its_withdrawal_stays_and_the_one_before_stands_again(nation: str) -> None:
    with connect(nation).begin() as c:
        first = published(c, MARCH)
        says_other(c)
        second = published(c, MARCH, LONG_AGO + timedelta(days=1))
    assert [row[0] for row in seen(nation)] == [first.release_id, second.release_id]
    with connect(nation).begin() as c:
        stood = withdraw(
            c, second.release_id, by="Chief statistician", reason="two areas mixed up", at=datetime.now(UTC)
        )
    assert (stood.state, stood.withdrawal_reason) == ("withdrawn", "two areas mixed up")
    assert [row[0] for row in seen(nation)] == [first.release_id]
    assert seen(nation, "select release_id from latest_release") == [(first.release_id,)]
    assert seen(nation, "select release_id, reason from withdrawal") == [(second.release_id, "two areas mixed up")]
    with connect(nation).begin() as c, pytest.raises(ReleaseError, match="already"):
        withdraw(c, second.release_id, by="Chief statistician", reason="again", at=datetime.now(UTC))


def test_figures_are_given_as_they_had_been_published_at_a_moment(c: Connection) -> None:
    days = timedelta(days=1)
    published(c, MARCH, LONG_AGO)
    says_other(c)
    published(c, MARCH, LONG_AGO + 30 * days)
    asked = text("select distinct release_id from release_v1.indicator_as_known_at(:moment)")
    assert list(c.scalars(asked, {"moment": LONG_AGO - days})) == []
    assert list(c.scalars(asked, {"moment": LONG_AGO + days})) == ["2027-03-r1"]
    assert list(c.scalars(asked, {"moment": LONG_AGO + 31 * days})) == ["2027-03-r2"]


def test_readers_see_the_last_published_release_alone(c: Connection) -> None:
    published(c, MARCH)
    before = c.scalar(text("select value from release_v1.latest_indicator where indicator_id = 'DO30' limit 1"))
    says_other(c)
    second = published(c, MARCH, LONG_AGO + timedelta(days=1))
    latest = "select distinct release_id, value from release_v1.latest_indicator where indicator_id = 'DO30'"
    assert [tuple(row) for row in c.execute(text(latest))] == [(second.release_id, before + 5)]


def test_freshness_tells_what_is_published_and_what_waits(c: Connection) -> None:
    asked = text("select release_id, prepared_release_id from mart_v1.freshness where month_start = '2027-03-01'")
    assert freeze(c, MARCH) is not None
    assert tuple(c.execute(asked).one()) == (None, "2027-03-r1")
    approved(c, "2027-03-r1")
    assert tuple(c.execute(asked).one()) == ("2027-03-r1", None)


def test_approving_and_withdrawing_change_nothing_of_the_state_hash(c: Connection) -> None:
    before = state_hash(c)
    made = published(c, MARCH)
    withdraw(c, made.release_id, by="Chief statistician", reason="a mistake", at=datetime.now(UTC))
    assert state_hash(c) == before


# --- what may be approved ---------------------------------------------------------------------------------------------


def test_a_release_is_approved_once(c: Connection) -> None:
    made = published(c, MARCH)
    with pytest.raises(ReleaseError, match="was approved by Chief statistician"):
        approved(c, made.release_id)
    withdraw(c, made.release_id, by="Chief statistician", reason="a mistake", at=datetime.now(UTC))
    with pytest.raises(ReleaseError, match="was withdrawn by Chief statistician"):
        approved(c, made.release_id)


def test_an_older_release_is_approved_only_where_it_is_meant(c: Connection) -> None:
    assert freeze(c, MARCH) is not None
    says_other(c)
    assert freeze(c, MARCH) is not None
    given = Approval(by="Chief statistician", at=LONG_AGO, publish_at=LONG_AGO)
    with pytest.raises(ReleaseError, match="2027-03-r2 is newer"):
        approve(c, "2027-03-r1", given)
    assert approve(c, "2027-03-r1", given, is_older_meant=True).state == "published"


def test_nothing_older_than_what_is_published_is_approved(c: Connection) -> None:
    assert freeze(c, MARCH) is not None
    says_other(c)
    published(c, MARCH)
    given = Approval(by="Chief statistician", at=LONG_AGO, publish_at=LONG_AGO)
    with pytest.raises(ReleaseError, match="2027-03-r2, which is newer than 2027-03-r1, is published already"):
        approve(c, "2027-03-r1", given, is_older_meant=True)


def test_nothing_is_approved_beside_one_that_waits_for_its_time(c: Connection) -> None:
    made = freeze(c, MARCH)
    assert made is not None
    approve(c, made.release_id, Approval(by="Chief statistician", at=LONG_AGO, publish_at=FAR_OFF))
    says_other(c)
    assert freeze(c, MARCH) is not None
    with pytest.raises(ReleaseError, match="2027-03-r1 is approved and becomes public at 2999-06-03 09:30"):
        approved(c, "2027-03-r2")
    withdraw(c, made.release_id, by="Chief statistician", reason="a mistake", at=LONG_AGO)
    assert approved(c, "2027-03-r2").state == "published"


def test_a_release_that_does_not_know_what_it_revises_is_made_anew(c: Connection) -> None:
    assert freeze(c, MARCH) is not None
    says_other(c)
    assert freeze(c, MARCH) is not None
    given = Approval(by="Chief statistician", at=LONG_AGO, publish_at=LONG_AGO)
    approve(c, "2027-03-r1", given, is_older_meant=True)
    with pytest.raises(ReleaseError, match="dayops release prepare 2027-03"):
        approved(c, "2027-03-r2")
    again = freeze(c, MARCH)
    assert again is not None
    assert (again.release_id, again.is_new) == ("2027-03-r3", True)
    assert {figure.note_codes for figure in content(c, "2027-03-r3").figures if "r" in figure.note_codes}


def test_a_revision_must_be_reasoned_and_a_time_must_be_to_come(c: Connection) -> None:
    made = freeze(c, MARCH)
    assert made is not None
    past = Approval(by="Chief statistician", at=LONG_AGO, publish_at=LONG_AGO - timedelta(minutes=1))
    with pytest.raises(ReleaseError, match="2025-06-02 09:29 is past"):
        approve(c, made.release_id, past)
    approved(c, made.release_id)
    says_other(c)
    assert freeze(c, MARCH) is not None
    with pytest.raises(ReleaseError, match="revises 2027-03-r1, which is published: --reason"):
        approved(c, "2027-03-r2", reason="")


def test_what_was_found_in_the_audit_stops_a_release_and_leaves_the_last(c: Connection) -> None:
    made = published(c, MARCH)
    says_other(c)
    with pytest.raises(DisclosureError, match="The last release stands"):
        freeze(c, MARCH, audit={"found": 1})
    assert [one.release_id for one in approval.states(c)] == [made.release_id]


def test_a_small_number_that_is_frozen_is_found_again_before_approval(c: Connection) -> None:
    made = freeze(c, MARCH)
    assert made is not None
    shown = "update core.released_figure set value = 3, numerator = 3 where indicator_id = 'DO01' and measure = 'count'"
    c.execute(text(shown))
    with pytest.raises(DisclosureError, match="DO01 count"):
        approved(c, made.release_id)


def test_of_every_figure_of_people_that_is_shown_it_is_known_how_many_they_are(database: str) -> None:
    with connect(database).begin() as c:
        random_world(2).put(c)
        indicate(c, MARCH)
        protect(c, MARCH, threshold=1, floor_authority=0, floor_national=0)
        assert freeze(c, MARCH, policy={"suppression_threshold": 1}) is not None
        assert recheck(c, "2027-03-r1") == []
        c.execute(text("update core.released_figure set numerator = null"))
        assert recheck(c, "2027-03-r1") != []


def test_what_looks_at_a_release_again_can_be_given(c: Connection) -> None:
    made = freeze(c, MARCH)
    assert made is not None
    given = Approval(by="Chief statistician", at=LONG_AGO, publish_at=LONG_AGO)
    with pytest.raises(DisclosureError, match="DO07 by difference"):
        approve(c, made.release_id, given, look_again=lambda _, release_id: ["DO07 by difference"])


# --- revisions --------------------------------------------------------------------------------------------------------


def test_a_figure_that_was_published_otherwise_is_marked_and_all_others_are_not(c: Connection) -> None:
    published(c, MARCH)
    says_other(c)
    second = published(c, MARCH, LONG_AGO + timedelta(days=1))
    figures = content(c, second.release_id).figures
    marked = {figure.key.indicator_id for figure in figures if "r" in figure.note_codes}
    assert marked == {"DO30"}
    assert {figure.note_codes for figure in figures if figure.key.indicator_id == "DO30" and figure.value} == {
        ("p", "r")
    }


def test_what_was_revised_says_nothing_new_on_the_next_night(c: Connection) -> None:
    published(c, MARCH)
    says_other(c)
    second = published(c, MARCH, LONG_AGO + timedelta(days=1))
    again = freeze(c, MARCH)
    assert again is not None
    assert (again.release_id, again.is_new) == (second.release_id, False)


def test_what_was_withdrawn_may_be_said_again(c: Connection) -> None:
    made = published(c, MARCH)
    withdraw(c, made.release_id, by="Chief statistician", reason="a mistake", at=datetime.now(UTC))
    again = freeze(c, MARCH)
    assert again is not None
    assert (again.release_id, again.is_new) == ("2027-03-r2", True)
    assert content(c, again.release_id).before == ()


def test_a_release_tells_what_it_revises_and_what_was_before(c: Connection, tmp_path: Path) -> None:
    first = published(c, MARCH)
    says_other(c)
    made = released(c, tmp_path)
    said = content(c, made.id)
    assert said.before == content(c, first.release_id).figures
    assert {one.key.indicator_id for one in said.revisions} == {"DO30"}
    assert {(one.value or 0) - (one.earlier_value or 0) for one in said.revisions} == {5}
    assert len(rows_of(made, "revisions.csv")) == len(said.revisions)
    assert content(c, first.release_id).revisions == ()


def test_curves_are_drawn_from_earlier_months_as_they_were_published(c: Connection) -> None:
    february = date(2027, 2, 1)
    also(c, february)
    earlier = published(c, february)
    says_other(c)
    assert freeze(c, february) is not None
    made = freeze(c, MARCH)
    assert made is not None
    said = content(c, made.release_id)
    assert {figure.key.period_start for figure in said.earlier if figure.key.period_kind == "month"} == {february}
    assert {figure.key.breakdown for figure in said.earlier} == {"all"}
    known = {figure.key: figure for figure in content(c, earlier.release_id).figures}
    assert all(known[figure.key] == figure for figure in said.earlier)


def test_each_release_of_a_figure_stands_beside_the_one_before(c: Connection) -> None:
    published(c, MARCH, datetime(2027, 5, 13, 8, 30, tzinfo=UTC) - timedelta(days=730))
    says_other(c)
    published(c, MARCH, datetime(2026, 5, 13, 8, 30, tzinfo=UTC))
    asked = """
        select number, previous_release_id, change from release_v1.revision
        where indicator_id = 'DO30' and area_code = 'W92000004' and period_kind = 'month' order by number
    """
    assert [tuple(row) for row in c.execute(text(asked))] == [(1, None, None), (2, "2027-03-r1", 5)]


def test_the_headlines_stand_by_how_long_after_their_period_they_were_published(c: Connection) -> None:
    month = date(2024, 12, 1)
    also(c, month)
    for at in (datetime(2025, 1, 23, 9, 30, tzinfo=UTC), datetime(2025, 4, 24, 8, 30, tzinfo=UTC)):
        published(c, month, at)
        says_other(c)
    asked = """
        select months_after, release_id, change_since_first from release_v1.revision_triangle
        where indicator_id = 'DO30' and area_code = 'W92000004' and period_kind = 'month' order by months_after
    """
    assert [tuple(row) for row in c.execute(text(asked))] == [(0, "2024-12-r1", 0), (3, "2024-12-r2", 5)]


# --- the same bytes ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("anew")
def test_a_folder_tells_of_its_approval_and_is_the_same_however_often_it_is_made(c: Connection, tmp_path: Path) -> None:
    made = released(c, tmp_path)
    approve(c, made.id, Approval(by="Chief statistician", at=LONG_AGO, publish_at=FAR_OFF))
    lay_out(c, tmp_path, made.id)
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert (manifest["draft"], manifest["publish_at"]) == (False, "2999-06-03T09:30+01:00")
    assert manifest["content_sha256"] == made.release.content_sha256
    assert bytes_of(made.folder) == bytes_of(rebuild(c, tmp_path / "again", made.id))


@pytest.mark.usefixtures("anew")
def test_a_release_of_a_restored_warehouse_has_the_same_bytes(
    database: str, empty_database: str, tmp_path: Path
) -> None:
    with connect(database).begin() as c:
        small_world().put(c)
        indicate(c, MARCH)
        protect(c, MARCH)
        published(c, MARCH)
        says_other(c)
        here = prepared(c, MARCH, tmp_path / "here", policy={"suppression_threshold": 5, "coverage_floor": 0.8})
    dump = run("pg_dump", database, "--format=custom")
    run("pg_restore", empty_database, "--exit-on-error", told=dump)
    with connect(empty_database).connect() as c:
        there = rebuild(c, tmp_path / "there", here.id)
    assert bytes_of(here.folder) == bytes_of(there)


@pytest.mark.usefixtures("anew")
def test_releases_are_carried_over_where_the_warehouse_is_built_again(nation: str, tmp_path: Path) -> None:
    with connect(nation).begin() as c:
        published(c, MARCH)
        says_other(c)
        made = prepared(c, MARCH, tmp_path)
    before = seen(nation)
    for _ in range(2):
        drop(nation, keep_releases=True)
    migrate(nation)
    assert seen(nation) == before
    with connect(nation).begin() as c:
        assert bytes_of(rebuild(c, tmp_path / "again", made.id)) == bytes_of(made.folder)
        assert [one.state for one in approval.states(c)] == ["prepared", "published"]


# --- files of what is public ------------------------------------------------------------------------------------------


def test_what_is_public_is_laid_out_and_what_was_withdrawn_is_taken_away(settings: Settings, database: str) -> None:
    engine, folder = connect(database), settings.published_dir
    with engine.begin() as c:
        small_world().put(c)
        indicate(c, MARCH)
        protect(c, MARCH)
        first = published(c, MARCH)
        says_other(c)
        made = freeze(c, MARCH)
        assert made is not None
        approve(c, made.release_id, Approval(by="C", at=LONG_AGO, publish_at=FAR_OFF, reason="late returns"))
    assert publish_due(engine, settings) == {"published": [first.release_id], "withdrawn": []}
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert publish_due(engine, settings) == {"published": [], "withdrawn": []}
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    index = json.loads((folder / "index.json").read_text())
    assert (index["latest"], [one["release_id"] for one in index["releases"]]) == ("2027-03-r1", ["2027-03-r1"])
    withdraw_files(engine, settings, first.release_id, by="C", reason="a mistake", at=datetime.now(UTC))
    assert [path.name for path in folder.iterdir()] == ["index.json"]
    assert [one["release_id"] for one in json.loads((folder / "index.json").read_text())["withdrawn"]] == ["2027-03-r1"]


@pytest.mark.usefixtures("anew")
def test_a_published_folder_that_was_harmed_is_mended(settings: Settings, database: str) -> None:
    engine, folder = connect(database), settings.published_dir / "2027-03-r1"
    with engine.begin() as c:
        small_world().put(c)
        indicate(c, MARCH)
        protect(c, MARCH)
        published(c, MARCH)
    publish_due(engine, settings)
    before = bytes_of(folder)
    (folder / "figures.csv").write_text("spoiled")
    assert publish_due(engine, settings)["published"] == ["2027-03-r1"]
    assert bytes_of(folder) == before


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
