"""The rules of StatsWales: each is kept by the pack, and each is seen where it is broken."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest
from release_makers import PERIOD, a_figure, a_key, a_release, figures_of

from expectations.indicators import INDICATORS
from expectations.reference import WALES
from expectations.releases import Key
from resources.pack import PackError, pack_files
from resources.pack.statswales import statswales_files
from resources.pack.statswales_rules import RULES, Cube, Dates, Violation, violations

Files = dict[str, bytes]
DATA, UPDATE = "statswales/data.csv", "statswales/update.csv"
AREA, GROUP, MEASURE = "statswales/area.csv", "statswales/group.csv", "statswales/measure.csv"
HEADER = b"AreaCode,Period,GroupCode,Measure,Data,NoteCodes\n"
FACT = b"W06000001,2026-27m09,ALL,DO02.main,81.5,\n"


def good() -> Files:
    """Makes the files of a cube with three facts and a fourth that is new since the release before."""
    before = (
        a_figure(),
        a_figure(a_key(area_code="W06000001"), "120"),
        a_figure(a_key("DO02", "main", area_code="W06000001"), "81.5"),
    )
    new = a_figure(a_key("DO29", "main", area_code="W06000002"), "44.35")
    return statswales_files(a_release((*before, new), before=before))


def broken(files: Mapping[str, bytes]) -> set[str]:
    return {one.rule for one in violations(files)}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


# --- what passes ------------------------------------------------------------------------------------------------------


def test_a_good_cube_breaks_no_rule() -> None:
    assert violations(good()) == ()


def test_the_cube_of_every_indicator_breaks_no_rule() -> None:
    before = figures_of(areas=2)
    release = a_release(figures_of(areas=2, seed=7), before=before)

    assert violations(statswales_files(release)) == ()


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_of_a_year_is_a_period_that_is_taken(month: int) -> None:
    start = date(2027 if month < 4 else 2026, month, 1)
    files = statswales_files(a_release((a_figure(a_key(period_start=start), through=start),)))

    assert violations(files) == ()
    assert rows_of(files[DATA])[0]["Period"] == f"2026-27m{month:02d}"


def test_an_update_in_which_nothing_changed_is_no_fault() -> None:
    figures = (a_figure(),)
    files = statswales_files(a_release(figures, before=figures))

    assert files[UPDATE] == HEADER
    assert violations(files) == ()


# --- what fails -------------------------------------------------------------------------------------------------------


def appended(path: str, row: bytes) -> Callable[[Files], Files]:
    return lambda files: {**files, path: files[path] + row}


def changed(path: str, old: bytes, new: bytes) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        assert old in files[path]
        return {**files, path: files[path].replace(old, new, 1)}

    return change


def without(path: str) -> Callable[[Files], Files]:
    return lambda files: {name: content for name, content in files.items() if name != path}


def said(**parts: object) -> Callable[[Files], Files]:
    path = "statswales/metadata.cy.json"
    return lambda files: {**files, path: json.dumps({**json.loads(files[path]), **parts}).encode()}


def value(written: bytes) -> Callable[[Files], Files]:
    return changed(DATA, b"DO02.main,81.5,", b"DO02.main," + written + b",")


FAULTS = [
    ("missing_file", without(DATA)),
    ("missing_file", without(AREA)),
    ("missing_file", without("statswales/metadata.en.json")),
    ("not_utf8", changed(AREA, "Môn".encode(), "Môn".encode("cp1252"))),
    ("not_csv", appended(DATA, b'W06000003,"2026\n')),
    ("no_rows", lambda files: {**files, DATA: HEADER}),
    ("unnamed_column", changed(DATA, b",NoteCodes\n", b", \n")),
    ("duplicate_column", changed(DATA, b",NoteCodes\n", b",Data\n")),
    ("ragged_row", appended(DATA, b"W06000003,2026-27m09,ALL,DO02.main,1,,\n")),
    ("no_data_value_column", changed(DATA, b",Data,", b",Figure,")),
    ("no_note_codes", changed(DATA, b",NoteCodes\n", b",Notes\n")),
    ("no_measure_column", changed(DATA, b",Measure,", b",Mesur,")),
    ("no_date_column", changed(DATA, b",Period,", b",Year,")),
    ("no_dimension_column", changed(DATA, b"AreaCode,", b"Area,")),
    ("unmatched_columns", changed(UPDATE, b",NoteCodes\n", b",Codes\n")),
    ("incomplete_fact", appended(DATA, b"W06000003,,ALL,DO02.main,1.0,\n")),
    ("incomplete_fact", appended(DATA, b"W06000003,2026-27m09, ,DO02.main,1.0,\n")),
    ("duplicate_fact", appended(DATA, FACT)),
    ("duplicate_fact", appended(DATA, FACT.replace(b"81.5,", b",x"))),
    ("non_numeric_data_value", value(b"1e-05")),
    ("non_numeric_data_value", value(b'"1,234"')),
    ("non_numeric_data_value", value(b"81.5%")),
    ("non_numeric_data_value", value(b"*")),
    ("non_numeric_data_value", value(b"NaN")),
    ("non_numeric_data_value", value(b" 81.5")),
    ("blank_without_code", value(b"")),
    ("bad_note_codes", changed(DATA, b",81.5,\n", b",81.5,xyz\n")),
    ("bad_note_codes", changed(DATA, b",81.5,\n", b",81.5,[u]\n")),
    ("total_without_code", changed(DATA, b"1235,t\n", b"1235,\n")),
    ("bad_date", changed(DATA, b"2026-27m09", b"2026-27m13")),
    ("bad_date", changed(DATA, b"2026-27m09", b"2026-28m09")),
    ("bad_date", changed(DATA, b"2026-27m09", b"2026-09-01")),
    ("mixed_year_formats", changed(DATA, b"2026-27m09", b"2026m09")),
    ("mixed_year_formats", changed(DATA, b"2026-27m09", b"2026/27m09")),
    ("too_many_places", value(b"81.55")),
    ("too_many_places", changed(DATA, b"DO01.count,120,", b"DO01.count,120.5,")),
    ("update_differs", changed(UPDATE, b"44.35", b"44.36")),
    ("update_unknown", appended(UPDATE, b"W06000003,2026-27m09,ALL,DO02.main,1.0,\n")),
    ("unmatched_codes", changed(DATA, b"W06000001,", b"W06000099,")),
    ("unmatched_codes", changed(DATA, b"DO02.main", b"DO02.MAIN")),
    ("unmatched_codes", changed(UPDATE, b"ALL", b"All")),
    (
        "no_join_column",
        changed(
            GROUP, b"refcode,description_en,description_cy,hierarchy", b"code,description_en,description_cy,parent"
        ),
    ),
    ("no_join_column", changed(GROUP, b"refcode,", b"sort_code,")),
    ("missing_language", changed(AREA, b"description_cy", b"description_welsh_")),
    ("missing_language", changed(AREA, b",Cymru,", b",,")),
    ("missing_language", changed(AREA, b"Wales,Cymru,,1,,", b"Wales,Cymru,,1,A note,")),
    ("missing_language", said(language="en")),
    ("ambiguous_language", changed(AREA, b"description_cy", b"description_children")),
    ("blank_code", changed(AREA, b"W06000024", b" ")),
    ("duplicate_code", appended(AREA, b"W06000001,Other,Arall,,31,,\n")),
    ("duplicate_description", appended(AREA, b"W06000099,Wales,Cymru eto,,31,,\n")),
    ("orphan_hierarchy", changed(AREA, b",RPB_NW,9", b",RPB_XX,9")),
    ("two_parents", appended(AREA, b"W06000001,Other,Arall,RPB_GW,31,,\n")),
    ("hierarchy_loop", changed(AREA, b"Wales,Cymru,,", b"Wales,Cymru,RPB_NW,")),
    ("hierarchy_loop", changed(GROUP, b"All,Pawb,,", b"All,Pawb,ALL,")),
    ("sort_not_integer", changed(AREA, b"Cymru,,1,", b"Cymru,,1.5,")),
    ("sort_not_integer", changed(AREA, b"Cymru,,1,", b"Cymru,,first,")),
    ("unknown_type", changed(MEASURE, b",count,", b",number,")),
    ("unknown_type", changed(MEASURE, b",count,", b",,")),
    ("unknown_format", changed(MEASURE, b",integer,", b",whole,")),
    ("bad_decimal", changed(MEASURE, b",decimal,1,", b",decimal,-1,")),
    ("bad_metadata", lambda files: {**files, "statswales/metadata.cy.json": b"{"}),
    ("missing_metadata", said(title=" ")),
    ("missing_metadata", said(related=[])),
    ("bad_link", said(related=[{"text": "A report", "url": "www.gov.wales"}])),
    ("bad_link", said(related=[{"text": "", "url": "https://www.gov.wales"}])),
]


@pytest.mark.parametrize(("rule", "spoil"), FAULTS, ids=[f"{rule}-{place}" for place, (rule, _) in enumerate(FAULTS)])
def test_a_broken_rule_is_named(rule: str, spoil: Callable[[Files], Files]) -> None:
    assert rule in broken(spoil(good()))


def test_every_rule_has_a_file_that_breaks_it() -> None:
    assert {rule for rule, _ in FAULTS} == set(RULES)


@pytest.mark.parametrize(
    ("rule", "spoil"), [fault for fault in FAULTS if fault[0] in {"duplicate_fact", "sort_not_integer", "bad_date"}]
)
def test_one_fault_is_told_as_one(rule: str, spoil: Callable[[Files], Files]) -> None:
    assert broken(spoil(good())) == {rule}


def test_a_violation_names_the_file_and_the_line() -> None:
    found = violations(appended(DATA, FACT)(good()))

    assert found == (
        Violation("duplicate_fact", DATA, 6, "The fact W06000001 ALL 2026-27m09 DO02.main stands above already."),
    )


def test_a_figure_stands_in_no_message() -> None:
    told = [one.message for one in violations(value(b"123456789e9")(good()))]

    assert told
    assert not any("123456789" in message for message in told)


# --- the rules are StatsWales' own ------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["202627", "2026/2027", "2026-2027", "20262027", "2026/27", "2026"])
def test_any_year_format_will_do_as_long_as_it_is_the_one(written: str) -> None:
    formats = {"202627": "YYYYYY", "2026/2027": "YYYY/YYYY", "2026-2027": "YYYY-YYYY", "20262027": "YYYYYYYY"}
    year = {**formats, "2026/27": "YYYY/YY", "2026": "YYYY"}[written]
    files = {path: content.replace(b"2026-27", written.encode()) for path, content in good().items()}

    assert violations(files, Cube(dates=Dates(year=year))) == ()


def test_lookups_with_a_row_a_language_are_read_too() -> None:
    lookup = b"refcode,description,lang\nDO01.count,People,en\nDO01.count,Pobl,cy\n"
    files = {**good(), DATA: HEADER + b"W92000004,2026-27,ALL,DO01.count,5,T\n", UPDATE: HEADER, MEASURE: lookup}

    assert violations(files) == ()
    assert broken({**files, MEASURE: lookup.replace(b",cy", b",en")}) == {"duplicate_code", "missing_language"}
    assert broken({**files, MEASURE: lookup.rpartition(b"DO01")[0]}) == {"missing_language"}


def test_headings_are_told_by_what_they_contain() -> None:
    lookup = good()[AREA].replace(
        b"refcode,description_en,description_cy,", b"AreaCode,Description English,Welsh description Welsh,"
    )

    assert violations({**good(), AREA: lookup.replace(b",sort,note_en,note_cy", b",SortOrder,Notes_en,Notes_cy")}) == ()


# --- what the cube says -----------------------------------------------------------------------------------------------


def test_wales_and_regions_are_totals_and_authorities_are_not() -> None:
    areas = (WALES, "RPB_PO", "W06000023")
    rows = rows_of(statswales_files(a_release(tuple(a_figure(a_key(area_code=area)) for area in areas)))[DATA])

    assert [row["NoteCodes"] for row in rows] == ["t", "t", ""]


def test_a_figure_that_is_not_shown_is_blank_with_its_code() -> None:
    figures = (a_figure(value=None), a_figure(a_key("DO02", "main"), None, "x"))
    rows = rows_of(statswales_files(a_release(figures))[DATA])

    assert [(row["Data"], row["NoteCodes"]) for row in rows] == [("", "c,t"), ("", "x,t")]


def test_a_figure_has_the_decimal_places_of_its_measure_and_no_exponent() -> None:
    figures = (
        a_figure(a_key("DO02", "main"), "0.0000001"),
        a_figure(a_key("DO29", "main"), "1E+3"),
        a_figure(a_key("DO06", "range"), "-0.0"),
    )

    assert [row["Data"] for row in rows_of(statswales_files(a_release(figures))[DATA])] == ["0.0", "1000.00", "0.0"]


def test_a_year_so_far_is_provisional_and_a_full_one_is_not() -> None:
    so_far = a_figure(a_key(period_kind="year", period_start=date(2026, 4, 1)), through=PERIOD)
    full = replace(so_far, through=date(2027, 3, 1))
    told = [rows_of(statswales_files(a_release((one,)))[DATA])[0] for one in (so_far, full)]

    assert [(row["Period"], row["NoteCodes"]) for row in told] == [("2026-27", "t,p"), ("2026-27", "t")]


def test_a_first_update_has_every_fact() -> None:
    files = statswales_files(a_release((a_figure(),)))

    assert files[UPDATE] == files[DATA]


def test_an_update_has_what_is_new_changed_or_gone() -> None:
    same, was, gone, new = (a_figure(a_key(area_code=f"W0600000{number}"), "50") for number in (1, 2, 3, 4))
    only_code = a_figure(a_key(area_code="W06000005"), "50")
    now = (same, replace(was, value=None, note_codes=("c",)), new, replace(only_code, note_codes=("u",)))
    files = statswales_files(a_release(now, before=(same, was, gone, only_code)))

    assert [(row["AreaCode"], row["Data"], row["NoteCodes"]) for row in rows_of(files[UPDATE])] == [
        ("W06000002", "", "c"),
        ("W06000004", "50", ""),
        ("W06000005", "50", "u"),
        ("W06000003", "", "x"),
    ]
    assert violations(files) == ()


@pytest.mark.parametrize("old", [a_key("DO99", "main"), a_key(breakdown="tier", category="9")])
def test_what_is_no_longer_declared_is_left_as_it_stands(old: Key) -> None:
    files = statswales_files(a_release((a_figure(),), before=(a_figure(old), a_figure())))

    assert files[UPDATE] == HEADER


def test_every_measure_is_looked_up_with_its_own_places() -> None:
    told = {row["refcode"]: (row["type"], row["format"], row["decimal"]) for row in rows_of(good()[MEASURE])}

    assert len(told) == sum(len(one.measures) for one in INDICATORS)
    assert told["DO01.count"] == ("count", "integer", "0")
    assert told["DO01.rate"] == ("rate", "decimal", "1")
    assert told["DO07.main"] == ("mean", "decimal", "1")
    assert told["DO18.main"] == ("percentage", "decimal", "1")
    assert told["DO29.main"] == ("mean", "decimal", "2")


def test_areas_are_one_hierarchy_and_their_names_stand_as_they_are() -> None:
    areas = {row["refcode"]: row for row in rows_of(good()[AREA])}

    assert (areas[WALES]["hierarchy"], areas["RPB_PO"]["hierarchy"]) == ("", WALES)
    assert areas["W06000023"]["hierarchy"] == "RPB_PO"
    assert [areas["W06000001"][f"description_{language}"] for language in ("en", "cy")] == [
        "Isle of Anglesey",
        "Ynys Môn",
    ]


def test_a_release_whose_pack_breaks_a_rule_is_refused() -> None:
    with pytest.raises(PackError, match="duplicate_fact") as refused:
        pack_files(a_release((a_figure(), a_figure(value="5"))))

    assert [one.rule for one in refused.value.violations] == ["duplicate_fact"]
