"""Documents: what is committed says what the contract says, and the blank return is one that dayops itself can read."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from dayops_pipeline.cli.documents import CONTRACT_DOCS, blank, blank_bytes, contract_documents, documents
from expectations.codes import CODE_LISTS
from expectations.contract import Profile
from expectations.documents import blank as form
from expectations.documents import dictionary, indicator_catalogue, rule_catalogue
from expectations.headers import find_header, find_sheets
from expectations.indicators import INDICATORS
from expectations.rules import CONTRACT
from expectations.wording import LANGUAGES, Language, cy

ROOT = Path(__file__).parent.parent
REMAKE = "docs/contract is stale: run `dayops documents`"

FORMS = [(profile, language) for profile in Profile for language in LANGUAGES]


def unpacked(content: bytes) -> object:
    """A workbook by its parts (how tightly they are packed differs from machine to machine), other files as text."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return contract_documents()


# --- committed documents ----------------------------------------------------------------------------------------------


def test_the_documents_in_the_repository_are_those_of_the_contract(made: dict[str, bytes]) -> None:
    folder = ROOT / CONTRACT_DOCS
    assert {path.name for path in folder.iterdir()} == set(made), REMAKE
    stale = [name for name, content in made.items() if unpacked((folder / name).read_bytes()) != unpacked(content)]
    assert stale == [], REMAKE


def test_the_documents_are_the_same_bytes_when_made_again(made: dict[str, bytes]) -> None:
    assert contract_documents() == made


def test_the_command_writes_every_document(tmp_path: Path, made: dict[str, bytes]) -> None:
    result = CliRunner().invoke(documents, [str(tmp_path / "contract")])
    assert result.exit_code == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "contract").iterdir()} == made


# --- what they say ----------------------------------------------------------------------------------------------------


def test_the_dictionary_holds_every_column_and_code_in_both_languages() -> None:
    text = dictionary(CONTRACT)
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| `")]
    named = {(row[0].split("`")[1], row[1]) for row in rows}
    for sheet in CONTRACT.sheets:
        assert f"## {sheet.name} / {cy(f'sheet.{sheet.name}.name')}" in text
        for column in sheet.columns:
            label = cy(f"column.{sheet.name}.{column.name}") or ""
            assert (column.name, "<br>".join(dict.fromkeys([column.label, label]))) in named
    assert {(code, label) for codes in CODE_LISTS.values() for code, label in codes.items()} <= named


def test_a_column_that_is_new_appears_in_the_dictionary() -> None:
    sheet = CONTRACT.sheet("CARERS")
    wider = replace(sheet, columns=(*sheet.columns, replace(sheet.columns[-1], name="carers_new_column")))
    contract = replace(CONTRACT, sheets=tuple(wider if one is sheet else one for one in CONTRACT.sheets))
    assert "carers_new_column" not in dictionary(CONTRACT)
    assert "| `carers_new_column` |" in dictionary(contract)


def test_the_rule_catalogue_holds_every_rule_with_what_is_said() -> None:
    text = rule_catalogue(CONTRACT)
    for rule in CONTRACT.rules:
        assert f"## {rule.id}\n\n{rule.sentence}\n\n{cy(f'rule.{rule.id}')}\n" in text
    assert "| … is …, which is not a number.<br>Gwerth … yw …, ac nid yw hynny'n rhif. |" in text
    assert "{" not in text


def test_the_indicator_catalogue_holds_every_indicator() -> None:
    text = indicator_catalogue()
    for indicator in INDICATORS:
        assert f"## {indicator.id}: {indicator.title} / {cy(f'indicator.{indicator.id}.title')}" in text
        assert indicator.definition in text


# --- the blank return -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "language"), FORMS)
def test_a_blank_return_has_the_sheets_and_headers_that_are_read(profile: Profile, language: Language) -> None:
    pages = form(CONTRACT, profile, language)
    found, flaws = find_sheets(CONTRACT, list(pages))
    wanted = [sheet for sheet in CONTRACT.sheets if profile in sheet.profiles]
    assert (set(found), flaws) == ({sheet.name for sheet in wanted}, [])
    for sheet in wanted:
        header = find_header(sheet, list(pages.values())[found[sheet.name]])
        assert header is not None
        assert (header.row, header.flaws, list(header.columns)) == (1, (), [one.name for one in sheet.columns])


@pytest.mark.parametrize(("profile", "language"), FORMS)
def test_a_blank_workbook_is_read_as_it_was_written(profile: Profile, language: Language) -> None:
    from resources.reading import Limits, decode

    workbook = decode(blank_bytes(profile, language), Limits())
    pages = form(CONTRACT, profile, language)
    assert [grid.name for grid in workbook.grids] == list(pages)
    headers = {grid.name: [cell for cell in grid.rows[0] if cell] for grid in workbook.grids}
    assert headers == {name: rows[0] for name, rows in pages.items()}


def test_a_blank_return_holds_what_can_be_known_beforehand_and_nothing_else() -> None:
    pages = form(CONTRACT, Profile.LITE, "cy")
    header, row = pages["FFURFLEN"]
    assert {label: cell for label, cell in zip(header, row, strict=True) if cell} == {
        "Fersiwn y ffurflen": "1.0",
        "Math o ffurflen": "LITE",
        "Iaith yr ateb": "cy",
    }
    assert all(len(rows) == 1 for name, rows in pages.items() if name not in {"CANLLAWIAU", "FFURFLEN"})


def test_the_guidance_explains_every_column_and_code_of_its_sheets() -> None:
    (guidance, *_), full = form(CONTRACT, Profile.BASELINE, "en").values(), form(CONTRACT, Profile.FULL, "en")
    explained = {(row[0], row[1]) for row in guidance if len(row) > 1}
    assert {("ACTIVITY", one.label) for one in CONTRACT.sheet("ACTIVITY").columns} <= explained
    assert {("Setting", code) for code in CODE_LISTS["setting"]} <= explained
    assert not any(row and row[0] == "PEOPLE" for row in guidance)
    assert any(row and row[0] == "PEOPLE" for row in full["GUIDANCE"])


def test_the_command_writes_a_blank_return(tmp_path: Path) -> None:
    file = tmp_path / "forms" / "return.xlsx"
    result = CliRunner().invoke(blank, [str(file), "--profile", "LITE", "--language", "cy"])
    assert result.exit_code == 0, result.output
    assert file.read_bytes() == blank_bytes(Profile.LITE, "cy")


def test_a_blank_return_is_a_workbook_by_name_too(tmp_path: Path) -> None:
    result = CliRunner().invoke(blank, [str(tmp_path / "return.csv")])
    assert result.exit_code == 2
    assert "must end in .xlsx" in result.output
