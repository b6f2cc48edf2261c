"""The difference between versions, in rows and in figures; and that trying a file out leaves nothing behind."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from operating import Command, Operation, a_file, is_month, version

from assets.preview import CannotPlaceError, Tried, effect_in, effect_of, tried_out
from expectations.reference import WALES
from makers import AREA, PERIOD, PERSON, PROVIDER, SERVICE, Sheets, a_return, a_row
from warehouse import difference, indicators, ledger
from warehouse.difference import NOTHING, Cell, RowChange

SEPTEMBER = date(2026, 9, 1)


def ids(operation: Operation) -> dict[int, int]:
    asked = "select submission_no, submission_id from landing.submission where provider_id = :provider"
    return dict(operation.rows(asked, provider=PROVIDER))  # type: ignore[arg-type]


def differences(operation: Operation, *sheets: str) -> list[RowChange]:
    known = ids(operation)
    with operation.engine.begin() as c:
        return difference.between(c, known[1], known[2], sheets or None)


def two_versions(operation: Operation, first: Sheets, second: Sheets) -> None:
    operation.deliver("1", first)
    operation.deliver("2", second, hours=1)
    operation.night()


# --- row by row -------------------------------------------------------------------------------------------------------


def test_rows_are_matched_by_key_whatever_their_place_and_compared_cell_by_cell(operation: Operation) -> None:
    kept, gone, came = (a_row("ACTIVITY", age_band=band) for band in ("18-24", "25-44", "45-64"))
    two_versions(
        operation,
        version(1, ACTIVITY=[kept, gone]),
        version(2, ACTIVITY=[came, kept | {"leavers": "3", "people_digital": "2"}]),
    )
    changed, removed, added = differences(operation, "ACTIVITY")
    assert (changed.change, changed.old_row, changed.new_row) == ("changed", 2, 3)
    assert changed.key == {
        "service_id": SERVICE,
        "commissioning_la": AREA,
        "client_group": kept["client_group"],
        "age_band": "18-24",
    }
    assert changed.cells == (Cell("leavers", "1", "3"), Cell("people_digital", None, "2"))
    assert (removed.change, removed.old_row, removed.new_row, removed.key["age_band"]) == ("removed", 3, None, "25-44")
    assert (added.change, added.old_row, added.new_row, added.key["age_band"]) == ("added", None, 2, "45-64")


def test_rows_whose_key_has_a_blank_are_matched_with_each_other(operation: Operation) -> None:
    first, second = (
        version(number, WAITING=[a_row("WAITING", service_id=None, median_wait_days=days), a_row("WAITING")])
        for number, days in ((1, "40"), (2, "41"))
    )
    two_versions(operation, first, second)
    [changed] = differences(operation, "WAITING")
    assert (changed.key["service_id"], changed.cells) == (None, (Cell("median_wait_days", "40", "41"),))


def test_what_the_return_says_of_itself_is_compared_too(operation: Operation) -> None:
    two_versions(operation, version(1), version(2))
    [changed] = differences(operation)
    assert (changed.sheet, changed.cells) == ("RETURN", (Cell("submission_no", "1", "2"),))


def test_references_of_people_are_masked(operation: Operation) -> None:
    other = "f" + PERSON[1:]
    second = a_return(PEOPLE=[a_row("PEOPLE", person_ref=other)], ATTENDANCE=[a_row("ATTENDANCE", person_ref=other)])
    two_versions(operation, a_return(), second | {"RETURN": [a_row("RETURN", submission_no="2")]})
    found = differences(operation, "PEOPLE", "ATTENDANCE")
    assert {(one.sheet, one.change) for one in found} == {
        (sheet, change) for sheet in ("PEOPLE", "ATTENDANCE") for change in ("added", "removed")
    }
    shown = [one.key["person_ref"] or "" for one in found]
    assert [one[1:] for one in shown] == ["•" * 11] * len(found)
    kept = {str(ref) for (ref,) in operation.rows("select person_ref from restricted.person")}
    assert not [ref for ref in {PERSON, other, *kept} if ref in str(found)]


def test_against_nothing_every_row_is_added(operation: Operation) -> None:
    operation.deliver("1", version(1))
    operation.night()
    with operation.engine.begin() as c:
        found = difference.between(c, NOTHING, ids(operation)[1])
    assert {one.change for one in found} == {"added"}
    assert len(found) == sum(len(rows) for name, rows in version(1).items() if name != "RETURN")


# --- in the figures ---------------------------------------------------------------------------------------------------


def figures(operation: Operation, areas: list[str]) -> dict[tuple[str, str, str], Decimal | None]:
    with operation.engine.begin() as c:
        indicators.indicate(c, SEPTEMBER)
        found = difference.headline_figures(c, SEPTEMBER, areas)
    return {(one.indicator_id, one.measure, one.area_code): one.value for one in found}


def _by_key(effects: list[difference.Effect], side: str) -> dict[tuple[str, str, str], Decimal | None]:
    return {(one.figure.indicator_id, one.figure.measure, one.figure.area_code): getattr(one, side) for one in effects}


def test_the_effect_is_what_measuring_says_with_either_version_standing(operation: Operation) -> None:
    dearer = version(2, FINANCE=[a_row("FINANCE", cost_staff="5000.00")])
    operation.deliver("other", version(1, "DOP00002"))
    operation.deliver("1", version(1))
    operation.night()
    areas = [WALES, "RPB_PO", AREA]
    before = figures(operation, areas)
    operation.deliver("2", dearer, hours=1)
    operation.night()
    after = figures(operation, areas)
    known = ids(operation)
    effects = effect_of(operation.engine, operation.settings, PERIOD, known[1], known[2])
    assert {key[2] for key in _by_key(effects, "old")} == set(areas)
    assert _by_key(effects, "old") == before
    assert _by_key(effects, "new") == after
    assert {one.figure.indicator_id for one in effects if one.is_changed} == {"DO29"}


@contextmanager
def untouched(operation: Operation) -> Iterator[None]:
    """Insist that the warehouse and the house are to the byte what they were."""

    def everything() -> tuple[object, ...]:
        home = operation.settings.home
        files = {str(path): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}
        tables = ("landing.submission", "landing.finding", "core.activity", "mart_v1.indicator", "landing.delivery")
        versions = [operation.rows(f"select xmin::text, ctid::text from {table}") for table in tables]
        return files, versions, operation.hashes(), sorted(str(path) for path in home.rglob("*"))

    before = everything()
    yield
    assert everything() == before


def test_the_effect_leaves_nothing_behind(operation: Operation) -> None:
    two_versions(operation, version(1), version(2, FINANCE=[a_row("FINANCE", cost_staff="5000.00")]))
    figures(operation, [WALES])
    known = ids(operation)
    with untouched(operation):
        effects = effect_of(operation.engine, operation.settings, PERIOD, known[1], known[2])
    assert any(one.is_changed for one in effects)
    assert operation.night() == []


# --- a file that was not delivered ------------------------------------------------------------------------------------


@contextmanager
def trying(operation: Operation, path: Path) -> Iterator[tuple[sa.Connection, Tried]]:
    with tried_out(operation.engine, operation.settings, path, is_month, operation.today) as (connection, tried):
        yield connection, tried


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "not delivered.xlsx"
    path.write_bytes(a_file(version(2, ACTIVITY=[a_row("ACTIVITY", people_enrolled="17")])))
    return path


def test_a_file_is_taken_all_the_way_and_seen_by_nobody_else(operation: Operation, file: Path) -> None:
    operation.deliver("1", version(1))
    operation.night()
    figures(operation, [WALES])
    with untouched(operation), trying(operation, file) as (connection, tried):
        found = difference.between(connection, tried.stood_before, tried.submission.submission_id, ["ACTIVITY"])
        assert tried.submission.is_current
        assert tried.stood_before == ids(operation)[1]
        assert [one.cells for one in found] == [(Cell("people_enrolled", "10", "17"),)]
        # What others see, while it stands for those who try it out.
        assert operation.rows("select submission_no, is_current from landing.submission") == [(1, True)]
        assert operation.rows("select people_enrolled from core.activity") == [(10,)]
        effect_in(connection, operation.settings, PERIOD, tried.stood_before, tried.submission.submission_id)


def test_a_file_that_is_refused_says_why_and_one_that_fails_leaves_nothing(operation: Operation, file: Path) -> None:
    operation.deliver("1", version(1))
    operation.night()
    file.write_bytes(a_file(version(4)))
    with untouched(operation), trying(operation, file) as (_, tried):
        assert (tried.submission.state, [one.says for one in tried.findings]) == ("refused", ["number_skipped"])
    with untouched(operation), pytest.raises(RuntimeError), trying(operation, file):
        raise RuntimeError("whoever looked on failed")


def test_a_file_that_makes_a_neighbour_good_changes_the_neighbour_for_as_long(operation: Operation, file: Path) -> None:
    operation.deliver("3", version(3), hours=1)
    operation.deliver("1", version(1))
    operation.night()
    states = "select submission_no, state from landing.submission order by submission_no"
    assert operation.rows(states) == [(1, "accepted"), (3, "refused")]
    with untouched(operation), trying(operation, file) as (connection, _):
        assert [tuple(row) for row in connection.execute(sa.text(states))] == [
            (1, "accepted"),
            (2, "accepted"),
            (3, "accepted"),
        ]


def test_a_file_that_was_delivered_already_may_be_tried_all_the_same(operation: Operation, file: Path) -> None:
    operation.deliver("1", version(1))
    delivered = operation.deliver("2", version(2), hours=1)
    operation.night()
    with untouched(operation), trying(operation, delivered) as (connection, tried):
        assert tried.stood_before == tried.submission.submission_id
        assert difference.between(connection, tried.stood_before, tried.submission.submission_id) == []


def test_other_providers_that_wait_for_a_night_are_not_judged_with_it(operation: Operation, file: Path) -> None:
    operation.deliver("1", version(1))
    operation.night()
    operation.deliver("other", version(1, "DOP00002"))
    from assets.collect import collect

    collect(operation.engine, operation.settings, is_month)
    with untouched(operation), trying(operation, file) as (connection, tried):
        assert tried.submission.is_current
        waiting = {one.provider_id: one.state for one in ledger.submissions(connection, PERIOD)}
        assert waiting["DOP00002"] == "read"


def test_a_file_of_nobody_is_not_taken_anywhere(operation: Operation, file: Path) -> None:
    file.write_bytes(a_file({**version(1), "RETURN": [a_row("RETURN", provider_id="nobody")]}))
    operation.deliver("1", version(1))
    operation.night()
    with untouched(operation), pytest.raises(CannotPlaceError) as refused, trying(operation, file):
        pass
    assert [one.column for one in refused.value.findings] == ["provider_id"]


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_version_that_stands_is_compared_with_the_one_before(dayops: Command, operation: Operation) -> None:
    cheap, dear = (a_row("FINANCE", cost_staff=cost) for cost in ("4000.00", "5000.00"))
    two_versions(operation, version(1, FINANCE=[cheap]), version(2, FINANCE=[dear]))
    told = json.loads(dayops("diff", PROVIDER, PERIOD, "--indicators", "--json").output)
    assert (told["from"]["submission_no"], told["to"]["submission_no"]) == (1, 2)
    assert {one["sheet"]: (one["changed"], one["cells"]) for one in told["counts"]} == {
        "RETURN": (1, 1),
        "FINANCE": (1, 1),
    }
    changed = {(one["indicator_id"], one["area_code"]) for one in told["indicators"] if one["is_changed"]}
    assert changed == {("DO29", area) for area in (WALES, "RPB_PO", AREA)}
    shown = dayops("diff", PROVIDER, PERIOD, "--indicators")
    assert shown.exit_code == 0
    assert "cost_staff: 4000.00 → 5000.00" in shown.output
    assert "3 headline figures of 3 areas change" in shown.output
    assert "not for publication" in shown.output


def test_one_sheet_and_other_versions_may_be_asked_for(dayops: Command, operation: Operation) -> None:
    two_versions(operation, version(1), version(2))
    assert json.loads(dayops("diff", PROVIDER, PERIOD, "--sheet", "FINANCE", "--json").output)["rows"] == []
    back = json.loads(dayops("diff", PROVIDER, PERIOD, "--from", "2", "--to", "1", "--json").output)
    assert back["rows"][0]["cells"] == [{"column": "submission_no", "old": "2", "new": "1"}]
    assert "No row differs" in dayops("diff", PROVIDER, PERIOD, "--sheet", "FINANCE").output


def test_a_file_is_compared_with_what_stands(dayops: Command, operation: Operation, file: Path) -> None:
    operation.deliver("1", version(1))
    operation.night()
    with untouched(operation):
        told = dayops("diff", "--file", str(file), "--indicators")
    assert (told.exit_code, "people_enrolled: 10 → 17" in told.output) == (0, True), told.output
    assert "judged: accepted; found: nothing" in told.output
    file.write_bytes(a_file(version(4)))
    refused = dayops("diff", "--file", str(file), "--json")
    assert (refused.exit_code, json.loads(refused.output)["to"]["state"]) == (1, "refused")


def test_a_file_that_would_not_stand_says_so_and_changes_no_figure(
    dayops: Command, operation: Operation, file: Path
) -> None:
    operation.deliver("1", version(1))
    operation.deliver("3", version(3), hours=1)
    operation.night()
    told = dayops("diff", "--file", str(file), "--indicators")
    assert (told.exit_code, "headline" in told.output.lower()) == (0, False)
    assert "It would not stand for its month" in told.output
    Path(operation.settings.returns, "2.xlsx").write_bytes(file.read_bytes())
    operation.night()
    assert operation.stands() == 3


def test_a_first_version_is_compared_with_nothing(dayops: Command, operation: Operation, file: Path) -> None:
    file.write_bytes(a_file(version(1)))
    operation.night()
    told = json.loads(dayops("diff", "--file", str(file), "--json").output)
    assert (told["from"], {one["change"] for one in told["rows"]}) == (None, {"added"})


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("diff",), 2, "Name a PROVIDER and a month"),
        (("diff", PROVIDER), 2, "Name a PROVIDER and a month"),
        (("diff", "--file", "no such file"), 2, "does not exist"),
        (("diff", PROVIDER, PERIOD, "--sheet", "BILLS"), 2, "there is no sheet"),
        (
            ("diff", PROVIDER, PERIOD),
            1,
            "has no two accepted versions for 2026-09 to compare",
        ),
        (("diff", PROVIDER, PERIOD, "--from", "3"), 1, "has no accepted version 3"),
    ],
)
def test_what_cannot_be_compared_is_said(dayops: Command, words: tuple[str, ...], code: int, said: str) -> None:
    refused = dayops(*words)
    assert (refused.exit_code, said in " ".join(refused.output.split())) == (code, True), refused.output


def test_a_file_of_another_provider_than_was_named_is_misuse(dayops: Command, operation: Operation, file: Path) -> None:
    operation.night()
    refused = dayops("diff", "DOP00002", PERIOD, "--file", str(file))
    assert (refused.exit_code, "says that it is about DOP00001" in " ".join(refused.output.split())) == (2, True)
