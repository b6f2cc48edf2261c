"""The made-up returns: the same each time, sound where nothing was planted, and spoiled exactly where the key says."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from dayops_pipeline.checking import check_returns, gather
from dayops_pipeline.cli.sample import sample as command
from dayops_pipeline.sample.baseline import baseline
from dayops_pipeline.sample.books import Row
from dayops_pipeline.sample.file_faults import FILE_FAULTS, Parcel, spoil_file
from dayops_pipeline.sample.folder import Answer, Order, prepared, register, write_sample
from dayops_pipeline.sample.hand import SUFFIXES, hand_of, page
from dayops_pipeline.sample.holds import broken
from dayops_pipeline.sample.mending import mended
from dayops_pipeline.sample.nation import adults, nation, shares
from dayops_pipeline.sample.planting import Planter
from dayops_pipeline.sample.returns import Posting, Return, postings, written_up
from dayops_pipeline.sample.spoiling import NOT_CODES, NOT_DAYS, NOT_FIGURES, NOT_REFERENCES, PERSONAL, spoiled
from expectations.calendar import bank_holidays, final_from, working_day
from expectations.contract import Amount, Count, Day, Flag, Joined, Kind, NotMore, Pattern, Profile, RowCheck
from expectations.joins import join
from expectations.months import first_day, last_day, months_between
from expectations.reference import folded, former_authorities
from expectations.rules import CONTRACT
from expectations.wording import cy, header_aliases, sheet_aliases
from expectations.written import normalised
from resources.settings import Settings

DATA = Path(__file__).parent / "data" / "sample"
COMMITTED = Order(providers=7, months=("2026-09",), seed=116, faults=0.1, has_baseline=False)
"""The order behind tests/data/sample: `dayops sample tests/data/sample --providers 7 --months 2026-09 --seed 116
--faults 0.1 --no-baseline`."""

MONTHS = ("2026-08", "2026-09")
SHEETS = {sheet.name: sheet for sheet in CONTRACT.sheets}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(prepared(COMMITTED), folder)
    return folder


@pytest.fixture(scope="module")
def sound() -> list[Return]:
    """Every return of thirty providers, before anybody makes a mistake."""
    providers = nation(1, 30, MONTHS)
    return [written_up(1, posting) for posting in postings(1, providers, MONTHS)]


# --- the same each time -----------------------------------------------------------------------------------------------


def test_the_same_order_gives_the_same_bytes_at_the_same_times(fresh: Path, tmp_path: Path) -> None:
    write_sample(prepared(COMMITTED), tmp_path)
    assert _bytes(tmp_path) == _bytes(fresh)
    assert _times(tmp_path) == _times(fresh)


def test_another_seed_gives_other_returns(fresh: Path, tmp_path: Path) -> None:
    write_sample(prepared(replace(COMMITTED, seed=117)), tmp_path)
    assert _bytes(tmp_path) != _bytes(fresh)


def test_the_committed_sample_is_what_is_made_today(fresh: Path) -> None:
    assert _unpacked(DATA) == _unpacked(fresh)


def test_the_committed_sample_is_small_and_has_every_format_and_both_languages() -> None:
    files = sorted(DATA.iterdir())
    assert sum(file.stat().st_size for file in files) < 300_000
    assert {file.suffix for file in files} >= {".xlsx", ".zip", ".ods"}
    titles = {title for file in files if file.suffix not in {".csv", ".json"} for title in _opened(file)}
    assert titles >= {"SERVICES", cy("sheet.SERVICES.name")}


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _times(folder: Path) -> dict[str, int]:
    made = {"register.csv", "faults.json"}
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.name not in made}


def _unpacked(folder: Path) -> dict[str, object]:
    """What the files hold: how a zip is packed may differ from one machine to the next."""
    found: dict[str, object] = {}
    for path in folder.iterdir():
        data = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found[path.name] = {name: archive.read(name) for name in archive.namelist()}
        else:
            found[path.name] = data
    return found


# --- the nation -------------------------------------------------------------------------------------------------------


def test_providers_are_spread_by_population_and_every_authority_has_one() -> None:
    given, people = shares(220), adults()
    assert sum(given.values()) == 220
    assert min(shares(22).values()) == 1
    for code, count in given.items():
        assert count == pytest.approx(220 * people[code] / sum(people.values()), abs=1)


def test_five_providers_go_to_the_largest_authorities() -> None:
    given = shares(5)
    assert sum(given.values()) == 5
    assert given["W06000015"] == 1


def test_silent_providers_are_on_the_register_and_send_nothing() -> None:
    providers = nation(1, 60, MONTHS)
    silent = {one.provider_id for one in providers if one.is_silent}
    assert len(silent) == 2
    assert silent <= {row["provider_id"] for row in csv.DictReader(io.StringIO(register(providers)))}
    assert not silent & {one.provider.provider_id for one in postings(1, providers, MONTHS)}


def test_no_number_of_a_provider_or_service_is_given_twice() -> None:
    providers = nation(3, 200, MONTHS)
    services = [service.service_id for provider in providers for service in provider.services]
    assert len({one.provider_id for one in providers}) == len(providers)
    assert len(set(services)) == len(services)


def test_a_correction_has_the_next_number_comes_later_and_says_something_else(sound: list[Return]) -> None:
    full = [told for told in sound if told.posting.profile is Profile.FULL]
    second = next(told for told in full if told.posting.submission_no == 2)
    first = next(told for told in full if _which(told.posting) == (*_which(second.posting)[:2], 1))
    assert second.posting.sent_at > first.posting.sent_at
    assert second.sheets["FINANCE"] != first.sheets["FINANCE"]
    assert second.sheets["ATTENDANCE"] == first.sheets["ATTENDANCE"]


def _which(posting: Posting) -> tuple[str, str, int]:
    return posting.provider.provider_id, posting.period, posting.submission_no


# --- sound returns ----------------------------------------------------------------------------------------------------


def test_no_row_of_a_sound_return_breaks_a_check(sound: list[Return]) -> None:
    told = [*sound, *baseline(1, nation(1, 30, MONTHS), MONTHS)]
    found = [check.code for one in told for check in _broken_rows(one)]
    assert found == []


def _broken_rows(told: Return) -> Iterator[RowCheck]:
    for sheet, rows in told.sheets.items():
        for row in rows:
            yield from broken(sheet, row, told.posting.period)


def test_no_key_stands_twice_in_a_sound_return(sound: list[Return]) -> None:
    for told in sound:
        for sheet, rows in told.sheets.items():
            keys = Counter(tuple(row[name] for name in SHEETS[sheet].key) for row in rows)
            assert max(keys.values(), default=1) == 1, (told.posting, sheet)


def test_a_sound_return_holds_the_sheets_of_its_profile_and_month(sound: list[Return]) -> None:
    for told in sound:
        expected = CONTRACT.expected_sheets(told.posting.profile, told.posting.period)
        assert list(told.sheets) == [sheet.name for sheet in expected]
    assert {told.posting.profile for told in sound} == {Profile.FULL, Profile.LITE}


def test_activity_is_people_and_attendance_added_up(sound: list[Return]) -> None:
    full = [told for told in sound if told.posting.profile is Profile.FULL]
    assert full
    for told in full:
        said = {_cell(row): _figures(row) for row in told.sheets["ACTIVITY"]}
        assert said == _recounted(told)


FIGURES = ("people_attended", "sessions_planned", "sessions_attended", "sessions_dna", "hours_delivered")


def _cell(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in SHEETS["ACTIVITY"].key)


def _figures(row: Row) -> list[float]:
    return [float(str(row[name])) for name in (*FIGURES, "people_enrolled", "new_starters", "leavers")]


def _recounted(told: Return) -> dict[tuple[object, ...], list[float]]:
    period = told.posting.period
    cells = {(row["person_ref"], row["service_id"]): _cell(row) for row in told.sheets["PEOPLE"]}
    count: dict[tuple[object, ...], list[float]] = {cell: [0.0] * 8 for cell in cells.values()}
    came = set()
    for row in told.sheets["ATTENDANCE"]:
        who = row["person_ref"], row["service_id"]
        is_there = row["status"] == "ATT"
        came |= {who} if is_there else set()
        figures = count[cells[who]]
        for place, more in enumerate((1, is_there, row["status"] in {"DNA", "CXL_PERSON"}, row["hours"] or 0), 1):
            figures[place] += float(str(more + 0))  # type: ignore[operator]
    for row in told.sheets["PEOPLE"]:
        figures = count[cells[row["person_ref"], row["service_id"]]]
        figures[0] += (row["person_ref"], row["service_id"]) in came
        for place, is_counted in enumerate(_movement(row, period), 5):
            figures[place] += is_counted
    return count


def _movement(row: Row, period: str) -> tuple[bool, bool, bool]:
    start, end = row["start_date"], row["end_date"]
    assert isinstance(start, date)
    has_left = isinstance(end, date) and end <= last_day(period)
    return not has_left, start >= first_day(period), has_left


def test_every_service_that_is_reported_on_is_on_the_services_sheet(sound: list[Return]) -> None:
    for told in sound:
        known = {row["service_id"] for row in told.sheets["SERVICES"]}
        for sheet, rows in told.sheets.items():
            assert {row.get("service_id") for row in rows} - {None} <= known, sheet


def test_nobody_attends_more_than_the_places_allow(sound: list[Return]) -> None:
    for told in sound:
        came: Counter[object] = Counter()
        for row in told.sheets["ACTIVITY"]:
            came[row["service_id"]] += int(str(row["sessions_attended"]))
        for row in told.sheets["SERVICES"]:
            if row["places_per_session"] is not None:
                room = int(str(row["places_per_session"])) * int(str(row["open_sessions_held"]))
                assert came[row["service_id"]] <= room


def test_powys_has_two_people_in_five_of_its_baseline_and_wales_about_seven_in_ten() -> None:
    providers = nation(1, 150, ("2026-10",))
    now, then = Counter[object](), Counter[object]()
    for posting in postings(1, providers, ("2026-10",)):
        if posting.submission_no == posting.of:
            _add_people(now, written_up(1, posting))
    for told in baseline(1, providers, ("2026-10",)):
        if told.posting.period == "2019-10":
            _add_people(then, told)
    assert now["W06000023"] / then["W06000023"] == pytest.approx(0.38, abs=0.05)
    assert sum(now[code] for code in then) / then.total() == pytest.approx(0.7, abs=0.05)


def _add_people(count: Counter[object], told: Return) -> None:
    for row in told.sheets["ACTIVITY"]:
        count[row["commissioning_la"]] += int(str(row["people_attended"]))


# --- planted faults ---------------------------------------------------------------------------------------------------


def test_each_fault_stands_at_the_cell_that_the_key_names(fresh: Path) -> None:
    answers = [one for one in _key(fresh) if one["refuses"] != "file"]
    assert len(answers) > 50
    for answer in answers:
        cells = _cells(fresh / str(answer["file"]))[str(answer["sheet"])]
        assert _at(cells, answer) == answer["value"], answer


WRONG: dict[str, tuple[str | None, ...]] = {
    "blank": (None,),
    "blank_when": (None,),
    "reason_missing": (None,),
    "not_number": NOT_FIGURES,
    "not_date": NOT_DAYS,
    "not_in_list": NOT_CODES,
    "not_authority": ("W06000099",),
    "old_authority": tuple(former_authorities()),
    "person_ref_shape": NOT_REFERENCES,
    "personal_detail": PERSONAL,
}


def test_what_stands_there_is_what_the_key_says_is_wrong(fresh: Path) -> None:
    seen = Counter[str]()
    for answer in _key(fresh):
        if answer["kind"] in WRONG:
            assert answer["value"] in WRONG[str(answer["kind"])], answer
            seen[str(answer["kind"])] += 1
    assert len(seen) >= 7


def test_rows_that_stand_twice_share_their_key_and_are_both_named(fresh: Path) -> None:
    twice: dict[tuple[object, object], list[Answer]] = {}
    for answer in _key(fresh):
        if answer["kind"] == "row_twice":
            twice.setdefault((answer["file"], answer["sheet"]), []).append(answer)
    assert twice
    for (file, sheet), answers in twice.items():
        cells = _cells(fresh / str(file))[str(sheet)]
        places = [{**one, "column": name} for one in answers for name in SHEETS[str(sheet)].key]
        kinds = {name: SHEETS[str(sheet)].column(name).kind for name in SHEETS[str(sheet)].key}
        keys = [(text := _at(cells, place)) and normalised(kinds[str(place["column"])], text) for place in places]
        half = len(SHEETS[str(sheet)].key)
        assert (len(answers), keys[:half]) == (2, keys[half:])


def test_putting_back_what_the_key_says_gives_the_sound_return(fresh: Path, tmp_path: Path) -> None:
    write_sample(prepared(replace(COMMITTED, faults=0)), tmp_path)
    compared, answers = 0, [one for one in _key(fresh) if one["kind"] != "nil_reason_missing"]
    for file in {one["file"] for one in answers if one["refuses"] != "file"}:
        of_file = [one for one in answers if one["file"] == file]
        assert all(one["was"] for one in of_file)
        assert _trimmed(mended(CONTRACT, _opened(fresh / file), of_file)) == _trimmed(_opened(tmp_path / file))
        compared += 1
    assert compared > 4


def test_no_row_has_two_faults_that_do_not_follow_from_each_other(fresh: Path) -> None:
    places = Counter(
        (one["file"], one["sheet"], one["row"])
        for one in _key(fresh)
        if one["refuses"] != "file" and not one["consequence_of"]
    )
    assert max(places.values()) == 1


def test_every_rule_of_rows_is_broken_somewhere() -> None:
    months = ("2026-09",)
    planter, planted = Planter(0.05), set()
    for turn, posting in enumerate(postings(2, nation(2, 60, months), months)):
        planted |= {one.check.rule for one in planter.plant(written_up(2, posting), Random(turn))}  # noqa: S311
    assert planted == {f"V{number:02d}" for number in (*range(3, 24), 28, 29)}


def test_every_rule_of_files_is_broken_somewhere() -> None:
    sample = prepared(Order(providers=40, months=("2026-09",), faults=0.5, has_baseline=False))
    answers = [one for file in sample.files() for one in file.answers if one["check"] is None]
    assert {one["rule"] for one in answers} == {"F01", "F02", "F03", "F04", "F05", "V01", "V02"}
    assert {one["kind"] for one in answers} >= {"sheet_missing", "header_twice", "number_repeated", "number_skipped"}


def _planted_between(providers: int, months: tuple[str, ...], seed: int, faults: float) -> set[str]:
    """The rules between returns that are broken in a sample."""
    sample = prepared(Order(providers, months, seed, faults, has_baseline=False))
    answers = [one for file in sample.files() for one in file.answers]
    return {str(one["rule"]) for one in answers if one["rule"] >= "V24" and one["rule"] not in {"V28", "V29"}}


def test_figures_unlike_those_of_half_a_year_are_planted_where_there_is_half_a_year() -> None:
    assert "V33" in _planted_between(8, months_between("2026-03", "2026-09"), seed=1, faults=0.005)
    assert "V33" not in _planted_between(8, months_between("2026-05", "2026-09"), seed=1, faults=0.005)


def test_figures_of_another_provider_are_sent_where_none_of_the_month_before_stand() -> None:
    assert "V32" in _planted_between(20, ("2026-09",), seed=2, faults=0.045)


def test_final_figures_are_changed_without_a_reason_under_the_next_number() -> None:
    sample = prepared(Order(providers=1, months=("2026-09",), faults=0.02))
    files = [file for file in sample.files() if any(one["rule"] == "V27" for one in file.answers)]
    assert [file.posting.submission_no for file in files] == [2, 2]
    assert {file.posting.profile for file in files} == {Profile.BASELINE}
    assert sample.baseline_count == 22 * 11 + 2


def test_a_correction_of_final_figures_says_why() -> None:
    months = ("2026-02", "2026-03")
    sent = [written_up(1, one) for one in postings(1, nation(1, 120, months), months) if one.submission_no == 2]
    late = {told.sheets["RETURN"][0]["reason_for_change"] for told in sent if _comes_when_final(told.posting)}
    soon = {told.sheets["RETURN"][0]["reason_for_change"] for told in sent if not _comes_when_final(told.posting)}
    assert late
    assert None not in late
    assert soon == {None}


def _comes_when_final(posting: Posting) -> bool:
    return posting.sent_at.date() >= final_from(posting.period)


@pytest.mark.parametrize(
    ("says", "format_"),
    [
        ("SHEET_TOO_LARGE", "xlsx"),
        ("SHEET_TOO_LARGE", "csv"),
        ("SHEET_TOO_LARGE", "ods"),
        ("CELL_EXCEL_ERROR", "xlsx"),
        ("CELL_EXCEL_ERROR", "ods"),
        ("ROW_FIELD_COUNT", "csv"),
    ],
)
def test_a_file_with_such_a_fault_is_found_to_have_it_and_nothing_else(tmp_path: Path, says: str, format_: str) -> None:
    posting = next(one for one in postings(1, nation(1, 5, MONTHS), MONTHS) if one.of == 1)
    told, hand = written_up(1, posting), replace(hand_of(1, "DOP00001", [format_]), headers="label")
    pages = [page(hand, SHEETS[name], rows) for name, rows in told.sheets.items()]
    parcel = Parcel(posting, hand, f"return{SUFFIXES[format_]}", pages)
    [place] = spoil_file(next(one for one in FILE_FAULTS if one.says == says), parcel, Random(1))  # noqa: S311
    (tmp_path / parcel.name).write_bytes(parcel.data)
    found = _checked(tmp_path, tmp_path / parcel.name)
    assert found == [(place.rule, place.says, place.sheet, place.row, place.column)]


def _checked(folder: Path, file: Path) -> list[tuple[object, ...]]:
    [told] = check_returns(gather([file], folder), Settings(home=folder), folder, lambda: None)
    return [(one.rule, one.says, one.sheet, one.row, one.column) for one in told.document.findings]


def test_a_planted_join_is_found_by_its_query_and_a_sound_month_by_none(sound: list[Return]) -> None:
    september = [told for told in sound if told.posting.period == "2026-09"]
    assert sum(_joined(september).values()) == 0
    planter, planted = Planter(0.1), Counter[str]()
    for turn, told in enumerate(september):
        faults = planter.plant(told, Random(turn))  # noqa: S311
        planted.update(one.check.code for one in faults if isinstance(one.check, Joined) and not one.check.is_late)
    assert planted
    found = _joined(september)
    assert {code: found[code] for code in planted} == planted


def _joined(returns: list[Return]) -> Counter[str]:
    """Ask the queries over the rows as they are meant, without reading a file."""
    import pyarrow as pa

    tables = {
        sheet.name: pa.Table.from_pylist(
            [
                {
                    "submission_id": number,
                    "_row": at,
                    "_is_refused": bool(_errors(sheet.name, row, told)),
                    "_is_stray": False,
                    **{column.name: _meant(column.kind, row.get(column.name)) for column in sheet.columns},
                }
                for number, told in enumerate(returns)
                for at, row in enumerate(told.sheets.get(sheet.name, []), 2)
            ]
        )
        for sheet in CONTRACT.sheets
    }
    broke = join(CONTRACT, tables, "2026-09", CONTRACT.joins(is_late=False))
    return Counter({code: len(rows) for code, rows in broke.items() if rows})


def _errors(sheet: str, row: Row, told: Return) -> list[RowCheck]:
    found = broken(sheet, row, told.posting.period)
    return [check for check in found if str(check.severity) == "error"]


def _meant(kind: Kind, value: object) -> object:
    """What a cell means, None where a text stands in place of a figure, a date, a flag or a number of its own."""
    match kind:
        case Count() | Amount():
            return float(value) if isinstance(value, int | float) else None
        case Day():
            return value if isinstance(value, date) else None
        case Flag():
            return value if isinstance(value, bool) else None
        case Pattern(regex=regex):
            return value if re.fullmatch(regex, str(value)) else None
        case _:
            return None if value is None else str(value)


def test_a_row_is_spoiled_for_one_rule_alone(sound: list[Return]) -> None:
    row = next(row for row in sound[0].sheets["ACTIVITY"] if int(str(row["people_attended"])) > 3)
    check = next(one for one in CONTRACT.row_checks("ACTIVITY") if one.rule == "V11" and isinstance(one, NotMore))
    made = spoiled(check, row, "2026-08", Random(1))  # noqa: S311
    assert made is not None
    assert broken("ACTIVITY", row, "2026-08") == []
    assert broken("ACTIVITY", made[0], "2026-08") == [check]


def _key(folder: Path) -> list[Answer]:
    found: list[Answer] = json.loads((folder / "faults.json").read_text(encoding="utf-8"))
    return found


Cells = list[list[str | None]]


def _cells(file: Path) -> dict[str, Cells]:
    """The sheets of a file under their names in the contract."""
    aliases = sheet_aliases(CONTRACT)
    return {aliases[folded(title)]: cells for title, cells in _opened(file).items()}


@cache
def _opened(file: Path) -> dict[str, Cells]:
    """The sheets of a file under their own names, opened with what has nothing to do with ours."""
    return {".xlsx": _workbook, ".zip": _zip_of_csv, ".ods": _open_document}[file.suffix](file)


def _workbook(file: Path) -> dict[str, Cells]:
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True)
    return {page.title: [[_text(cell) for cell in row] for row in page.iter_rows(values_only=True)] for page in book}


def _open_document(file: Path) -> dict[str, Cells]:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(file)
    pages = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    return {name: [[_text(cell) for cell in row] for row in rows] for name, rows in pages.items()}


def _zip_of_csv(file: Path) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8-sig")
            delimiter = max(",;\t", key=text.splitlines()[0].count)
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            found[name.removesuffix(".csv")] = [[_number_or_text(cell) for cell in row] for row in rows]
    return found


def _number_or_text(cell: str) -> str | None:
    return (cell.removesuffix(".0") if cell.replace(".", "").isdigit() else cell) or None


def _text(cell: object) -> str | None:
    match cell:
        case None | "":
            return None
        case bool():
            return str(cell).upper()
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float() if cell == int(cell):
            return str(int(cell))
        case _:
            return str(cell)


def _at(cells: Cells, answer: Answer) -> str | None:
    aliases = header_aliases(SHEETS[str(answer["sheet"])])
    columns = [aliases[folded(str(header))] for header in cells[0] if header]
    row = cells[int(str(answer["row"])) - 1]
    at = columns.index(str(answer["column"]))
    return row[at] if at < len(row) else None


def _trimmed(sheets: dict[str, Cells]) -> dict[str, Cells]:
    """Cells without the blanks at the end of a code, which a row may gain or lose when it moves."""
    return {
        title: [[cell and (cell.strip() or None) for cell in row] for row in rows] for title, rows in sheets.items()
    }


# --- the calendar -----------------------------------------------------------------------------------------------------


def test_months_count_on_over_the_end_of_a_year() -> None:
    assert months_between("2025-11", "2026-02") == ("2025-11", "2025-12", "2026-01", "2026-02")


def test_easter_and_the_mondays_are_bank_holidays() -> None:
    assert {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 8, 31)} <= bank_holidays(2026)


def test_a_return_is_due_fifteen_working_days_after_the_month() -> None:
    assert working_day("2026-09", 15) == date(2026, 10, 21)


# --- the command ------------------------------------------------------------------------------------------------------

SMALL = ["--providers", "2", "--months", "2026-09", "--no-baseline"]


def test_the_command_writes_returns_register_and_key(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path / "new"), *SMALL, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["returns"] == 2
    assert {path.name for path in (tmp_path / "new").iterdir()} >= {"register.csv", "faults.json"}
    assert _key(tmp_path / "new") == []


def test_a_folder_that_is_not_empty_is_left_alone_without_force(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert CliRunner().invoke(command, [str(tmp_path), *SMALL]).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert CliRunner().invoke(command, [str(tmp_path), *SMALL, "--force"]).exit_code == 0


@pytest.mark.parametrize("months", ["2026-13", "last", "2026-09..2026-08", "2019-05"])
def test_months_that_are_none_are_misuse(tmp_path: Path, months: str) -> None:
    done = CliRunner().invoke(command, [str(tmp_path / "new"), "--months", months, "--providers", "1", "--no-baseline"])
    assert done.exit_code == 2


def test_only_the_formats_asked_for_are_written(tmp_path: Path) -> None:
    arguments = [str(tmp_path / "new"), "--providers", "3", "--months", "2026-09", "--formats", "ods"]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert {path.suffix for path in (tmp_path / "new").iterdir()} == {".ods", ".csv", ".json"}
    assert CliRunner().invoke(command, [*arguments, "pdf", "--force"]).exit_code == 2


def test_no_file_is_from_the_future(tmp_path: Path) -> None:
    CliRunner().invoke(command, [str(tmp_path / "new"), *SMALL])
    assert max(path.stat().st_mtime for path in (tmp_path / "new").iterdir()) <= datetime.now().timestamp() + 1
