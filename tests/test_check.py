"""Checking: what the rules say of a return, as sheet, row, column and cause, and what becomes of its rows.

That each rule is broken by what it should be, and by nothing else, is tried with the examples, in `test_examples`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import text
from warehouse_makers import a_delivery, a_hash

from assets.check import Judged, Numbered, check, judge, number
from assets.check.asset import checked_returns
from assets.check.batch import gather
from assets.check.numbering import timely
from expectations.contract import ROW
from expectations.findings import Finding
from expectations.rules import CONTRACT
from makers import PERIOD, PERSON, SERVICE, Sheets, a_return, a_row, people, stored
from resources.house import House
from resources.restricted import StoredSheet, read_sheets, write_sheets
from warehouse import ledger
from warehouse.connection import connect

TODAY = date(2026, 10, 20)
Place = tuple[str, str, int | None, str | None]


def _with(sheet: str, **changes: str | None) -> Sheets:
    return a_return() | {sheet: [a_row(sheet, **changes)]}


RETURNS: list[tuple[Mapping[str, StoredSheet], list[Finding]]] = []


class Case:
    """A return that a test here is about: all of them are judged in one batch, as those of a month are."""

    def __init__(self, sheets: Sheets, outside: Sequence[Finding] = (), **problems: Mapping[str, Any]) -> None:
        cells = stored(sheets)
        for name, problem in problems.items():
            flaw = {"row": 2, "column": None, "column_number": None, "shown": "#REF!", **problem}
            cells[name] = replace(cells[name], meta={**cells[name].meta, "problems": [flaw]})
        self.number = len(RETURNS)
        RETURNS.append((cells, [replace(one, submission_id=self.number) for one in outside]))

    def judged(self) -> Judged:
        """Return what the rules say of it."""
        return _judged()[self.number]


@cache
def _judged() -> dict[int, Judged]:
    outside = {number: findings for number, (_, findings) in enumerate(RETURNS)}
    return judge(CONTRACT, PERIOD, {number: cells for number, (cells, _) in enumerate(RETURNS)}, TODAY, outside)


GOOD = Case(a_return())


def _places(judged: Judged, *, consequences: bool = False) -> set[Place]:
    return {
        (one.rule, str(one.sheet), one.row, one.column)
        for one in judged.findings
        if (one.caused_by is not None) is consequences
    }


def test_a_good_return_is_accepted_whole_without_a_finding() -> None:
    good = GOOD.judged()
    assert (good.state, good.findings, good.quarantined, good.normalisations) == ("accepted", [], [], [])
    assert good.rows_read == good.rows_accepted == sum(map(len, a_return().values()))


# --- causes -----------------------------------------------------------------------------------------------------------


def _found(judged: Judged, says: str) -> list[Finding]:
    return [one for one in judged.findings if one.says == says]


MANY_FAULTS = Case(_with("ACTIVITY", new_starters="*", leavers="1.5", people_attended="11", age_band="90"))


def test_one_bad_cell_hides_no_other_finding_of_its_row() -> None:
    judged = MANY_FAULTS.judged()
    assert _places(judged) == {
        ("V03", "ACTIVITY", 2, "new_starters"),
        ("V07", "ACTIVITY", 2, "leavers"),
        ("V09", "ACTIVITY", 2, "people_attended"),
        ("V06", "ACTIVITY", 2, "age_band"),
    }


LOTS_PLANNED = Case(_with("ACTIVITY", sessions_planned="lots"))


def test_a_cell_that_cannot_be_read_breaks_no_rule_between_cells() -> None:
    judged = LOTS_PLANNED.judged()
    assert [one.says for one in judged.findings] == ["not_number"]


FEWER_THAN_NONE = Case(_with("ACTIVITY", sessions_planned="-1"))


def test_what_follows_from_a_cell_names_it_and_comes_after_it() -> None:
    cause, *followed = FEWER_THAN_NONE.judged().findings
    assert (cause.says, cause.caused_by) == ("out_of_bounds", None)
    assert {one.says: one.caused_by for one in followed} == {
        "sessions_do_not_add_up": cause.finding_id,
        "more_attended_than_planned": cause.finding_id,
    }


NO_SUCH_TIER = Case(_with("SERVICES", tier="9"))


def test_rows_about_a_refused_service_are_put_aside_and_name_its_fault() -> None:
    judged = NO_SUCH_TIER.judged()
    [cause] = [one for one in judged.findings if one.caused_by is None]
    refused = _found(judged, "service_refused")
    assert (cause.sheet, cause.column) == ("SERVICES", "tier")
    assert {one.caused_by for one in refused} == {cause.finding_id}
    assert {row.sheet for row in judged.quarantined} == {"SERVICES", *(one.sheet for one in refused)}
    assert {"ACTIVITY", "PEOPLE", "ATTENDANCE", "FINANCE"} < {row.sheet for row in judged.quarantined}


MISNUMBERED_SERVICE = Case(_with("SERVICES", service_id="DOS1"))


def test_rows_about_a_service_whose_own_number_is_wrong_name_that_number() -> None:
    judged = MISNUMBERED_SERVICE.judged()
    [cause] = [one for one in judged.findings if one.caused_by is None]
    assert (cause.rule, cause.column) == ("V06", "service_id")
    assert {one.caused_by for one in _found(judged, "service_refused")} == {cause.finding_id}
    assert not _found(judged, "service_unknown")


TWO_SPELLS = Case(a_return(SERVICES=[a_row("SERVICES"), a_row("SERVICES", open_from="2019-04-02", tier="9")]))


def test_a_service_with_a_second_sound_row_stays() -> None:
    judged = TWO_SPELLS.judged()
    assert [(row.sheet, row.row) for row in judged.quarantined] == [("SERVICES", 3)]


THREE_ALIKE = Case(
    a_return(CARERS=[a_row("CARERS"), a_row("CARERS", carer_group="YOUNG_ADULT"), a_row("CARERS"), a_row("CARERS")])
)


def test_repeated_rows_name_each_other() -> None:
    found = _found(THREE_ALIKE.judged(), "row_twice")
    assert [(one.row, one.other) for one in found] == [(2, "4, 5"), (4, "2, 5"), (5, "2, 4")]


SAME_AGAIN = Case(a_return())


def test_the_same_row_of_two_providers_is_no_repetition() -> None:
    assert (GOOD.judged().findings, SAME_AGAIN.judged().findings) == ([], [])


# --- what the reader could not read -----------------------------------------------------------------------------------


ERROR_CELL = Case(a_return(), ACTIVITY={"column": "leavers", "column_number": 8, "code": "CELL_EXCEL_ERROR"})


def test_an_error_cell_is_told_once() -> None:
    judged = ERROR_CELL.judged()
    [finding] = judged.findings
    assert (finding.rule, finding.says, finding.cell, finding.value) == ("F05", "CELL_EXCEL_ERROR", "H2", "#REF!")
    assert [(row.sheet, row.rules) for row in judged.quarantined] == [("ACTIVITY", ["F05"])]


STRAY_CELL = Case(_with("ACTIVITY", leavers="x"), ACTIVITY={"column_number": 40, "code": "CELL_EXCEL_ERROR"})


def test_an_error_cell_in_no_column_of_the_form_explains_nothing_else() -> None:
    assert {(one.says, one.cell, one.caused_by) for one in STRAY_CELL.judged().findings} == {
        ("CELL_EXCEL_ERROR", "AN2", None),
        ("not_number", "H2", None),
    }


TOO_LONG = Case(_with("ACTIVITY", leavers="x"), ACTIVITY={"code": "ROW_FIELD_COUNT", "shown": "18", "expected": "17"})


def test_faults_in_a_row_of_the_wrong_length_follow_from_its_length() -> None:
    first, second = TOO_LONG.judged().findings
    assert (first.rule, first.level, first.cell, first.expected) == ("F05", "row", None, "17")
    assert (second.rule, second.caused_by) == ("V03", first.finding_id)


# --- people -----------------------------------------------------------------------------------------------------------


NAMED_PEOPLE = Case(
    a_return(
        RETURN=[a_row("RETURN", provider_name_en="Mrs Prys")],
        PEOPLE=[a_row("PEOPLE", person_ref="Gwen Prys")],
        ATTENDANCE=[a_row("ATTENDANCE", person_ref="Gwen Prys")],
    )
)


def test_what_would_name_a_person_is_hidden_in_every_finding() -> None:
    judged = NAMED_PEOPLE.judged()
    assert len(judged.findings) == 3
    assert "Prys" not in str(judged.findings)


CAPITALS = Case(_with("PEOPLE", person_ref=PERSON.upper()))


def test_a_mended_reference_is_hidden_too() -> None:
    [mended] = CAPITALS.judged().normalisations
    assert (mended.column, mended.kind) == ("person_ref", "case")
    assert PERSON not in (mended.value + mended.became).lower()


AS_TYPED = Case(_with("FINANCE", cost_staff=" 1,5 ", cost_other="1,200"))


def test_a_row_put_aside_is_kept_as_it_was_typed() -> None:
    [row] = AS_TYPED.judged().quarantined
    assert (row.sheet, row.row, row.rules) == ("FINANCE", 2, ["V03"])
    assert (row.raw["cost_staff"], row.raw["cost_other"], row.raw["maintenance_backlog"]) == (" 1,5 ", "1,200", None)


# --- what becomes of a return -----------------------------------------------------------------------------------------


MENDED = Case(_with("FINANCE", cost_staff=" 1,200.50", service_id="dos000001"))


def test_accepted_rows_are_typed_and_mended_cells_are_told() -> None:
    judged = MENDED.judged()
    table = judged.sheets["FINANCE"].table
    assert table.column_names == [*(column.name for column in CONTRACT.sheet("FINANCE").columns), ROW]
    assert (str(table["cost_staff"][0].as_py()), table["service_id"][0].as_py()) == ("1200.50", SERVICE)
    assert str(table.schema.field("cost_staff").type) == "decimal128(18, 2)"
    assert [(one.column, one.became, one.kind) for one in judged.normalisations] == [
        ("service_id", SERVICE, "case"),
        ("cost_staff", "1200.50", "thousands"),
    ]
    assert judged.state == "accepted"


ODD_WTE = Case(_with("WORKFORCE", wte="4.22"))


def test_a_query_is_loaded() -> None:
    judged = ODD_WTE.judged()
    assert (judged.state, judged.quarantined) == ("queried", [])


OLD_CODE = Case(a_return(PEOPLE=[a_row("PEOPLE", home_la="W06000007"), *people()[1:]]))


def test_an_old_code_is_loaded_as_the_new_one() -> None:
    judged = OLD_CODE.judged()
    assert set(judged.sheets["PEOPLE"].table["home_la"].to_pylist()) == {"W06000023"}
    assert [(one.says, one.value, one.expected) for one in judged.findings] == [
        ("old_authority", "W06000007", "W06000023")
    ]


RETURN_FAULT = Case(_with("RETURN", lead_la="Powys"))


def test_a_fault_in_the_return_row_refuses_every_row() -> None:
    judged = RETURN_FAULT.judged()
    assert (judged.state, judged.rows_accepted) == ("refused", 0)
    assert {row.sheet: row.rules for row in judged.quarantined} == {sheet.name: ["V05"] for sheet in CONTRACT.sheets}
    assert {name: sheet.table.num_rows for name, sheet in judged.sheets.items()} == dict.fromkeys(a_return(), 0)
    assert judged.findings[0].expected == "W06000023"


_NUMBERED_2 = Numbered(1, 2, datetime(2026, 10, 5, tzinfo=UTC), "a", False)
SKIPPED = Case(_with("RETURN", submission_no="2"), number([_NUMBERED_2]))


def test_an_error_from_outside_refuses_the_return_at_its_own_cell() -> None:
    judged = SKIPPED.judged()
    assert judged.state == "refused"
    assert [(one.rule, one.says, one.row, one.cell) for one in judged.findings] == [("V02", "number_skipped", 2, "I2")]


@pytest.mark.parametrize(
    ("profile", "period", "today", "says"),
    [
        ("FULL", "2026-09", date(2026, 9, 30), ["month_not_over"]),
        ("FULL", "2026-09", date(2026, 10, 1), []),
        ("BASELINE", "2020-02", TODAY, []),
        ("BASELINE", "2020-03", TODAY, ["profile_month"]),
        ("FULL", "2020-03", TODAY, ["profile_month"]),
        ("LITE", "2020-04", TODAY, []),
    ],
)
def test_a_return_is_about_a_month_that_its_profile_has(
    profile: str, period: str, today: date, says: list[str]
) -> None:
    assert [one.says for one in timely(1, period, profile, today)] == says


BASELINE_TODAY = Case(_with("RETURN", profile="BASELINE"))


def test_a_return_about_a_month_that_its_profile_has_not_is_refused() -> None:
    judged = BASELINE_TODAY.judged()
    assert (judged.state, [(one.says, one.cell) for one in judged.findings]) == ("refused", [("profile_month", "J2")])


def test_columns_that_may_be_left_out_are_read_as_blank() -> None:
    given = stored(a_return())["ACTIVITY"]
    without = StoredSheet(given.table.drop_columns(["people_digital"]), given.meta)
    batch = gather(CONTRACT.sheet("ACTIVITY"), {1: given, 2: without})
    assert batch.cells["people_digital"].typed.tolist() == [-1, -1]


def test_nothing_is_judged_where_nothing_came() -> None:
    assert judge(CONTRACT, PERIOD, {}, TODAY) == {}


# --- numbers ----------------------------------------------------------------------------------------------------------


def _sent(name: int, submission_no: int, *, hour: int = 0, is_refused: bool = False) -> Numbered:
    return Numbered(name, submission_no, datetime(2026, 10, 5, hour, tzinfo=UTC), f"{name:064x}", is_refused)


@pytest.mark.parametrize(
    ("submissions", "says"),
    [
        ([_sent(1, 1), _sent(2, 2), _sent(3, 3)], {}),
        ([_sent(1, 1), _sent(2, 1, hour=1)], {2: ("number_repeated", "2")}),
        ([_sent(1, 1, hour=2), _sent(2, 1, hour=1), _sent(3, 2)], {1: ("number_repeated", "3")}),
        ([_sent(1, 1), _sent(2, 3)], {2: ("number_skipped", "2")}),
        ([_sent(1, 1, is_refused=True), _sent(2, 1, hour=1)], {}),
        ([_sent(1, 1, is_refused=True), _sent(2, 2)], {}),
        ([_sent(1, 2)], {1: ("number_skipped", "1")}),
    ],
)
def test_numbers_are_judged_alike_in_whatever_order_they_came(
    submissions: list[Numbered], says: dict[int, tuple[str, str]]
) -> None:
    for order in permutations(submissions):
        assert {one.submission_id: (one.says, str(one.expected)) for one in number(order)} == says


# --- the month in the house -------------------------------------------------------------------------------------------


class _House:
    """A house with one month's submissions of one provider, as the read stage leaves them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.house = House(home=str(folder), returns=str(folder), warehouse=url)
        self.engine = connect(url)
        self.store = self.house.restricted()

    def sends(self, name: str, sheets: Sheets) -> int:
        """Deliver a return and read it."""
        sha256, said = a_hash(name), sheets["RETURN"][0]
        identity = {key: said[key] for key in ("period", "provider_id", "submission_no", "profile")}
        with self.engine.begin() as connection:
            submission_id = a_delivery(connection, name)
            ledger.record_identity(connection, submission_id, ledger.Identity(**identity))
        write_sheets(self.store.cells(sha256), stored(sheets), {"contract": "1.0", "flaws": []})
        return submission_id

    def checks(self) -> int:
        """Check the month; return how many submissions were judged."""
        return check(self.engine, self.store, PERIOD, TODAY).judged

    def states(self) -> dict[int, str]:
        """Return the state of each submission."""
        with self.engine.begin() as connection:
            return {one.submission_id: one.state for one in ledger.submissions(connection, PERIOD)}


@pytest.fixture
def house(tmp_path: Path, database: str) -> _House:
    return _House(tmp_path, database)


def _numbered(submission_no: int) -> Sheets:
    return _with("RETURN", submission_no=str(submission_no))


@pytest.fixture
def nothing_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every check find nothing: what is tested is what becomes of submissions in turn, not the asking."""
    monkeypatch.setattr("expectations.suites.ask", lambda checks, *_: {check.code: [] for check in checks})


@pytest.mark.usefixtures("nothing_wrong")
def test_a_submission_is_judged_once(house: _House) -> None:
    sent = house.sends("a", _numbered(1))
    assert (house.checks(), house.checks()) == (1, 0)
    assert house.states() == {sent: "accepted"}


def test_the_ledger_and_the_store_hold_what_was_judged(house: _House) -> None:
    sent = house.sends("a", _with("FINANCE", cost_staff="*", cost_other="1,200"))
    house.checks()
    with house.engine.begin() as connection:
        [finding] = ledger.findings_of(connection, sent)
        quarantined = list(connection.execute(text("select sheet, rules from restricted.quarantine")).tuples())
        mended = list(connection.scalars(text("select became from landing.normalisation")))
    assert (finding.rule, finding.sheet, finding.cell) == ("V03", "FINANCE", "B2")
    assert (quarantined, mended) == ([("FINANCE", ["V03"])], ["1200"])
    accepted = {name: one.table.num_rows for name, one in read_sheets(house.store.judged(a_hash("a"))).items()}
    assert accepted == {**{name: len(rows) for name, rows in a_return().items()}, "FINANCE": 0}


@pytest.mark.usefixtures("nothing_wrong")
@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_late_numbers_are_made_good_by_what_was_missing(house: _House, order: tuple[int, ...]) -> None:
    sent = {}
    for submission_no in order:
        sent[submission_no] = house.sends(str(submission_no), _numbered(submission_no))
        house.checks()
    assert house.states() == dict.fromkeys(sent.values(), "accepted")


@pytest.mark.usefixtures("nothing_wrong")
def test_a_refused_number_may_be_sent_again(house: _House) -> None:
    first = house.sends("a", _with("RETURN", profile="BASELINE"))
    house.checks()
    second = house.sends("b", _numbered(1))
    house.checks()
    assert house.states() == {first: "refused", second: "accepted"}


def test_the_asset_reports_each_rule_and_no_value_of_a_person(house: _House) -> None:
    house.sends("a", _with("PEOPLE", person_ref="Gwen Prys", gender="Q"))
    result = dg.materialize([checked_returns], partition_key=PERIOD, resources={"house": house.house})
    evaluations = {one.check_name: one for one in result.get_asset_check_evaluations()}
    assert {name for name, one in evaluations.items() if not one.passed} == {"V06", "V08"}
    assert {one.severity for one in evaluations.values()} == {dg.AssetCheckSeverity.WARN}
    [materialization] = result.asset_materializations_for_node("checked_returns")
    metadata = {name: one.value for name, one in materialization.metadata.items()}
    assert (metadata["submissions"], metadata["rows_read"], metadata["rows_quarantined"]) == (1, 90, 1)
    assert "Prys" not in str(materialization.metadata)


def test_a_return_that_is_refused_holds_up_itself_and_nothing_else(house: _House) -> None:
    sound = house.sends("a", _numbered(1))
    said = _numbered(1)["RETURN"][0] | {"provider_id": "DOP00002", "declared_on": "never"}
    spoiled = house.sends("b", a_return() | {"RETURN": [said]})
    result = dg.materialize([checked_returns], partition_key=PERIOD, resources={"house": house.house})
    states = house.states()
    assert result.success
    assert states.pop(spoiled) == "refused"
    assert states == {sound: states[sound]}
    assert states[sound] in {"accepted", "queried"}
    [standing] = [one for one in result.get_asset_check_evaluations() if one.check_name == "returns_stand"]
    assert (standing.passed, standing.blocking, standing.severity) == (False, False, dg.AssetCheckSeverity.WARN)
    assert standing.metadata["refused"].value == 1
