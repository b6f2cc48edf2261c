"""Waivers: what breaks a waived rule is loaded as a note for as long as the waiver holds, whatever came first."""

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from operating import NOON, Command, Operation, a_waiver, an_end, version
from sqlalchemy import Connection, text

from assets.check import Numbered, judge, number
from expectations.contract import (
    Between,
    Listed,
    Matches,
    NameAgrees,
    NotListed,
    Present,
    Severity,
    Unique,
    WholeNumber,
    Written,
)
from expectations.decisions import Decision, decision_of, entry_of, may_be_waived, waived, waived_rules
from expectations.findings import Finding
from expectations.rules import CONTRACT
from expectations.wording import LANGUAGES, say
from makers import PERIOD, Cells, a_return, a_row, stored
from warehouse import decisions, ledger, release
from warehouse.columns import is_nullable

CROWDED = a_row("ACTIVITY", people_attended="11")
"""A row that breaks V09 and nothing else."""


def findings(operation: Operation) -> list[tuple[object, ...]]:
    return operation.rows("select rule_id, severity, waiver_id from landing.finding order by rule_id, severity")


def activity(operation: Operation) -> list[tuple[object, ...]]:
    return operation.rows("select people_attended from core.activity")


# --- what may be waived -----------------------------------------------------------------------------------------------


def test_a_waived_reason_for_change_is_told_and_does_not_stand_in_the_way_of_the_next_number() -> None:
    late = [Numbered(number, number, NOON, str(number), False, changes_final=True) for number in (1, 2)]
    excused = [late[0], late[1]._replace(is_excused=True), Numbered(3, 2, NOON, "3", False)]
    assert [(one.submission_id, one.says) for one in number(late)] == [(2, "reason_for_change_missing")]
    assert [(one.submission_id, one.says) for one in number(excused)] == [
        (2, "reason_for_change_missing"),
        (3, "number_repeated"),
    ]


def test_what_is_found_between_returns_is_waived_by_what_a_return_was_judged_under(operation: Operation) -> None:
    operation.deliver("a", version(1))
    waiver = a_waiver("V25", provider_id="DOP00001")
    operation.decide(waiver)
    operation.deliver("b", version(1, "DOP00002"))
    operation.night()
    with operation.engine.begin() as c:
        rules = decisions.waived_in_month(c, PERIOD)
        [one] = [one for one in ledger.submissions(c, PERIOD) if one.provider_id == "DOP00001"]
    assert rules == {one.submission_id: {"V25": waiver.decision_id}}


def test_rules_of_form_are_not_waivable_and_those_between_cells_are() -> None:
    waivable = {rule.id for rule in CONTRACT.rules if may_be_waived(CONTRACT, rule.id)}
    assert waivable >= {f"V{number:02}" for number in range(9, 21)}
    assert not waivable & {"F01", "F02", "F03", "F04", "F05", *(f"V{number:02}" for number in range(1, 9))}


def test_no_waivable_rule_asks_what_the_tables_insist_on() -> None:
    insisted_on = (Written, Listed, NotListed, Matches, WholeNumber, Between, Unique, NameAgrees)
    for check in CONTRACT.checks:
        if may_be_waived(CONTRACT, check.rule):
            assert not isinstance(check, insisted_on), check.code
            assert not isinstance(check, Present) or is_nullable(CONTRACT.sheet(check.sheet).column(check.column))


def test_a_decision_is_written_down_and_read_back_whole() -> None:
    waiver = a_waiver(provider_id="DOP00001")
    for decision in (waiver, an_end(waiver)):
        assert decision_of(json.loads(json.dumps(entry_of(decision)))) == decision


def test_a_waiver_is_named_by_what_it_says() -> None:
    assert a_waiver() == a_waiver()
    assert a_waiver().decision_id.startswith("W-")
    assert a_waiver("V09").decision_id != a_waiver("V10").decision_id
    assert a_waiver().same_as(replace(a_waiver(), decision_id="W-other"))
    assert not a_waiver().same_as(a_waiver(reason="another"))


@pytest.mark.parametrize(
    ("provider", "period", "is_covered"),
    [
        ("DOP00001", "2026-09", True),
        ("DOP00001", "2026-08", True),
        ("DOP00001", "2026-10", False),
        ("DOP00002", "2026-09", False),
        (None, "2026-09", False),
    ],
)
def test_a_waiver_covers_its_provider_and_its_months(provider: str | None, period: str, is_covered: bool) -> None:
    waiver = a_waiver(provider_id="DOP00001", period_from="2026-08", period_to="2026-09")
    assert waiver.covers(provider, period) is is_covered
    assert bool(waived_rules([waiver], provider, period)) is is_covered


def test_of_two_waivers_of_a_rule_the_same_one_is_named_whatever_their_order() -> None:
    both = [a_waiver(reason="one"), a_waiver(reason="two")]
    assert waived_rules(both, None, "2026-09") == waived_rules(both[::-1], None, "2026-09")


# --- what a waiver does -----------------------------------------------------------------------------------------------


def a_finding(rule: str = "V09", severity: Severity = Severity.ERROR) -> Finding:
    says = "more_attended_than_enrolled"
    return Finding(1, rule, severity, "row", says, "ACTIVITY", 2, "people_attended", "F2", "11", "10")


@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.QUERY])
def test_a_waived_finding_is_a_note_that_names_the_waiver_and_keeps_its_name(severity: Severity) -> None:
    before = a_finding(severity=severity)
    after = waived(before, {"V09": "W-1"})
    assert (after.severity, after.waiver, after.finding_id) == (Severity.NOTE, "W-1", before.finding_id)
    assert waived(before, {"V10": "W-1"}) == before


def test_the_provider_is_told_of_the_waiver_in_both_languages() -> None:
    for language in LANGUAGES:
        plain, told = (say(CONTRACT, one, language)[0] for one in (a_finding(), waived(a_finding(), {"V09": "W-1"})))
        assert told.startswith(plain)
        assert "W-1" in told.removeprefix(plain)


def test_a_waived_row_is_accepted_and_another_error_in_it_still_refuses_it() -> None:
    sheets = a_return(ACTIVITY=[CROWDED, a_row("ACTIVITY", age_band="25-44", people_attended="11", sessions_dna="x")])
    judged = judge(CONTRACT, PERIOD, {1: stored(sheets)}, date(2026, 10, 20), waived_rules={1: {"V09": "W-1"}})[1]
    assert [(row.row, row.rules) for row in judged.quarantined] == [(3, ["V03"])]
    assert judged.sheets["ACTIVITY"].table["people_attended"].to_pylist() == [11]
    assert {(one.rule, one.row, str(one.severity)) for one in judged.findings} == {
        ("V09", 2, "note"),
        ("V09", 3, "note"),
        ("V03", 3, "error"),
    }


def test_a_waiver_is_for_the_submissions_that_it_covers_alone() -> None:
    both = {number: stored(a_return(ACTIVITY=[CROWDED])) for number in (1, 2)}
    judged = judge(CONTRACT, PERIOD, both, date(2026, 10, 20), waived_rules={2: {"V09": "W-1"}})
    assert {number: len(one.quarantined) for number, one in judged.items()} == {1: 1, 2: 0}


@pytest.mark.parametrize(
    ("rule", "service"),
    [
        ("V19", a_row("SERVICES", closed_on="2026-09-30", closure_reason=None)),
        ("V12", a_row("SERVICES", open_sessions_planned="5", open_sessions_held="5")),
    ],
)
def test_rows_about_a_service_that_is_let_stand_are_not_refused_with_it(rule: str, service: Cells) -> None:
    sent = {1: stored(a_return(SERVICES=[service]))}
    refused = judge(CONTRACT, PERIOD, sent, date(2026, 10, 20))[1]
    assert {row.sheet for row in refused.quarantined} >= {"SERVICES", "ACTIVITY", "FINANCE"}
    let_stand = judge(CONTRACT, PERIOD, sent, date(2026, 10, 20), waived_rules={1: {rule: "W-1"}})[1]
    assert let_stand.quarantined == []


def test_a_rule_of_the_whole_return_can_be_waived() -> None:
    nil = a_return(RETURN=[a_row("RETURN", nil_return="TRUE", nil_reason="NO_CLIENTS")])
    for rules, state in ({}, "refused"), ({"V19": "W-1"}, "accepted"):
        assert judge(CONTRACT, PERIOD, {1: stored(nil)}, date(2026, 10, 20), waived_rules={1: rules})[1].state == state


# --- in the house -----------------------------------------------------------------------------------------------------


def test_a_granted_waiver_has_its_submissions_judged_again_and_no_others(operation: Operation) -> None:
    operation.deliver("a", version(1, ACTIVITY=[CROWDED]))
    operation.deliver("b", version(1, "DOP00002", ACTIVITY=[CROWDED]))
    operation.night()
    assert activity(operation) == []
    waiver = a_waiver(provider_id="DOP00001")
    operation.decide(waiver)
    before = operation.rows("select verdict_sha256 from landing.submission where provider_id = 'DOP00002'")
    assert operation.night() == [PERIOD]
    assert activity(operation) == [(11,)]
    assert findings(operation) == [("V09", "error", None), ("V09", "note", waiver.decision_id)]
    assert operation.rows("select verdict_sha256 from landing.submission where provider_id = 'DOP00002'") == before
    assert operation.night() == []


def test_a_waiver_that_is_revoked_or_expires_refuses_again(operation: Operation) -> None:
    operation.deliver("a", version(1, ACTIVITY=[CROWDED]))
    waiver = a_waiver()
    operation.decide(waiver)
    operation.night()
    operation.today = waiver.expires_on
    assert (operation.night(), activity(operation)) == ([], [(11,)])
    operation.today = date(2027, 1, 1)
    assert (operation.night(), activity(operation)) == ([PERIOD], [])
    operation.today = date(2026, 12, 1)
    assert (operation.night(), activity(operation)) == ([PERIOD], [(11,)])
    operation.decide(an_end(waiver))
    assert (operation.night(), activity(operation)) == ([PERIOD], [])
    assert operation.night() == []


def test_a_waiver_that_makes_no_difference_does_not_load_anything_again(operation: Operation) -> None:
    operation.deliver("a", version(1))
    operation.night()
    before = operation.rows("select xmin::text from core.activity")
    operation.decide(a_waiver())
    assert operation.night() == [PERIOD]
    assert operation.rows("select xmin::text from core.activity") == before
    assert operation.night() == []


def test_a_file_that_was_refused_unread_is_not_due_for_a_waiver(operation: Operation) -> None:
    sheets = version(1)
    del sheets["FINANCE"]
    operation.deliver("a", sheets)
    operation.night()
    operation.decide(a_waiver())
    assert operation.rows("select state, waivers from landing.submission") == [("refused", None)]
    assert operation.night() == []


def test_the_state_is_the_same_in_whatever_order_returns_and_decisions_came(
    operation: Operation, empty_database: str, tmp_path: Path
) -> None:
    operation.deliver("a", version(1, ACTIVITY=[CROWDED]))
    operation.deliver("b", version(2, ACTIVITY=[CROWDED]), hours=1)
    operation.decide(a_waiver())
    operation.decide(an_end(other := a_waiver("V10")))
    operation.night()
    operation.decide(other)
    operation.night()
    rebuilt = operation.rebuilt(empty_database, tmp_path / "other")
    assert rebuilt.hashes() == operation.hashes()
    assert rebuilt.rows("select * from landing.waiver order by waiver_id") == operation.rows(
        "select * from landing.waiver order by waiver_id"
    )
    assert findings(rebuilt) == findings(operation) != []


def test_noting_decisions_in_any_order_and_twice_comes_to_the_same(c: Connection) -> None:
    waiver = a_waiver()
    book: list[Decision] = [waiver, a_waiver("V10"), an_end(waiver, hours=2), an_end(waiver, hours=1)]
    revoked = set()
    for order in permutations(range(4)):
        c.execute(text("truncate landing.waiver"))
        for one in order:
            decisions.note(c, [book[one], *book[:2]])
        revoked |= {tuple(row) for row in c.execute(text("select rule_id, revoked_at from landing.waiver"))}
    assert revoked == {("V09", waiver.decided_at + timedelta(hours=1)), ("V10", None)}


def test_the_release_lists_the_waivers_that_its_returns_were_judged_under(operation: Operation, tmp_path: Path) -> None:
    operation.deliver("a", version(1, ACTIVITY=[CROWDED]))
    waiver = a_waiver()
    operation.decide(waiver)
    operation.decide(a_waiver(period_from="2026-10", period_to="2026-10"))
    operation.night()
    with operation.engine.begin() as c:
        listed = release._quality(c, date(2026, 9, 1))["waivers"]
    assert [(one["waiver_id"], one["rule_id"], one["findings"]) for one in listed] == [(waiver.decision_id, "V09", 1)]
    assert listed[0]["rule_en"] == CONTRACT.rule("V09").sentence
    assert listed[0]["rule_cy"]


# --- the command ------------------------------------------------------------------------------------------------------


GRANT = (
    "waive",
    "V09",
    "--from",
    "2026-09",
    "--to",
    "2026-10",
    "--reason",
    "shared hall",
    "--by",
    "Head of collection",
)
UNTIL = ("--expires", "2026-12-31")


def test_a_waiver_is_granted_once_listed_and_revoked_once(dayops: Command, operation: Operation) -> None:
    granted = json.loads(dayops(*GRANT, *UNTIL, "--json").output)
    assert granted["is_new"]
    assert not json.loads(dayops(*GRANT, *UNTIL, "--json").output)["is_new"]
    [listed] = json.loads(dayops("waive", "--list", "--json").output)
    assert (listed["waiver_id"], listed["state"]) == (granted["waiver_id"], "in force")
    revoke = ("waive", "--revoke", granted["waiver_id"], "--reason", "over", "--by", "Head of collection")
    assert "is revoked: 0 submissions" in dayops(*revoke).output
    assert "is revoked already" in dayops(*revoke).output
    assert json.loads(dayops("waive", "--list", "--json").output)[0]["state"] == "revoked"
    assert len(list(operation.archive.decisions())) == 2
    assert "Head of" in dayops("waive", "--list").output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("waive",), 2, "Name a RULE to waive"),
        (("waive", "V99"), 2, "there is no rule 'V99'"),
        (GRANT, 2, "--expires must be given"),
        ((*GRANT, "--expires", "2026-10-19"), 2, "is past"),
        ((*GRANT, *UNTIL, "--to", "2026-08"), 2, "is before --from"),
        ((*GRANT, *UNTIL, "--reason", "Mrs M. Jones is ill"), 2, "would name a person"),
        (("waive", "V03", *GRANT[2:], *UNTIL), 1, "V03 cannot be waived"),
        (("waive", "V30", *GRANT[2:], *UNTIL), 1, "V30 only records"),
        (("waive", "--revoke", "W-0", "--reason", "x", "--by", "y"), 1, "There is no waiver W-0"),
    ],
)
def test_a_waiver_that_cannot_be_granted_is_refused_in_words(
    dayops: Command, operation: Operation, words: tuple[str, ...], code: int, said: str
) -> None:
    refused = dayops(*words)
    assert (refused.exit_code, said in " ".join(refused.output.split())) == (code, True), refused.output
    assert list(operation.archive.decisions()) == []
