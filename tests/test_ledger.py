"""The ledger: each file ends in one state, and which one is current never depends on the order in which files came."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError
from warehouse_makers import (
    HEADER,
    IDENTITY,
    MONTH,
    NOON,
    a_delivery,
    a_hash,
    a_registered_service,
    a_submission,
    a_verdict,
)

from expectations.contract import Severity
from expectations.findings import Finding, Normalisation, Quarantined
from expectations.rules import CONTRACT
from warehouse import ledger


def a_finding(submission_id: int, rule: str = "V03", severity: Severity = Severity.ERROR, row: int = 2) -> Finding:
    return Finding(submission_id, rule, severity, "cell", "blank", "ACTIVITY", row, "leavers", f"L{row}")


def state_of(c: Connection, path: str) -> tuple[str, str]:
    found = text("select state, reason from landing.delivery_state where source_path = :path")
    state, reason = c.execute(found, {"path": path}).one()
    return state, reason


# --- deliveries -------------------------------------------------------------------------------------------------------


def test_bytes_are_new_once(c: Connection) -> None:
    came: dict[str, Any] = {"sha256": a_hash("a"), "received_at": NOON, "size_bytes": 5}
    assert ledger.record_delivery(c, source_path="a.xlsx", **came)
    assert not ledger.record_delivery(c, source_path="a.xlsx", **came)
    assert not ledger.record_delivery(c, source_path="copy of a.xlsx", **came)
    assert c.scalar(text("select count(*) from landing.delivery")) == 2
    assert c.scalar(text("select count(*) from landing.submission")) == 1


@pytest.mark.parametrize("order", [*permutations(((1, "b/one.xlsx"), (0, "c/two.xlsx"), (0, "a/three.xlsx")))])
def test_a_submission_is_received_when_and_as_its_bytes_first_came(
    c: Connection, order: tuple[tuple[int, str], ...]
) -> None:
    for hours, path in order:
        a_delivery(c, path=path, hours=hours)
    [known] = ledger.unidentified(c)
    assert (known.received_at, known.file_name) == (NOON, "three.xlsx")


def test_the_source_is_known_by_what_was_last_seen_at_each_place(c: Connection) -> None:
    for name, hours in (("old", 0), ("new", 1), ("old", 2)):
        a_delivery(c, name, path="return.xlsx", hours=hours)
    assert ledger.known_sources(c) == {"return.xlsx": (1000, NOON + timedelta(hours=2))}


def test_a_file_whose_number_is_taken_by_other_bytes_is_not_lost_in_silence(c: Connection) -> None:
    a_delivery(c)
    twin = a_hash("a")[:15] + "0" * 49
    with pytest.raises(IntegrityError):
        ledger.record_delivery(c, sha256=twin, source_path="twin.xlsx", received_at=NOON, size_bytes=1)


# --- states -----------------------------------------------------------------------------------------------------------


def test_a_delivery_ends_in_exactly_one_state(c: Connection) -> None:
    a_delivery(c, "unread")
    ledger.record_identity(c, a_delivery(c, "read"), replace(IDENTITY, provider_id="DOP00009"))
    refused = a_delivery(c, "unreadable")
    ledger.record_refusal(c, refused, [replace(a_finding(refused, "F01"), says="FILE_DAMAGED")])
    a_submission(c, "first")
    a_submission(c, "second", submission_no=2)
    queried = a_submission(c, "queried", provider_id="DOP00002")
    queries = [a_finding(queried, "V10", Severity.QUERY), a_finding(queried, "V11", Severity.QUERY)]
    header = HEADER | {"provider_id": "DOP00002"}
    ledger.record_verdict(c, a_verdict(queried, state="queried", findings=queries, header=header))
    a_delivery(c, "second", path="second again.xlsx", hours=3)
    ledger.settle_current(c, MONTH)
    states = {path: state_of(c, path) for path in c.scalars(text("select source_path from landing.delivery_state"))}
    assert states == {
        "unread.xlsx": ("received", "not_checked"),
        "read.xlsx": ("received", "not_checked"),
        "unreadable.xlsx": ("refused", "F01:FILE_DAMAGED"),
        "first.xlsx": ("superseded", "replaced_by:2"),
        "second.xlsx": ("accepted", "sound"),
        "second again.xlsx": ("duplicate", "same_bytes:second.xlsx"),
        "queried.xlsx": ("queried", "queries:2"),
    }


def test_a_refused_file_waits_for_nothing_more(c: Connection) -> None:
    ledger.record_refusal(c, a_delivery(c), [])
    assert ledger.unidentified(c) == []
    assert ledger.due_months(c) == []


def test_an_identity_that_cannot_be_understood_is_kept_as_far_as_it_goes(c: Connection) -> None:
    submission_id = a_delivery(c)
    ledger.record_identity(
        c, submission_id, replace(IDENTITY, submission_no="two", nil_return="perhaps", lead_la="Powys")
    )
    [known] = ledger.submissions(c, MONTH)
    assert (known.provider_id, known.submission_no, known.state) == ("DOP00001", None, "read")


# --- verdicts ---------------------------------------------------------------------------------------------------------


def test_a_verdict_takes_the_place_of_the_one_before(c: Connection) -> None:
    submission_id = a_submission(c)
    full = a_verdict(
        submission_id,
        findings=[a_finding(submission_id, row=row) for row in (9, 2)],
        normalisations=[Normalisation("ACTIVITY", 2, "leavers", "1,200", "1200", "thousands")],
        quarantined=[Quarantined("ACTIVITY", 3, {"leavers": "n/a", "service_id": None}, ["V03", "V06"])],
    )
    ledger.record_verdict(c, full)
    ledger.record_verdict(c, full)
    assert ledger.findings_of(c, submission_id) == full.findings
    assert tuple(c.execute(text("select value, became from landing.normalisation")).one()) == ("1,200", "1200")
    kept = c.execute(text("select raw, rules, contract_version from restricted.quarantine")).one()
    assert tuple(kept) == ({"leavers": "n/a", "service_id": None}, ["V03", "V06"], CONTRACT.version)
    ledger.record_verdict(c, a_verdict(submission_id))
    assert ledger.findings_of(c, submission_id) == []
    assert c.scalar(text("select count(*) from landing.normalisation")) == 0
    assert c.scalar(text("select count(*) from restricted.quarantine")) == 0


def test_a_verdict_that_has_not_changed_leaves_its_rows_loaded(c: Connection) -> None:
    submission_id = a_submission(c)
    ledger.mark_loaded(c, submission_id)
    ledger.record_verdict(c, a_verdict(submission_id))
    assert ledger.unloaded(c, MONTH) == []
    ledger.record_verdict(c, a_verdict(submission_id, rows_accepted=2))
    assert [one.submission_id for one in ledger.unloaded(c, MONTH)] == [submission_id]


def test_of_verdicts_that_are_written_together_each_stays_with_its_submission(c: Connection) -> None:
    first, second = a_submission(c, "a"), a_submission(c, "b", provider_id="DOP00002")
    for submission_id in (first, second):
        ledger.mark_loaded(c, submission_id)
    aside = Quarantined("ACTIVITY", 3, {"leavers": "n/a"}, ["V03"])
    verdicts = [
        a_verdict(first, waivers=("w1",)),
        a_verdict(second, findings=[a_finding(second)], quarantined=[aside], waivers=()),
    ]
    ledger.record_verdicts(c, verdicts)
    assert ledger.findings_of(c, first) == []
    assert ledger.findings_of(c, second) == verdicts[1].findings
    assert c.execute(text("select submission_id from restricted.quarantine")).scalars().all() == [second]
    waivers = {one.submission_id: one.waivers for one in ledger.submissions(c, MONTH)}
    assert waivers == {first: ["w1"], second: []}
    assert [one.submission_id for one in ledger.unloaded(c, MONTH)] == [second]


def test_a_value_of_a_sensitive_column_is_never_kept_in_the_open(c: Connection) -> None:
    submission_id = a_submission(c)
    found = Finding(
        submission_id, "V08", Severity.ERROR, "cell", "person_ref_shape", "PEOPLE", 2, "person_ref", "A2", "Ann Lee"
    )
    mended = Normalisation("PEOPLE", 3, "person_ref", "00FF00FF00FF00FF", "00ff00ff00ff00ff", "case")
    ledger.record_verdict(c, a_verdict(submission_id, findings=[found], normalisations=[mended]))
    kept = [*c.execute(text("select value from landing.finding union all select became from landing.normalisation"))]
    assert {value[1:] for (value,) in kept} == {"••••••", "•••••••••••"}


def test_a_character_that_postgres_cannot_keep_is_shown_by_its_symbol(c: Connection) -> None:
    submission_id = a_submission(c)
    quarantined = [Quarantined("ACTIVITY", 3, {"leavers": "1\x00"}, ["F05"])]
    ledger.record_verdict(
        c,
        a_verdict(submission_id, findings=[replace(a_finding(submission_id), value="1\x00")], quarantined=quarantined),
    )
    assert c.scalar(text("select value from landing.finding")) == "1␀"
    assert c.scalar(text("select raw ->> 'leavers' from restricted.quarantine")) == "1␀"


# --- what is current --------------------------------------------------------------------------------------------------

VERSIONS: dict[str, dict[str, Any]] = {
    "number 1, latest": {"submission_no": 1, "hours": 9},
    "number 2, early": {"submission_no": 2, "hours": 1},
    "number 2, late": {"submission_no": 2, "hours": 2},
    "number 2, late, other bytes": {"submission_no": 2, "hours": 2},
}


def test_the_current_version_is_decided_by_number_then_receipt_then_hash_in_every_order(c: Connection) -> None:
    last = max(("number 2, late", "number 2, late, other bytes"), key=a_hash)
    for order in permutations(VERSIONS):
        c.execute(text("truncate landing.submission cascade"))
        for name in order:
            a_submission(c, name, **VERSIONS[name])
            ledger.settle_current(c, MONTH)
        current = [one.file_name for one in ledger.submissions(c, MONTH) if one.is_current]
        assert current == [f"{last}.xlsx"], order


def test_the_next_best_is_current_when_the_current_one_is_refused(c: Connection) -> None:
    first, second = a_submission(c, "1"), a_submission(c, "2", submission_no=2)
    ledger.settle_current(c, MONTH)
    ledger.record_verdict(c, a_verdict(second, state="refused"))
    ledger.settle_current(c, MONTH)
    assert [one.submission_id for one in ledger.submissions(c, MONTH) if one.is_current] == [first]


def test_each_provider_has_a_current_submission_of_its_own(c: Connection) -> None:
    for provider in ("DOP00001", "DOP00002"):
        a_submission(c, provider, provider_id=provider)
    ledger.settle_current(c, MONTH)
    assert [one.provider_id for one in ledger.submissions(c, MONTH) if one.is_current] == ["DOP00001", "DOP00002"]


def test_settling_again_changes_no_row(c: Connection) -> None:
    a_submission(c)
    ledger.settle_current(c, MONTH)
    before = c.scalar(text("select ctid::text from landing.submission"))
    ledger.settle_current(c, MONTH)
    assert c.scalar(text("select ctid::text from landing.submission")) == before


# --- what is due ------------------------------------------------------------------------------------------------------


def test_a_month_is_due_until_all_that_is_sound_is_loaded(c: Connection) -> None:
    for name, month in (("a", "2026-07"), ("b", MONTH)):
        ledger.record_identity(c, a_delivery(c, name), replace(IDENTITY, period=month))
    assert ledger.due_months(c) == [MONTH, "2026-07"]
    submission_id = ledger.submission_id_of(a_hash("b"))
    ledger.record_verdict(c, a_verdict(submission_id))
    assert ledger.due_months(c) == [MONTH, "2026-07"]
    ledger.mark_loaded(c, submission_id)
    assert ledger.due_months(c) == ["2026-07"]


def test_a_month_is_due_again_when_loaded_rows_are_refused(c: Connection) -> None:
    submission_id = a_submission(c)
    ledger.mark_loaded(c, submission_id)
    ledger.record_verdict(c, a_verdict(submission_id, state="refused"))
    assert ledger.due_months(c) == [MONTH]
    assert [one.submission_id for one in ledger.withdrawn(c, MONTH)] == [submission_id]
    ledger.mark_unloaded(c, submission_id)
    assert ledger.due_months(c) == []


def test_a_month_is_due_again_when_a_file_turns_out_to_have_come_earlier(c: Connection) -> None:
    ledger.mark_loaded(c, a_submission(c))
    assert ledger.due_months(c) == []
    a_delivery(c, path="found later.xlsx", hours=-1)
    assert ledger.due_months(c) == [MONTH]


def test_every_month_is_due_under_a_new_contract(c: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.mark_loaded(c, a_submission(c))
    assert ledger.due_months(c) == []
    monkeypatch.setattr(ledger, "contract_version", lambda: "1.1")
    assert ledger.due_months(c) == [MONTH]


def test_the_register_is_replaced_whole(c: Connection) -> None:
    ledger.record_register(c, [a_registered_service(1)])
    assert ledger.record_register(c, [a_registered_service(2)]) == 1
    known = c.execute(text("select service_id, expected_to from landing.registered_service")).one()
    assert tuple(known) == ("DOS000002", None)


def test_a_persons_details_in_free_text_are_masked_wherever_they_would_stand_in_the_open(c: Connection) -> None:
    name = " Mrs Sioned Morgan 943 476 5919 "
    submission_id = a_submission(c, provider_name_en=name.strip(), prepared_by_role="ring Mrs Sioned Morgan")
    mended = Normalisation("SERVICES", 2, "service_name_en", name, name.strip(), "trimmed")
    day = Normalisation("SERVICES", 2, "open_from", "03/08/2026", "2026-08-03", "date")
    ledger.record_verdict(
        c, a_verdict(submission_id, normalisations=[mended, day], header=HEADER | {"provider_name_en": name})
    )
    kept = str(
        c.execute(
            text("select s::text from landing.submission s union all select n::text from landing.normalisation n")
        ).all()
    )
    assert "Sioned" not in kept
    assert "5919" not in kept
    assert "03/08/2026" in kept


# --- failures ---------------------------------------------------------------------------------------------------------


def everything_told(error: BaseException) -> str:
    """What a log may hold of an error: its own words, and those of all that it came from."""
    told, one = "", error
    while one:
        told += f"{one!r} {one} "
        one = one.__cause__ or one.__context__  # type: ignore[assignment]
    return told


def test_a_statement_that_fails_is_told_without_the_row_that_it_was_about(c: Connection) -> None:
    with pytest.raises(IntegrityError) as failure:
        c.execute(
            text("insert into landing.submission (submission_id, file_name) values (1, :name)"), {"name": "Jane Jones"}
        )
    told = everything_told(failure.value)
    assert "Jane" not in told
    assert "NotNullViolation (SQLSTATE 23502) submission" in told


def test_a_value_that_cannot_be_read_is_not_told_either(c: Connection) -> None:
    with pytest.raises(DataError) as failure:
        c.execute(text("select cast(:text as integer)"), {"text": "943 476 5919"})
    assert "943" not in everything_told(failure.value)


def test_what_cannot_be_copied_is_told_without_its_row(c: Connection) -> None:
    submission_id = a_submission(c)
    finding = replace(a_finding(submission_id), level="Jane Jones")  # type: ignore[arg-type]
    with pytest.raises(ledger.LedgerError, match=r"landing\.finding") as failure:
        ledger.record_verdict(c, a_verdict(submission_id, findings=[finding]))
    assert "Jane" not in everything_told(failure.value)
