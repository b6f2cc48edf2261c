"""Quarantine and replay: refused rows can be found, are taken up again, and leave a trail that outlives a rebuild."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from operating import DECIDED, Command, Operation, a_waiver, version
from sqlalchemy import text
from warehouse_makers import MONTH, a_submission, a_verdict

from assets.check.asset import checked_returns
from assets.read import read_again
from expectations import rules
from expectations.findings import Quarantined
from expectations.readmissions import Readmission, readmission_of, together
from expectations.rules import CONTRACT
from makers import PERIOD, PROVIDER, a_return, a_row
from resources.house import House
from warehouse import ledger, quarantine, readmission
from warehouse.quarantine import Chosen

CROWDED = a_row("ACTIVITY", people_attended="11")
BROKEN = a_row("FINANCE", cost_staff="n/a")
WRONG_RETURN = a_row("RETURN", profile="LITE", lead_la="nowhere")


def trail(operation: Operation) -> list[tuple[object, ...]]:
    return operation.rows("""
        select sheet, row_number, rules, admitted_by, cardinality(waivers), replaced_row, is_booked
        from landing.readmission order by sheet, row_number, admitted_at
    """)


@pytest.fixture
def mended(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Mend rule V09: it is not asked any more, by another version of the contract."""

    def mend() -> None:
        contract = replace(CONTRACT, checks=tuple(check for check in CONTRACT.checks if check.rule != "V09"))
        monkeypatch.setattr(rules, "contract_for", lambda _: contract)
        monkeypatch.setattr(ledger, "CONTRACT", contract)

    return mend


# --- the trail --------------------------------------------------------------------------------------------------------


def test_a_night_after_a_rule_was_mended_admits_its_rows_and_says_so(
    operation: Operation, mended: Callable[[], None]
) -> None:
    operation.deliver("a", version(1, ACTIVITY=[CROWDED], FINANCE=[BROKEN]))
    operation.night()
    assert trail(operation) == []
    mended()
    assert operation.night() == [PERIOD]
    assert trail(operation) == [("ACTIVITY", 2, ["V09"], "rule_mended", 0, None, True)]
    [(refused, admitted)] = operation.rows("select refused_version, admitted_version from landing.readmission")
    assert (refused, admitted) == (CONTRACT.version, ledger.contract_version())
    assert operation.rows("select people_attended from core.activity") == [(11,)]
    operation.run()
    assert len(trail(operation)) == 1


def test_a_waiver_admits_its_rows_and_says_so(operation: Operation) -> None:
    operation.deliver("a", version(1, ACTIVITY=[CROWDED], FINANCE=[BROKEN]))
    operation.night()
    operation.decide(a_waiver())
    operation.night()
    assert trail(operation) == [("ACTIVITY", 2, ["V09"], "waiver", 1, None, True)]


def test_what_follows_from_a_waived_row_is_admitted_by_the_waiver_too(operation: Operation) -> None:
    closed = a_row("SERVICES", closed_on="2026-09-30", closure_reason=None)
    operation.deliver("a", version(1, SERVICES=[closed]))
    operation.night()
    operation.decide(a_waiver("V19"))
    operation.night()
    admitted = {(sheet, cause, waivers) for sheet, _, _, cause, waivers, *_ in trail(operation)}
    assert admitted >= {("SERVICES", "waiver", 1), ("ACTIVITY", "waiver", 1), ("FINANCE", "waiver", 1)}


def test_a_submission_whose_number_is_made_good_by_another_is_admitted_for_that(operation: Operation) -> None:
    operation.deliver("b", version(2), hours=1)
    operation.night()
    operation.deliver("a", version(1))
    operation.night()
    assert {row[3] for row in trail(operation)} == {"numbering"}
    assert len(trail(operation)) == sum(len(rows) for rows in version(2).values())


def test_a_row_that_a_resubmission_puts_right_is_followed_to_the_row_that_took_its_place(operation: Operation) -> None:
    older = a_row("ACTIVITY", age_band="85+")
    operation.deliver("a", version(1, ACTIVITY=[CROWDED, older], FINANCE=[BROKEN]))
    operation.night()
    operation.deliver("b", version(2, ACTIVITY=[older, a_row("ACTIVITY")], FINANCE=[BROKEN]), hours=1)
    operation.night()
    [(sheet, row, rules_, cause, _, replaced_row, _)] = trail(operation)
    assert (sheet, row, rules_, cause, replaced_row) == ("ACTIVITY", 2, ["V09"], "resubmission", 3)
    [(number,)] = operation.rows("""
        select submission_no from landing.readmission
        join landing.submission on submission.submission_id = readmission.replaced_by
    """)
    assert number == 2
    operation.run()
    assert len(trail(operation)) == 1


def test_a_row_of_another_key_or_another_provider_took_nobodys_place(operation: Operation) -> None:
    operation.deliver("a", version(1, ACTIVITY=[CROWDED]))
    operation.deliver("other", version(1, "DOP00002"))
    operation.night()
    operation.deliver("b", version(2, ACTIVITY=[a_row("ACTIVITY", age_band="85+")]), hours=1)
    operation.night()
    assert trail(operation) == []


def test_keys_are_matched_by_what_they_mean_and_blank_ones_by_being_blank(operation: Operation) -> None:
    bad = a_row("WAITING", service_id=None, client_group=" ld ", waiting_total="11")
    operation.deliver("a", version(1, WAITING=[bad]))
    operation.night()
    operation.deliver("b", version(2, WAITING=[a_row("WAITING", service_id=None, client_group="LD")]), hours=1)
    operation.night()
    assert [(row[0], row[3]) for row in trail(operation)] == [("WAITING", "resubmission")]


def test_rows_that_are_alike_stand_in_one_line_of_the_book_and_come_back_from_it(operation: Operation) -> None:
    one = Readmission("a" * 64, "ACTIVITY", ("V09",), "1", "rule_mended", "2", DECIDED, rows=((3, None),))
    [both] = together([one, replace(one, rows=((2, None),))])
    assert both.rows == ((2, None), (3, None))
    operation.archive.trace([both])
    assert list(operation.archive.readmissions()) == [both]
    assert readmission_of(json.loads((operation.archive.folder / "readmissions.jsonl").read_text())) == both


def test_the_trail_outlives_a_rebuild_and_is_no_part_of_the_state(
    operation: Operation, empty_database: str, tmp_path: Path
) -> None:
    operation.deliver("a", version(1, ACTIVITY=[CROWDED], FINANCE=[BROKEN]))
    operation.night()
    operation.deliver("b", version(2, ACTIVITY=[CROWDED]), hours=1)
    operation.decide(a_waiver())
    operation.night()
    every = "select * from landing.readmission order by submission_id, sheet, row_number, admitted_at"
    rebuilt = operation.rebuilt(empty_database, tmp_path / "other")
    assert rebuilt.rows(every) == operation.rows(every)
    assert {row[3] for row in trail(rebuilt)} == {"waiver", "resubmission"}
    assert rebuilt.hashes() == operation.hashes()
    before = operation.hashes()
    with operation.engine.begin() as c:
        c.execute(text("delete from landing.readmission"))
    assert operation.hashes() == before


def test_a_trail_that_names_files_which_are_gone_is_passed_over(operation: Operation) -> None:
    gone = Readmission("a" * 64, "ACTIVITY", ("V09",), "1", "rule_mended", "2", DECIDED, rows=((2, None),))
    with operation.engine.begin() as c:
        readmission.note_booked(c, [gone])
    assert trail(operation) == []


# --- judging again ----------------------------------------------------------------------------------------------------


def test_a_submission_is_read_again_from_the_archive_and_comes_to_the_same(operation: Operation) -> None:
    operation.deliver("a", version(1, ACTIVITY=[CROWDED]))
    operation.night()
    before = operation.hashes()
    [(sha256,)] = operation.rows("select sha256 from landing.submission")
    with operation.engine.begin() as c:
        chosen = quarantine.submissions(c, Chosen(rule="V09"))
    assert list(chosen.values()) == [PERIOD]
    read_again(operation.engine, operation.store, chosen)
    assert not operation.store.cells(str(sha256)).exists()
    assert operation.months() == [PERIOD]
    assert operation.store.cells(str(sha256)).exists()
    assert operation.hashes() == before
    assert trail(operation) == []


def test_a_return_that_was_refused_whole_is_read_again_too(operation: Operation) -> None:
    operation.deliver("a", {**version(1), "RETURN": [WRONG_RETURN]})
    operation.night()
    before = operation.hashes()
    with operation.engine.begin() as c:
        chosen = quarantine.submissions(c, Chosen(provider=PROVIDER))
    read_again(operation.engine, operation.store, chosen)
    assert operation.months() == [PERIOD]
    assert operation.months() == []
    assert operation.hashes() == before


def test_a_file_that_could_not_be_read_is_read_again_under_another_contract(
    operation: Operation, mended: Callable[[], None]
) -> None:
    sheets = version(1)
    del sheets["FINANCE"]
    operation.deliver("a", sheets)
    operation.night()
    mended()
    assert operation.months() == [PERIOD]
    assert operation.months() == []


# --- what is in quarantine --------------------------------------------------------------------------------------------


@pytest.fixture
def aside(operation: Operation) -> Operation:
    """A house with rows in quarantine: two of one provider, and all of another's."""
    operation.deliver("a", version(1, ACTIVITY=[CROWDED], FINANCE=[BROKEN]))
    operation.deliver("b", {**version(1), "RETURN": [WRONG_RETURN | {"provider_id": "DOP00002"}]})
    operation.night()
    return operation


@pytest.mark.parametrize(
    ("chosen", "size"),
    [
        (Chosen(provider=PROVIDER), 2),
        (Chosen(provider=PROVIDER, sheet="FINANCE"), 1),
        (Chosen(rule="V09"), 1),
        (Chosen(rule="V09", provider="DOP00002"), 0),
        (Chosen(period="2026-08"), 0),
        (Chosen(period=PERIOD), 2 + sum(len(rows) for rows in version(1).values())),
    ],
)
def test_refused_rows_are_found_by_provider_month_rule_and_sheet(aside: Operation, chosen: Chosen, size: int) -> None:
    with aside.engine.begin() as c:
        assert quarantine.size(c, chosen) == size
        assert len(quarantine.rows(c, chosen)) == size
        assert sum(one.rows for one in quarantine.by_sheet(c, chosen)) == size


def test_a_refused_row_tells_what_was_found_in_it_or_in_its_return(aside: Operation) -> None:
    with aside.engine.begin() as c:
        [own] = quarantine.rows(c, Chosen(rule="V09"))
        [whole] = quarantine.rows(c, Chosen(provider="DOP00002", sheet="FINANCE"))
    assert [(one.rule, one.cell) for one in own.findings] == [("V09", "F2")]
    assert [(one.rule, one.sheet) for one in whole.findings] == [("V05", "RETURN")]
    assert (own.raw["people_attended"], whole.state) == ("11", "refused")


def test_a_row_that_broke_two_rules_counts_for_both(aside: Operation) -> None:
    with aside.engine.begin() as c:
        one = a_submission(c, "two rules", provider_id="DOP00003", period=MONTH)
        both = Quarantined("ACTIVITY", 2, {"service_id": "x"}, ["V09", "V10"])
        ledger.record_verdict(c, a_verdict(one, quarantined=[both]))
        counts = quarantine.by_rule(c, Chosen(period=MONTH))
        c.rollback()
    assert [(count.name, count.rows) for count in counts] == [("V09", 1), ("V10", 1)]


def test_the_view_joins_the_row_with_its_submission(aside: Operation) -> None:
    found = aside.rows("""
        select provider_id, to_char(period, 'YYYY-MM'), submission_no, state, sheet, row_number, rules
        from restricted.quarantined_row where 'V09' = any(rules)
    """)
    assert found == [(PROVIDER, PERIOD, 1, "queried", "ACTIVITY", 2, ["V09"])]


def test_the_asset_shows_the_quarantine_by_sheet_and_rule_and_of_all_months(aside: Operation) -> None:
    assert aside.settings.warehouse_url is not None
    url = aside.settings.warehouse_url.get_secret_value()
    house = House(home=str(aside.settings.home), warehouse=url)
    result = dg.materialize([checked_returns], partition_key=PERIOD, resources={"house": house})
    [made] = result.asset_materializations_for_node("checked_returns")
    metadata = {name: one.value for name, one in made.metadata.items()}

    def counts(name: str) -> dict[str, int]:
        records = [record.data for record in metadata[name].records]  # type: ignore[union-attr]
        return {str(next(iter(one.values()))): int(one["rows"]) for one in records}

    whole = sum(len(rows) for rows in version(1).values())
    assert metadata["rows_quarantined_all_months"] == metadata["rows_quarantined"] == 2 + whole
    assert counts("quarantine_by_sheet")["FINANCE"] == counts("quarantine_by_sheet_all_months")["FINANCE"] == 2
    assert counts("quarantine_by_rule")["V05"] == whole
    assert counts("quarantine_by_rule_all_months")["V09"] == 1


# --- the commands -----------------------------------------------------------------------------------------------------


def test_quarantine_lists_cells_masked_unless_they_are_asked_for(dayops: Command, aside: Operation) -> None:
    one_row = ("quarantine", "--rule", "V09", "--json")
    masked, raw = (json.loads(dayops(*one_row, *more).output) for more in ((), ("--raw",)))
    assert masked["shown"][0]["cells"]["people_attended"] == "1•"
    assert raw["shown"][0]["cells"]["people_attended"] == "11"
    [finding] = masked["shown"][0]["findings"]
    assert (finding["cell"], "11" in finding["message_en"], "11" in finding["message_cy"]) == ("F2", True, True)
    told = dayops("quarantine", "--limit", "1").output
    assert "By rule" in told
    assert "1 of " in told


def test_quarantine_with_nothing_in_it_says_so(dayops: Command, operation: Operation) -> None:
    nothing = dayops("quarantine", "--provider", "DOP00009")
    assert (nothing.exit_code, nothing.output) == (1, "No refused row matches.\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("replay",), 2, "Say which rows"),
        (("replay", "--all", "--rule", "V09"), 2, "Say which rows"),
        (("replay", "--rule", "V99"), 2, "there is no rule"),
        (("replay", "--sheet", "BILLS"), 2, "there is no sheet"),
        (("replay", "--all"), 1, "No refused row matches"),
    ],
)
def test_a_replay_of_nothing_says_so(dayops: Command, words: tuple[str, ...], code: int, said: str) -> None:
    refused = dayops(*words)
    assert (refused.exit_code, said in " ".join(refused.output.split())) == (code, True), refused.output


def test_replay_loads_what_is_accepted_now_and_makes_the_figures_anew(
    dayops: Command, operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dayops_pipeline.instance.instance", lambda _: dg.DagsterInstance.ephemeral())
    operation.deliver("a", version(1, ACTIVITY=[CROWDED], FINANCE=[BROKEN]))
    operation.night()
    operation.decide(a_waiver())
    replayed = dayops("replay", "--rule", "V09", "--json")
    assert replayed.exit_code == 0, replayed.output
    told = json.loads(replayed.stdout)
    assert (told["submissions"], told["rows_before"], told["rows_after"], told["rows_readmitted"]) == (1, 1, 0, 1)
    assert [(one["sheet"], one["rows"], one["admitted_by"]) for one in told["readmitted"]] == [
        ("ACTIVITY", [2], "waiver")
    ]
    assert told["runs"][0] == {"job": "returns", "period": PERIOD}
    assert operation.rows("select count(*) > 0 from core.release") == [(True,)]
    assert dayops("replay", "--rule", "V09").exit_code == 1


def test_a_return_of_people_can_be_replayed(operation: Operation) -> None:
    spoilt = a_row("ATTENDANCE", status="GONE")
    operation.deliver("full", a_return(ATTENDANCE=[spoilt]))
    operation.night()
    operation.deliver("again", {**a_return(), "RETURN": [a_row("RETURN", submission_no="2")]}, hours=1)
    operation.night()
    assert [(row[0], row[3]) for row in trail(operation)] == [("ATTENDANCE", "resubmission")]
    book = (operation.archive.folder / "readmissions.jsonl").read_text()
    assert str(spoilt["person_ref"]) not in book
