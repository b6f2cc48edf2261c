"""Documents: what is committed says what the contract says, and the blank return is one that dayops itself can read."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dayops_pipeline.cli.documents import (
    CONTRACT_DOCS,
    INDICATOR_LOCK,
    RULE_LOCK,
    blank,
    blank_bytes,
    contract_documents,
    documents,
)
from dayops_pipeline.cli.rules import rules
from expectations.codes import CODE_LISTS
from expectations.contract import Contract, Profile, Rule, Severity
from expectations.documents import blank as form
from expectations.documents import dictionary, indicator_catalogue
from expectations.examples import Other, Place, Shown
from expectations.headers import find_header, find_sheets
from expectations.indicators import INDICATORS, Change, Indicator
from expectations.joins import query as join_query
from expectations.rule_pages import rule_catalogue, rule_page, sayings_of, severity_of
from expectations.rules import CONTRACT
from expectations.versions import rule_lock, too_old
from expectations.wording import LANGUAGES, Language, cy
from warehouse import indicator_versions
from warehouse.indicator_versions import indicator_lock
from warehouse.indicators import query

ROOT = Path(__file__).parent.parent
REMAKE = "docs/contract is stale: run `dayops documents`"

FORMS = [(profile, language) for profile in Profile for language in LANGUAGES]


def unpacked(content: bytes) -> object:
    """A workbook by its parts (how tightly they are packed differs from machine to machine), other files as text."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return contract_documents()


# --- committed documents ----------------------------------------------------------------------------------------------


def test_the_documents_in_the_repository_are_those_of_the_contract(made: dict[str, bytes]) -> None:
    folder = ROOT / CONTRACT_DOCS
    assert files(folder) == set(made), REMAKE
    stale = [name for name, content in made.items() if unpacked((folder / name).read_bytes()) != unpacked(content)]
    assert stale == [], REMAKE


def test_the_documents_are_the_same_bytes_when_made_again(made: dict[str, bytes]) -> None:
    assert contract_documents() == made


def test_the_command_writes_every_document(tmp_path: Path, made: dict[str, bytes]) -> None:
    folder = tmp_path / "contract"
    result = CliRunner().invoke(documents, [str(folder)])
    assert result.exit_code == 0
    assert {name: (folder / name).read_bytes() for name in files(folder)} == made
    assert files(tmp_path / "warehouse") == {"privileges.csv"}


# --- versions of rules ------------------------------------------------------------------------------------------------


def with_check(contract: Contract, code: str, **changes: Any) -> Contract:
    """The contract with one of its checks changed, which must be there."""
    checks = tuple(replace(check, **changes) if check.code == code else check for check in contract.checks)
    assert checks != contract.checks
    return replace(contract, checks=checks)


def with_rule(contract: Contract, rule_id: str, **changes: Any) -> Contract:
    rules = tuple(replace(rule, **changes) if rule.id == rule_id else rule for rule in contract.rules)
    return replace(contract, rules=rules)


WIDER = with_check(CONTRACT, "V11-ACTIVITY-hours_delivered-hours_per_session", most=99)


def test_no_rule_asks_something_else_than_its_version_did() -> None:
    lock = (ROOT / CONTRACT_DOCS / RULE_LOCK).read_text(encoding="utf-8")
    assert too_old(CONTRACT, lock) == []


def test_a_rule_that_asks_something_else_must_have_a_higher_version() -> None:
    lock = rule_lock(CONTRACT)
    [told] = too_old(WIDER, lock)
    assert told.startswith("raise the version of V11 ")
    assert too_old(with_rule(WIDER, "V11", version=2), lock) == []


def test_a_version_never_goes_down() -> None:
    lock = rule_lock(with_rule(CONTRACT, "V11", version=3))
    assert [told[:28] for told in too_old(with_rule(CONTRACT, "V11", version=2), lock)] == [
        "raise the version of V11 in "
    ]


def test_other_words_for_the_same_rule_ask_for_no_version() -> None:
    reworded = with_rule(CONTRACT, "V11", sentence="Hours fit the sessions.")
    sayings = {says: replace(saying, mend="Mend it.") for says, saying in CONTRACT.sayings.items()}
    assert too_old(replace(reworded, sayings=sayings), rule_lock(CONTRACT)) == []


def test_a_rule_asks_what_its_query_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, known = rule_lock(CONTRACT), join_query
    monkeypatch.setattr("expectations.versions.join_query", lambda name: f"-- Words.\n  {known(name)}\n")
    assert too_old(CONTRACT, lock) == []
    monkeypatch.setattr(
        "expectations.versions.join_query", lambda name: known(name) + (" limit 1" if name == "spell" else "")
    )
    assert [told.split()[4] for told in too_old(CONTRACT, lock)] == ["V06", "V20"]


def test_the_command_writes_nothing_where_a_version_must_be_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / RULE_LOCK).write_text(rule_lock(CONTRACT))
    monkeypatch.setattr("expectations.rules.CONTRACT", WIDER)
    result = CliRunner().invoke(documents, [str(tmp_path)])
    assert (result.exit_code, files(tmp_path)) == (1, {RULE_LOCK})
    assert "raise the version of V11" in result.output


# --- versions of indicators -------------------------------------------------------------------------------------------


def with_indicator(indicator_id: str, **changes: Any) -> tuple[Indicator, ...]:
    return tuple(replace(one, **changes) if one.id == indicator_id else one for one in INDICATORS)


A_CHANGE = Change(2, "2027-04", "People who came to be assessed count too.")


def named(told: list[str]) -> list[str]:
    return [line.partition(" ")[0] for line in told]


def test_no_indicator_measures_something_else_than_its_version_did() -> None:
    lock = (ROOT / CONTRACT_DOCS / INDICATOR_LOCK).read_text(encoding="utf-8")
    assert indicator_versions.too_old(lock) == []


@pytest.mark.parametrize(
    "changes", [{"numerator": "people"}, {"definition": "Another."}, {"breakdowns": ()}, {"is_distinct": False}]
)
def test_an_indicator_that_is_declared_otherwise_must_have_a_higher_version(changes: dict[str, Any]) -> None:
    [told] = indicator_versions.too_old(indicator_lock(), with_indicator("DO01", **changes))
    assert told.startswith("DO01 measures something else than version 1 did: declare a Change ")
    newer = with_indicator("DO01", changes=(A_CHANGE,), **changes)
    assert indicator_versions.too_old(indicator_lock(), newer) == []
    assert "\nDO01 2 " in indicator_lock(newer)


def test_a_version_of_an_indicator_never_goes_down() -> None:
    assert named(indicator_versions.too_old(indicator_lock(with_indicator("DO01", changes=(A_CHANGE,))))) == ["DO01"]


def test_another_title_or_source_of_an_indicator_asks_for_no_version() -> None:
    retitled = with_indicator("DO01", title="People who come", source="Another policy")
    assert indicator_versions.too_old(indicator_lock(), retitled) == []


def test_an_indicator_whose_line_is_taken_out_is_locked_anew() -> None:
    lock = "".join(line for line in indicator_lock().splitlines(keepends=True) if not line.startswith("DO01"))
    assert indicator_versions.too_old(lock, with_indicator("DO01", numerator="people")) == []


@pytest.mark.parametrize(
    ("file", "ids"),
    [
        ("waiting", ["DO22", "DO23"]),
        ("population", ["DO01", "DO22", "DO23", "DO28"]),
        ("recovery", ["DO02", "DO03", "DO04", "DO05", "DO06"]),
        ("compared", ["DO02", "DO03", "DO04", "DO05", "DO06"]),
    ],
)
def test_an_indicator_measures_what_its_sql_and_the_sql_that_it_reads_measure(
    monkeypatch: pytest.MonkeyPatch, file: str, ids: list[str]
) -> None:
    lock = indicator_lock()
    monkeypatch.setattr("warehouse.indicator_versions.query", lambda name: f"-- Words.\n  {query(name)}\n")
    assert indicator_versions.too_old(lock) == []
    monkeypatch.setattr(
        "warehouse.indicator_versions.query", lambda name: query(name) + (" limit 1" if name == file else "")
    )
    assert named(indicator_versions.too_old(lock)) == ids


def test_the_command_writes_nothing_where_an_indicator_must_have_a_higher_version(tmp_path: Path) -> None:
    lock = re.sub("(?m)^DO05 1 .*$", "DO05 1 0000000000000000", indicator_lock())
    (tmp_path / INDICATOR_LOCK).write_text(lock)
    result = CliRunner().invoke(documents, [str(tmp_path)])
    assert (result.exit_code, files(tmp_path)) == (1, {INDICATOR_LOCK})
    assert "DO05 measures something else" in result.output


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


def test_the_list_of_rules_leads_to_a_page_for_each(made: dict[str, bytes]) -> None:
    text = rule_catalogue(CONTRACT)
    for rule in CONTRACT.rules:
        assert f"| [{rule.id}](rules/{rule.id}.md) | {rule.sentence}<br>{cy(f'rule.{rule.id}')} |" in text
        assert f"rules/{rule.id}.md" in made


@pytest.mark.parametrize("rule", CONTRACT.rules, ids=lambda rule: rule.id)
def test_the_page_of_a_rule_says_all_that_is_said_under_it_in_both_languages(rule: Rule) -> None:
    text = rule_page(CONTRACT, rule)
    assert f"{rule.sentence}\n\n{cy(f'rule.{rule.id}')}\n" in text
    assert f"Version / Fersiwn: {rule.version}" in text
    for says in sayings_of(CONTRACT, rule.id):
        mends = CONTRACT.sayings[says].mend, cy(f"saying.{says}.mend") or ""
        assert " / ".join(re.sub(r"{\w+}", "…", mend) for mend in mends) in text
    assert "{" not in text


SEVERITIES = list(Severity).index


def test_the_severity_of_a_rule_is_the_worst_of_what_is_said_under_it() -> None:
    worst = {
        rule.id: min((severity_of(CONTRACT, rule.id, says) for says in sayings_of(CONTRACT, rule.id)), key=SEVERITIES)
        for rule in CONTRACT.rules
    }
    assert worst == {rule.id: rule.severity for rule in CONTRACT.rules}


def test_every_check_is_asked_on_the_page_of_its_rule() -> None:
    pages = {rule.id: rule_page(CONTRACT, rule) for rule in CONTRACT.rules}
    for check in CONTRACT.checks:
        asked = [line for line in pages[check.rule].splitlines() if f"`{check.column}`" in line and check.sheet in line]
        assert asked, check.code


def test_a_page_says_what_is_asked_in_words() -> None:
    page = rule_page(CONTRACT, CONTRACT.rule("V15"))
    assert (
        "divided by “Contract hours a week”, lies between 0.02513 and 0.02615, where “Role” is SUPPORT or DRIVER"
        in page
    )


def test_a_page_shows_rows_that_break_the_rule_beside_rows_that_keep_it() -> None:
    assert rule_page(CONTRACT, CONTRACT.rule("V09")).endswith(
        """
| ACTIVITY | Row / Rhes | People enrolled<br>Pobl ar y gofrestr | People attended<br>Pobl a fynychodd |
| --- | --- | --- | --- |
| breaks the rule / yn torri'r rheol | 2 | `8` | **`9`** |
| keeps the rule / yn cadw'r rheol | 2 | `8` | `8` |
"""
    )


def test_a_page_shows_the_other_returns_that_an_example_rests_on() -> None:
    months = tuple(Other(months_before=number, sheets={"CARERS": ({"short_breaks": "4"},)}) for number in (0, 1))
    copied = Other(is_of_another_provider=True, sheets={"CARERS": ({"short_breaks": "5"},)})
    fails, passes = ({"CARERS": ({"short_breaks": number},)} for number in ("4", "5"))
    at = (Place("CARERS", 2, "short_breaks"),)
    example = Shown(rule="V09", says="row_twice", at=at, fails=fails, passes=passes, others=(*months, copied))
    contract = with_check(CONTRACT, "V09-ACTIVITY-people_attended-more_attended_than_enrolled", says="row_twice")
    page = rule_page(contract, contract.rule("V09"), [example])
    for told in ("of the same provider", "for the same month", "1 months before", "of another provider"):
        assert told in page
    assert page.count("| either way / y naill ffordd neu'r llall | 2 | `4` |") == 2


def test_the_indicator_catalogue_holds_every_indicator() -> None:
    text = indicator_catalogue()
    for indicator in INDICATORS:
        assert f"## {indicator.id}: {indicator.title} / {cy(f'indicator.{indicator.id}.title')}" in text
        assert indicator.definition in text
        assert f"`warehouse/indicator_sql/{indicator.family}.sql`" in text


def test_the_catalogue_tells_the_changes_of_an_indicator() -> None:
    text = indicator_catalogue([replace(INDICATORS[0], changes=(A_CHANGE,))])
    assert "Version / Fersiwn: 2\n" in text
    assert "version 2, from 2027-04: People who came to be assessed count too. / fersiwn 2, o 2027-04: " in text


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


# --- the rules on the screen ------------------------------------------------------------------------------------------


def test_the_rules_are_listed_with_their_versions() -> None:
    shown = CliRunner().invoke(rules, []).output
    assert all(f"│ {rule.id} " in shown for rule in CONTRACT.rules)


def test_one_rule_is_shown_as_its_page() -> None:
    assert CliRunner().invoke(rules, ["v09"]).output == rule_page(CONTRACT, CONTRACT.rule("V09")) + "\n"


def test_a_program_reads_the_rules_with_what_is_said_in_both_languages() -> None:
    [told] = json.loads(CliRunner().invoke(rules, ["F04", "--json"]).output)
    assert (told["rule"], told["version"], told["severity"], told["scope"]) == ("F04", 1, "error", "file")
    said = {one["says"]: (one["severity"], one["mend"]["cy"]) for one in told["said"]}
    assert said["ENCODING_UNKNOWN"] == ("error", cy("saying.ENCODING_UNKNOWN.mend"))
    assert said["ENCODING_UTF16"][0] == "note"


def test_a_rule_that_there_is_not_is_misuse() -> None:
    shown = CliRunner().invoke(rules, ["V99"])
    assert shown.exit_code == 2
    assert "V99 is no rule" in shown.output
