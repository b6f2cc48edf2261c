"""Retention: rows about people go when their time is over, sums and figures stay, and a rebuild proves equal."""

from datetime import date
from pathlib import Path

import pytest
from operating import Command, Operation, version

from assets.compare import compare
from assets.indicate import indicate
from assets.protect import protect
from assets.reply import reply
from assets.retention import due, restore, retain
from expectations.months import first_day, year_start
from expectations.retention import RetentionError, gone_before, rule
from makers import PERIOD, PROVIDER, Cells, Sheets, a_return, a_row
from warehouse import basis, ledger
from warehouse.connection import connect, migrate

AFTER = date(2029, 4, 2)
"""A day on which September 2026 is over for longer than it is kept: its financial year ended on 31 March 2027."""

PEOPLE = ("restricted.person", "restricted.attendance", "restricted.quarantine")


def full(provider: str = PROVIDER, number: int = 1, **sheets: list[Cells]) -> Sheets:
    said = a_row("RETURN", provider_id=provider, submission_no=str(number))
    return {**a_return(), **sheets, "RETURN": [said]}


def with_figures(operation: Operation) -> None:
    """Do what a night does after loading, as far as a release."""
    compare(operation.engine, operation.store, PERIOD)
    with operation.engine.begin() as c:
        reply(c, operation.settings, PERIOD)
    indicate(operation.engine, operation.settings, PERIOD)
    protect(operation.engine, operation.settings, PERIOD)
    with operation.engine.begin() as c:
        basis.note_released(c, first_day(PERIOD))


@pytest.fixture
def held(operation: Operation) -> Operation:
    """A house with two full returns, one of which has rows put aside and one that was replaced, and a LITE one."""
    operation.deliver("replaced", full())
    aside = [a_row("PEOPLE", person_ref="Gwen Prys"), a_row("PEOPLE", person_ref="f" * 16)]
    operation.deliver("full", full(number=2, PEOPLE=[*a_return()["PEOPLE"], *aside]), hours=1)
    operation.deliver("other", full("DOP00002", ACTIVITY=[a_row("ACTIVITY"), a_row("ACTIVITY", age_band="old")]))
    operation.deliver("lite", version(1, "DOP00003"))
    operation.night()
    with_figures(operation)
    return operation


def sha256(operation: Operation, where: str) -> str:
    [(found,)] = operation.rows(f"select sha256 from landing.submission where {where}")
    return str(found)


def counts(operation: Operation) -> dict[str, int]:
    return {table: len(operation.rows(f"select 1 from {table}")) for table in PEOPLE}


def sums(operation: Operation) -> dict[str, str]:
    return {name: one for name, one in operation.hashes().items() if name.startswith(("core.", "mart_v1."))}


# --- when -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "months", "kept_from"),
    [
        (date(2026, 11, 24), 24, date(2024, 4, 1)),
        (date(2026, 3, 31), 24, date(2023, 4, 1)),
        (date(2026, 4, 1), 24, date(2024, 4, 1)),
        (date(2026, 4, 1), 25, date(2023, 4, 1)),
        (date(2026, 4, 1), 1, date(2025, 4, 1)),
    ],
)
def test_a_financial_year_goes_as_a_whole_so_many_months_after_it(today: date, months: int, kept_from: date) -> None:
    assert gone_before(today, months) == kept_from


def test_a_month_is_in_the_financial_year_that_began_in_april() -> None:
    assert [year_start(date(2026, month, 1)).year for month in (1, 3, 4, 12)] == [2025, 2025, 2026, 2026]


def test_nothing_is_due_before_its_time(held: Operation) -> None:
    before = held.hashes()
    assert due(held.engine, held.settings, date(2029, 3, 31)) == []
    assert retain(held.engine, held.settings, date(2029, 3, 31)) == []
    assert held.hashes() == before


# --- what goes --------------------------------------------------------------------------------------------------------


def test_rows_about_people_and_their_files_go_and_sums_and_figures_stay(held: Operation) -> None:
    kept, before = sums(held), counts(held)
    assert min(before.values()) > 0
    assert list(held.settings.annotated_dir.rglob("*.xlsx"))
    buried = retain(held.engine, held.settings, AFTER)
    assert {(one.provider_id, one.submission_no) for one in buried} == {(PROVIDER, 1), (PROVIDER, 2), ("DOP00002", 1)}
    assert counts(held) == {"restricted.person": 0, "restricted.attendance": 0, "restricted.quarantine": 1}
    assert sums(held) == kept
    lite = sha256(held, "profile = 'LITE'")
    files = [path for path in held.archive.folder.rglob("*") if path.is_file() and path.suffix == ""]
    assert [path.name for path in files] == [lite]
    stored = {path.stem for path in held.store.folder.rglob("*.arrow")}
    assert stored == {lite}
    assert [path for path in held.settings.annotated_dir.rglob("*.xlsx") if lite[:12] not in path.name] == []


def test_a_tombstone_tells_whose_it_was_what_there_was_and_why_it_went(held: Operation) -> None:
    before = counts(held)
    buried = retain(held.engine, held.settings, AFTER)
    assert list(held.archive.tombstones()) == buried
    one = next(one for one in buried if one.submission_no == 2)
    assert (one.provider_id, one.period, one.rule) == (PROVIDER, PERIOD, rule(24))
    assert one.rows["restricted.quarantine"] == 1
    assert {table: sum(each.rows[table] for each in buried) for table in PEOPLE[:2]} == {
        table: before[table] for table in PEOPLE[:2]
    }
    assert {len(digest) for digest in one.rows_sha256.values()} == {64}
    assert held.rows("select count(*) from landing.tombstone") == [(3,)]


def test_where_a_persons_details_were_in_another_sheet_no_more_than_the_service_is_left(operation: Operation) -> None:
    row = a_row("SERVICES", service_name_en="Gwen Prys 01/02/1950")
    operation.deliver("one", full(SERVICES=[row]))
    operation.night()
    with_figures(operation)
    assert "Gwen Prys" in str(operation.rows("select raw from restricted.quarantine where 'V08' = any(rules)"))
    retain(operation.engine, operation.settings, AFTER)
    [(raw,)] = operation.rows("select raw from restricted.quarantine where sheet = 'SERVICES'")
    assert raw == {"service_id": row["service_id"]}


def test_what_was_deleted_is_due_no_more_and_nothing_reads_or_loads_it_again(held: Operation) -> None:
    retain(held.engine, held.settings, AFTER)
    before = held.hashes()
    assert due(held.engine, held.settings, AFTER) == []
    assert held.months() == []
    held.run(PERIOD)
    with_figures(held)
    assert held.hashes() == before


def test_figures_of_a_year_without_its_people_stay_as_they_were(held: Operation) -> None:
    told = held.rows("select * from mart_v1.indicator order by 1, 2, 3, 4, 5, 6, 7")
    retain(held.engine, held.settings, AFTER)
    assert indicate(held.engine, held.settings, PERIOD)[0] == len(told) > 0
    assert held.rows("select * from mart_v1.indicator order by 1, 2, 3, 4, 5, 6, 7") == told


def test_a_file_that_was_deleted_and_comes_again_is_not_kept_again(held: Operation) -> None:
    retain(held.engine, held.settings, AFTER)
    before = counts(held)
    held.deliver("once more", full(), hours=-1)
    held.night()
    assert counts(held) == before
    assert not held.archive.path(sha256(held, "file_name = 'once more.xlsx'")).exists()


def test_a_month_that_waits_for_a_night_keeps_anything_from_going(held: Operation) -> None:
    held.deliver("late", full("DOP00004"))
    held.night()
    with pytest.raises(RetentionError, match="wait for a night"):
        retain(held.engine, held.settings, AFTER)
    assert list(held.archive.tombstones()) == []
    assert counts(held)["restricted.person"] > 0


# --- a rebuild --------------------------------------------------------------------------------------------------------


def rebuilt(operation: Operation, url: str, home: Path) -> Operation:
    other = operation.rebuilt(url, home)
    with_figures(other)
    return other


def test_a_warehouse_rebuilt_after_retention_is_the_same(held: Operation, empty_database: str, tmp_path: Path) -> None:
    retain(held.engine, held.settings, AFTER)
    other = rebuilt(held, empty_database, tmp_path / "other")
    assert other.hashes() == held.hashes()
    told = "select submission_id, rule, deleted_at, rows, rows_sha256, left_sha256 from landing.tombstone order by 1"
    assert other.rows(told) == held.rows(told)
    assert other.months() == []


def test_a_retention_that_was_cut_short_is_ended_by_doing_it_again(
    held: Operation, empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("assets.retention._delete_files", lambda *_: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):  # noqa: PT011 - ours
            retain(held.engine, held.settings, AFTER)
    file = held.archive.path(sha256(held, "submission_no = 2"))
    assert file.exists()
    assert retain(held.engine, held.settings, AFTER) == []
    assert not file.exists()
    assert rebuilt(held, empty_database, tmp_path / "other").hashes() == held.hashes()


def test_what_is_left_and_was_changed_is_not_taken(held: Operation, empty_database: str) -> None:
    [one, *_] = retain(held.engine, held.settings, AFTER)
    file = held.archive.folder / "left" / f"{one.sha256}.json"
    file.write_text(file.read_text().replace("2026", "2025"))
    migrate(empty_database)
    with pytest.raises(RetentionError, match="not as it was"):
        restore(connect(empty_database), held.archive)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_shows_first_and_deletes_when_told_to(held: Operation, dayops: Command) -> None:
    assert "0 returns are due" in dayops("warehouse", "retain").output
    held.today = AFTER
    before = held.hashes()
    shown = dayops("warehouse", "retain")
    assert shown.exit_code == 0, shown.output
    assert f"{PROVIDER} {PERIOD} 2: " in shown.output
    assert "3 returns are due to be cut down" in shown.output
    assert held.hashes() == before
    done = dayops("warehouse", "retain", "--yes")
    assert done.exit_code == 0, done.output
    assert "3 returns are cut down" in done.output
    with held.engine.begin() as c:
        assert len([one for one in ledger.submissions(c, PERIOD) if one.abridged_at]) == 3
