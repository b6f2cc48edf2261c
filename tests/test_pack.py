"""The pack: every file says what the release says, in forms that tools which are not ours accept."""

import csv
import hashlib
import io
import json
import re
import subprocess
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pyarrow.parquet as pq
import pytest
import python_calamine
from csvw import CSVW
from release_makers import AREAS, PERIOD, a_figure, a_key, a_release, figures_of

from expectations.indicators import INDICATORS, Level
from expectations.reference import WALES, note_codes
from expectations.releases import Content, Figure
from expectations.wording import LANGUAGES, phrase, welsh
from resources.pack import pack_files
from resources.pack.labels import measures_told, period_name
from resources.pack.manifest import with_manifest
from resources.pack.open_document import column_letters
from resources.pack.plain import csv_bytes, inert
from resources.pack.tables import DICTIONARY, FIGURES, TABLES

Files = Mapping[str, bytes]
OFFICE, TABLE, TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text"))
BOOKS = [f"dayops-2026-09-r2_{language}.ods" for language in LANGUAGES]


@cache
def revised() -> Content:
    """Makes a second release of a month: every indicator, Wales, a region and an authority."""
    return a_release(figures_of(areas=1, seed=7), before=figures_of(areas=1))


def packed(content: Content) -> Files:
    return with_manifest(content, pack_files(content), {})


@cache
def pack() -> Files:
    return packed(revised())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Writes the pack of a release of two indicators, for tools that take their time over each row."""
    place = tmp_path_factory.mktemp("pack")
    few = tuple(one for one in INDICATORS if one.id in ("DO18", "DO29"))
    figures, before = (figures_of(areas=1, seed=seed, indicators=few) for seed in (7, 8))
    for name, content in packed(a_release(figures, before=before)).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def written(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


# --- the same again ---------------------------------------------------------------------------------------------------


def test_the_same_content_gives_the_same_bytes() -> None:
    again = a_release(figures_of(areas=1, seed=7), before=figures_of(areas=1))

    assert packed(again) == pack()


def test_it_does_not_matter_in_what_order_plain_data_was_kept() -> None:
    kept = a_release((a_figure(),))
    quality, audit, policy = (dict(reversed(list(told.items()))) for told in (kept.quality, kept.audit, kept.policy))

    assert pack_files(replace(kept, quality=quality, audit=audit, policy=policy)) == pack_files(kept)


def test_no_file_holds_a_moment_of_its_making() -> None:
    for name in BOOKS:
        entries = zipfile.ZipFile(io.BytesIO(pack()[name])).infolist()
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_a_release_in_which_only_one_month_is_known_is_packed_too() -> None:
    files = packed(a_release((a_figure(),), publish_at=None))

    assert json.loads(files["manifest.json"])["publish_at"] is None
    assert len(rows_of(files["figures.csv"])) == 1


# --- sums -------------------------------------------------------------------------------------------------------------


def test_the_sums_are_those_that_sha256sum_reads(folder: Path) -> None:
    told = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True
    )

    assert told.returncode == 0, told.stderr
    assert told.stdout.count(": OK") == len(list(folder.rglob("*.*"))) > 20


def test_the_manifest_names_the_release_and_sums_every_file_but_the_sums() -> None:
    manifest = json.loads(pack()["manifest.json"])
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in pack().items()}

    assert manifest["files"] == {
        name: digits for name, digits in sums.items() if name not in ("manifest.json", "SHA256SUMS")
    }
    assert (manifest["release_id"], manifest["period"], manifest["number"]) == ("2026-09-r2", "2026-09", 2)
    assert (manifest["publish_at"], manifest["figures"]) == ("2026-11-03T09:30+00:00", len(revised().figures))
    assert manifest["policy"]["threshold"] == 5


def test_another_figure_is_another_content() -> None:
    sums = {
        json.loads(packed(a_release((a_figure(value=value),)))["manifest.json"])["files"]["figures.csv"]
        for value in ("5", "10")
    }

    assert len(sums) == 2


# --- tidy tables ------------------------------------------------------------------------------------------------------


def test_every_figure_is_a_row_that_says_what_the_release_says() -> None:
    rows = rows_of(pack()["figures.csv"])

    assert [_said(row) for row in rows] == [_told(figure) for figure in revised().figures]


def _said(row: Mapping[str, str]) -> tuple[str, ...]:
    names = ("indicator_id", "measure", "area_code", "period_kind", "period_start", "breakdown", "category")
    return tuple(row[name] for name in (*names, "value", "lower", "upper", "note_codes", "coverage", "through"))


def _told(figure: Figure) -> tuple[str, ...]:
    return (
        *map(str, figure.key),
        *(written(value) for value in (figure.value, figure.lower, figure.upper)),
        ",".join(figure.note_codes),
        written(figure.coverage),
        str(figure.through),
    )


def test_labels_stand_in_both_languages() -> None:
    rows = rows_of(pack()["figures.csv"])
    labels = [name for name in rows[0] if name.endswith(("_en", "_cy"))]

    assert len(labels) == 10
    assert all(row[name] for row in rows for name in labels)
    assert {(row["area_en"], row["area_cy"]) for row in rows if row["area_code"] == "W06000001"} == {
        ("Isle of Anglesey", "Ynys Môn")
    }


def test_periods_are_written_as_they_are_elsewhere() -> None:
    periods = {(row["period_kind"], row["period"]) for row in rows_of(pack()["figures.csv"])}

    assert periods == {("month", "2026-09"), ("quarter", "2026-27-Q2"), ("year", "2026-27")}


def test_revisions_say_what_was_and_what_is() -> None:
    rows = rows_of(pack()["revisions.csv"])
    first = revised().revisions[0]

    assert len(rows) == len(revised().revisions) > 100
    assert (rows[0]["earlier_value"], rows[0]["value"]) == (written(first.earlier_value), written(first.value))
    assert {row["reason"] for row in rows} == {"A provider sent its return again."}


def test_the_dictionary_has_every_measure_and_names_the_population() -> None:
    rows = rows_of(pack()["dictionary.csv"])

    assert [(row["indicator_id"], row["measure"]) for row in rows] == [
        (one.id, measure.name) for one in INDICATORS for measure in one.measures
    ]
    assert {f"{row['indicator_id']}.{row['measure']}" for row in rows if row["population_vintage"] == "mid2020"} == {
        "DO01.rate",
        "DO22.rate",
    }


def test_note_codes_are_those_of_the_reference() -> None:
    assert [row["code"] for row in rows_of(pack()["note_codes.csv"])] == [one.code for one in note_codes()]


def test_quality_and_audit_are_as_the_release_has_them() -> None:
    assert json.loads(pack()["quality.json"]) == dict(revised().quality)
    assert json.loads(pack()["disclosure_audit.json"]) == dict(revised().audit)


# --- nothing that runs, nothing that is altered -----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\tx", "\rx"])
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert inert(text) == f"'{text}"


def test_a_reason_that_would_run_is_told_and_does_not_run() -> None:
    release = a_release((a_figure(value="5"),), before=(a_figure(),), reason="=HYPERLINK(1)\r\nand more")
    files = pack_files(release)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(files["dayops-2026-09-r2_en.ods"]))

    assert rows_of(files["revisions.csv"])[0]["reason"] == "'=HYPERLINK(1)  and more"
    assert "Why it was revised: =HYPERLINK(1)  and more" in [
        line[0] for line in book.get_sheet_by_name("Cover").to_python()
    ]


def test_a_number_below_nought_stays_a_number() -> None:
    assert csv_bytes(["a", "b"], [{"a": Decimal("-1.5"), "b": -2}]) == b"a,b\n-1.5,-2\n"


@pytest.mark.parametrize("name", ["Llanandras", "Ynys Môn", "Pen-y-bont ar Ogwr", "Caerdydd a'r Fro", "25-44", "85+"])
def test_a_name_is_never_altered(name: str) -> None:
    assert inert(name) == name


def test_no_text_cell_of_any_table_would_run() -> None:
    for table in TABLES.values():
        texts = {column.name for column in table.columns if column.kind in ("text", "codes")}
        cells = {row[name] for row in rows_of(pack()[table.path]) for name in texts}
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


# --- described for machines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TABLES)
def test_the_metadata_of_a_table_are_csv_on_the_web(path: str, folder: Path) -> None:
    described = CSVW(str(folder / f"{path}-metadata.json"), validate=True)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert described.is_valid, [str(one.message) for one in told]
    assert [column.name for column in described.tables[0].tableSchema.columns] == list(TABLES[path].header)


def test_the_metadata_see_a_spoilt_table(folder: Path, tmp_path: Path) -> None:
    for name in ("note_codes.csv", "note_codes.csv-metadata.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with (tmp_path / "note_codes.csv").open("a") as file:
        file.write("a,Again,Eto\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        described = CSVW(str(tmp_path / "note_codes.csv-metadata.json"), validate=True)
        with pytest.raises(ValueError, match="duplicate primary key"):
            described.is_valid  # noqa: B018 (the library raises)


def _validated(place: Path) -> list[str]:
    """Lets Frictionless judge the data package, whose own use of its libraries warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from frictionless import Package

        report = Package(str(place / "datapackage.json")).validate()
    return [f"{name} {kind}" for name, kind in report.flatten(["name", "type"])]


def test_the_data_package_is_valid_with_its_types_keys_references_and_sums(folder: Path) -> None:
    assert _validated(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        (b"\nDO29,main,", b"\nDO98,main,", {"foreign-key"}),
        (b",2026-09-01,", b",September,", {"type-error"}),
    ],
)
def test_the_data_package_sees_a_spoilt_table(
    folder: Path, tmp_path: Path, old: bytes, new: bytes, kinds: set[str]
) -> None:
    for name in ("datapackage.json", *TABLES):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    spoilt = (folder / "figures.csv").read_bytes().replace(old, new)
    (tmp_path / "figures.csv").write_bytes(spoilt)

    assert kinds <= {told.split()[1] for told in _validated(tmp_path)}


def test_every_table_and_column_is_described_in_both_languages() -> None:
    keys = {f"pack.table.{table.name}" for table in TABLES.values()}
    keys |= {f"pack.column.{name}" for table in TABLES.values() for name in table.header}

    assert [key for key in keys if not (phrase(key, "en") and welsh()[key])] == []
    assert {key for key in welsh() if key.startswith(("pack.column.", "pack.table."))} == keys


# --- Parquet ----------------------------------------------------------------------------------------------------------


def test_parquet_has_the_figures_with_their_types() -> None:
    table = pq.read_table(io.BytesIO(pack()["figures.parquet"]))
    rows = table.to_pylist()
    types = {name: str(table.schema.field(name).type) for name in ("value", "note_codes", "period_start", "version")}

    assert types == {
        "value": "decimal128(18, 2)",
        "note_codes": "list<element: string>",
        "period_start": "date32[day]",
        "version": "int32",
    }
    assert table.column_names == list(FIGURES.header)
    assert [(row["value"], tuple(row["note_codes"]), row["coverage"]) for row in rows] == [
        (figure.value, figure.note_codes, figure.coverage) for figure in revised().figures
    ]


def test_pandas_reads_the_same_figures_from_parquet_and_from_csv() -> None:
    ours = pd.read_parquet(io.BytesIO(pack()["figures.parquet"]))
    plain = pd.read_csv(io.BytesIO(pack()["figures.csv"]), keep_default_na=False, na_values=[""])

    assert len(ours) == len(plain)
    assert ours["value"].astype(float).fillna(-1).tolist() == plain["value"].fillna(-1).tolist()
    assert ours["area_cy"].tolist() == plain["area_cy"].tolist()


def test_the_meaning_of_a_column_stands_in_the_file_in_both_languages() -> None:
    meaning = pq.read_schema(io.BytesIO(pack()["figures.parquet"])).field("coverage").metadata

    assert meaning
    assert [meaning[f"description_{language}".encode()].decode() for language in LANGUAGES] == [
        phrase("pack.column.coverage", language) for language in LANGUAGES
    ]


# --- the workbook -----------------------------------------------------------------------------------------------------


@cache
def part(book: str, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(pack()[book])).read(name))  # noqa: S314 (our own)


def sheets(book: str) -> dict[str, ElementTree.Element]:
    return {one.attrib[f"{TABLE}name"]: one for one in part(book, "content.xml").iter(f"{TABLE}table")}


def rows(sheet: ElementTree.Element) -> Iterator[list[ElementTree.Element]]:
    for row in sheet.iter(f"{TABLE}table-row"):
        yield list(row.iter(f"{TABLE}table-cell"))


def text(cell: ElementTree.Element) -> str:
    return "".join(cell.itertext())


def header(sheet: ElementTree.Element) -> list[str]:
    (head,) = sheet.iter(f"{TABLE}table-header-rows")
    return [text(cell) for cell in head.iter(f"{TABLE}table-cell")]


@pytest.mark.parametrize("book", BOOKS)
def test_a_workbook_has_a_cover_contents_notes_definitions_and_a_sheet_an_indicator(book: str) -> None:
    language = LANGUAGES[BOOKS.index(book)]
    before = [phrase(f"pack.page.{page}", language) for page in ("cover", "contents", "notes", "definitions")]

    assert list(sheets(book)) == [*before, *(one.id for one in INDICATORS)]


@pytest.mark.parametrize("book", BOOKS)
def test_no_cell_is_merged_repeated_or_hidden_and_no_row_is_blank(book: str) -> None:
    names = {name.rpartition("}")[2] for one in part(book, "content.xml").iter() for name in one.attrib}

    assert not names & {
        "number-columns-spanned", "number-rows-spanned", "visibility", "display", "number-rows-repeated",
    }  # fmt: skip
    for sheet in sheets(book).values():
        assert not list(sheet.iter(f"{TABLE}covered-table-cell"))
        assert all(any(text(cell) for cell in cells) for cells in rows(sheet))


@pytest.mark.parametrize("book", BOOKS)
def test_every_sheet_but_the_cover_has_one_table_that_is_marked_from_its_header_to_its_last_row(book: str) -> None:
    ranges = [dict(one.attrib) for one in part(book, "content.xml").iter(f"{TABLE}database-range")]
    assert len({one[f"{TABLE}name"] for one in ranges}) == len(ranges) == len(sheets(book)) - 1
    for marked, (name, sheet) in zip(ranges, list(sheets(book).items())[1:], strict=True):
        lines = list(rows(sheet))
        top = next(place for place, cells in enumerate(lines, 1) if [text(cell) for cell in cells] == header(sheet))
        columns = column_letters(len(header(sheet)))
        assert marked[f"{TABLE}target-range-address"] == f"{name}.A{top}:{name}.{columns}{len(lines)}"
        assert marked[f"{TABLE}contains-header"] == "true"
        assert {len(cells) for cells in lines[top - 1 :]} == {len(header(sheet))}
        assert {len(cells) for cells in lines[: top - 1]} == {1}


@pytest.mark.parametrize("book", BOOKS)
def test_headings_are_told_and_differ(book: str) -> None:
    for sheet in list(sheets(book).values())[1:]:
        assert all(header(sheet))
        assert len(set(header(sheet))) == len(header(sheet))


@pytest.mark.parametrize("book", BOOKS)
def test_no_cell_of_a_table_is_blank_but_those_of_shorthand_which_a_line_above_explains(book: str) -> None:
    language = LANGUAGES[BOOKS.index(book)]
    explained = phrase("pack.book.blank", language)
    for name, sheet in list(sheets(book).items())[1:]:
        lines = list(rows(sheet))
        blank = {place for cells in lines if len(cells) > 1 for place, cell in enumerate(cells) if not text(cell)}
        assert blank <= ({len(header(sheet)) - 1} if name.startswith("DO") else set())
        assert any(explained in text(cells[0]) for cells in lines) == name.startswith("DO")


@pytest.mark.parametrize("book", BOOKS)
def test_numbers_are_numbers_and_what_is_not_shown_is_shorthand_that_the_notes_explain(book: str) -> None:
    language = LANGUAGES[BOOKS.index(book)]
    explained = {text(cells[0]) for cells in list(rows(sheets(book)[phrase("pack.page.notes", language)]))[4:]}
    for name in [one.id for one in INDICATORS]:
        for cells in list(rows(sheets(book)[name]))[6:]:
            for cell in cells[7:12]:
                is_number = cell.attrib[f"{OFFICE}value-type"] == "float"
                assert is_number or text(cell) in explained
            assert set(re.findall(r"\[\w+\]", text(cells[12]))) <= explained


def test_no_legacy_symbol_stands_for_a_figure() -> None:
    for book in BOOKS:
        cells = {text(cell) for sheet in sheets(book).values() for line in rows(sheet) for cell in line}
        assert not cells & {"*", ".", "..", "-", "n/a", "N/A", "c", "x"}


@pytest.mark.parametrize("book", BOOKS)
def test_the_properties_say_title_and_language(book: str) -> None:
    language = LANGUAGES[BOOKS.index(book)]
    told = {one.tag.rpartition("}")[2]: one.text for one in part(book, "meta.xml").iter()}
    styles = zipfile.ZipFile(io.BytesIO(pack()[book])).read("styles.xml").decode()

    assert told["language"] == f"{language}-GB"
    assert told["title"] == {"en": "Day opportunities for adults in Wales, September 2026",
                             "cy": "Cyfleoedd dydd i oedolion yng Nghymru, Medi 2026"}[language]  # fmt: skip
    assert f'fo:language="{language}"' in styles


@pytest.mark.parametrize("book", BOOKS)
def test_links_lead_to_sheets_that_are_there(book: str) -> None:
    href = "{http://www.w3.org/1999/xlink}href"
    targets = {one.attrib[href] for one in part(book, "content.xml").iter(f"{TEXT}a")}

    assert {target[1:].partition(".")[0] for target in targets} <= set(sheets(book))
    assert {f"#{one.id}.A1" for one in INDICATORS} <= targets


@pytest.mark.parametrize("book", BOOKS)
def test_every_sheet_begins_with_a_title_that_is_marked_as_a_heading(book: str) -> None:
    titles = [next(rows(sheet))[0] for sheet in sheets(book).values()]

    assert {one.attrib[f"{TABLE}style-name"] for one in titles} == {"Heading_20_1"}
    assert len({text(one) for one in titles}) == len(titles)


@pytest.mark.parametrize("book", BOOKS)
def test_a_reader_that_is_not_ours_reads_the_figures(book: str) -> None:
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(pack()[book]))
    lines = read.get_sheet_by_name("DO29").to_python()
    figures = [figure for figure in revised().figures if figure.key.indicator_id == "DO29"]

    assert [line[7] for line in lines[6:]] == [
        f"[{figure.note_codes[0]}]" if figure.value is None else float(figure.value) for figure in figures
    ]
    assert [line[1] for line in lines[6:]] == [figure.key.area_code for figure in figures]


@pytest.mark.parametrize("book", BOOKS)
def test_pandas_reads_a_sheet_as_a_table(book: str) -> None:
    frame = pd.read_excel(io.BytesIO(pack()[book]), sheet_name="DO01", engine="calamine", skiprows=5)

    assert list(frame.columns) == header(sheets(book)["DO01"])
    assert len(frame) == sum(figure.key.indicator_id == "DO01" for figure in revised().figures)


def test_a_nought_that_was_rounded_is_a_number_with_its_shorthand_beside_it() -> None:
    book = pack_files(a_release((a_figure(a_key(), "0", "k", "p"),)))["dayops-2026-09-r1_en.ods"]
    lines = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("DO01").to_python()

    assert (lines[6][7], lines[6][12]) == (0.0, "[k][p]")


def test_an_indicator_without_figures_has_no_sheet() -> None:
    book = pack_files(a_release((a_figure(),)))["dayops-2026-09-r1_en.ods"]

    assert python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names == [
        "Cover", "Contents", "Notes", "Definitions", "DO01",
    ]  # fmt: skip


def test_the_cover_says_whether_it_is_published_and_why_it_was_revised() -> None:
    covers = []
    for moment in (revised().publish_at, None):
        release = a_release((a_figure(),), before=(a_figure(value="5"),), publish_at=moment, reason="A\nlate return")
        book = pack_files(release)["dayops-2026-09-r2_en.ods"]
        lines = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("Cover").to_python()
        covers.append([line[0] for line in lines])

    assert "Published on 3 November 2026." in covers[0]
    assert "Draft: not approved and not published." in covers[1]
    assert "Why it was revised: A late return" in covers[0]


@pytest.mark.parametrize(
    ("kind", "start", "english", "in_welsh"),
    [
        ("month", date(2026, 8, 1), "August 2026", "Awst 2026"),
        ("quarter", date(2026, 7, 1), "2026-27, quarter 2", "2026-27, chwarter 2"),
        ("year", date(2026, 4, 1), "Financial year 2026-27", "Blwyddyn ariannol 2026-27"),
    ],
)
def test_a_period_is_named_in_either_language(kind: str, start: date, english: str, in_welsh: str) -> None:
    assert [period_name(kind, start, language) for language in LANGUAGES] == [english, in_welsh]


# --- the release as a whole -------------------------------------------------------------------------------------------


def test_the_maker_has_every_declared_cell_of_every_area() -> None:
    cells = sum(len(AREAS[level]) for one in INDICATORS for level in one.levels for _ in one.cells())

    assert len({figure.key for figure in figures_of()}) == 3 * cells > 20_000


def test_every_measure_is_described_by_its_own_words() -> None:
    english, in_welsh = ({told.described[place] for told in measures_told().values()} for place in (0, 1))

    assert len(english) == len(in_welsh) == len(measures_told()) == len(rows_of(pack()[DICTIONARY.path]))


def test_wales_is_among_the_areas() -> None:
    assert AREAS[Level.COUNTRY] == (WALES,)
    assert revised().period == PERIOD
