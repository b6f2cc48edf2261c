"""The wording: complete in both languages, free of doubt in its names, and safe in what it shows."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from expectations.codes import CODE_LISTS
from expectations.contract import Contract, Pattern, Saying, Severity
from expectations.examples import EXAMPLES, Described
from expectations.findings import Finding
from expectations.headers import FLAW_RULES
from expectations.indicators import BREAKDOWNS, INDICATORS, REASONS
from expectations.reference import WALES, folded
from expectations.rules import CONTRACT, FILE_RULES
from expectations.wording import (
    LANGUAGES,
    SHARED,
    Language,
    WordingError,
    cy,
    header_aliases,
    month_name,
    phrase,
    phrases,
    say,
    sheet_aliases,
    shown_value,
    welsh,
)
from warehouse.star_dimensions import stars

ROOT = Path(__file__).parent.parent
VERDICTS = ("fails", "passes")


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


def a_finding(says: str = "not_number", **facts: object) -> Finding:
    made = Finding(1, "V03", Severity.ERROR, "cell", says, "ACTIVITY", 17, "sessions_planned", "I17", "n/a")
    return replace(made, **facts)  # type: ignore[arg-type]


def a_finding_of(says: str) -> Finding:
    """A finding with every fact, where the contract asks for `says`."""
    check = next((check for check in CONTRACT.checks if check.says == says), None)
    sheet, column = (check.sheet, check.column) if check else ("ACTIVITY", "sessions_planned")
    return a_finding(says, sheet=sheet, column=column, expected="12", other="DOS000123")


# --- complete ---------------------------------------------------------------------------------------------------------


def wanted() -> Iterator[str]:
    yield f"area.{WALES}"
    yield from (f"rule.{rule.id}" for rule in CONTRACT.rules)
    for sheet in CONTRACT.sheets:
        yield from (f"sheet.{sheet.name}.{part}" for part in ("name", "about"))
        yield from (f"{part}.{sheet.name}.{one.name}" for one in sheet.columns for part in ("column", "column_about"))
        yield from (f"shape.{column.name}" for column in sheet.columns if isinstance(column.kind, Pattern))
    yield from (f"code.{name}.{code}" for name, codes in CODE_LISTS.items() for code in codes)
    yield from (f"saying.{says}.{part}" for says in CONTRACT.sayings for part in ("message", "mend"))
    yield from (f"example.{one.says}.{part}" for one in EXAMPLES if isinstance(one, Described) for part in VERDICTS)
    yield from (f"breakdown.{name}" for name in BREAKDOWNS)
    yield from (f"reason.{code}" for code in REASONS)
    for indicator in INDICATORS:
        parts = ["title", "definition", "numerator", *(["denominator"] if indicator.denominator else [])]
        yield from (f"indicator.{indicator.id}.{part}" for part in parts)
        yield from (f"indicator.{indicator.id}.measure.{measure.name}" for measure in indicator.measures)
        yield from (f"indicator.{indicator.id}.change.{change.version}" for change in indicator.changes)
    yield from (one.says for star in stars() for one in star.columns)
    yield from phrases()


def test_everything_that_is_said_has_welsh() -> None:
    assert [key for key in wanted() if not cy(key)] == []


def test_no_welsh_is_left_over_from_something_that_is_gone() -> None:
    used = {key.replace("column_about.", "column.") for key in wanted()}
    used |= {re.sub(r"^column\.\w+", f"column.{SHARED}", key) for key in used if key.startswith("column.")}
    spare = {re.sub(r"^(column\..*)\.(label|about)$", r"\1", key) for key in welsh()} - used
    assert spare == set()


def test_placeholders_agree_between_the_languages() -> None:
    english = dict(phrases())
    english |= {f"saying.{says}.message": saying.message for says, saying in CONTRACT.sayings.items()}
    english |= {f"saying.{says}.mend": saying.mend for says, saying in CONTRACT.sayings.items()}
    differ = [key for key, words in english.items() if placeholders(words) != placeholders(cy(key) or "")]
    assert differ == []


def test_units_of_measures_and_of_columns_have_their_phrases() -> None:
    units = {measure.unit for indicator in INDICATORS for measure in indicator.measures}
    assert [unit for unit in units for language in LANGUAGES if not phrase(f"measure_unit.{unit}", language)] == []


def test_every_query_across_sheets_has_its_phrase() -> None:
    asked = {f"across.{check.query}" for check in CONTRACT.joins()}
    asked |= {f"between.{check.query}" for check in CONTRACT.comparisons()}
    assert asked == {key for key in phrases() if key.startswith(("across.", "between."))}


def test_every_reason_and_check_has_a_saying() -> None:
    said = {check.says for check in CONTRACT.checks} | set(FILE_RULES) | set(FLAW_RULES)
    assert said - set(CONTRACT.sayings) == set()


def test_welsh_stands_in_one_file_only() -> None:
    # Plain words of the collection: names of places and people are Welsh wherever they stand.
    marks = re.compile(
        r"\b(gwasanaeth|darparwr|ffurflen|cyflwyniad|cleientiaid|gwiriwch|llenwch|nid yw|mae'r)\w*", re.I
    )
    packages = ("assets", "dayops_pipeline", "expectations", "resources", "warehouse")
    files = [path for name in packages for kind in ("py", "sql", "toml") for path in (ROOT / name).rglob(f"*.{kind}")]
    assert len(files) > 20
    strays = {str(path.relative_to(ROOT)) for path in files if marks.search(path.read_text(encoding="utf-8"))}
    assert strays == {"expectations/wording/cy.toml"}


def test_the_welsh_says_that_it_is_a_draft_in_both_languages() -> None:
    head = (ROOT / "expectations/wording/cy.toml").read_text(encoding="utf-8")[:900]
    assert "DRAFT." in head
    assert "DRAFFT." in head


# --- names ------------------------------------------------------------------------------------------------------------


def test_a_sheet_goes_by_its_name_and_by_its_welsh_name() -> None:
    aliases = sheet_aliases(CONTRACT)
    assert len(aliases) == 2 * len(CONTRACT.sheets)
    assert {aliases[folded(name)] for name in ("SERVICES", "Gwasanaethau", "GWASANAETHAU ")} == {"SERVICES"}


@pytest.mark.parametrize("sheet", CONTRACT.sheets, ids=lambda sheet: sheet.name)
def test_a_column_goes_by_its_name_its_label_and_its_welsh_label(sheet) -> None:  # type: ignore[no-untyped-def]
    aliases = header_aliases(sheet)
    for column in sheet.columns:
        label = cy(f"column.{sheet.name}.{column.name}") or ""
        assert {aliases[folded(name)] for name in (column.name, column.label, label)} == {column.name}


def test_two_columns_under_one_header_are_not_accepted() -> None:
    sheet = CONTRACT.sheet("ACTIVITY")
    first, second, *others = sheet.columns
    spoilt = replace(sheet, columns=(first, replace(second, label=first.label.upper()), *others))
    with pytest.raises(WordingError, match="would be both service_id and commissioning_la"):
        header_aliases(spoilt)


def test_two_sheets_under_one_name_are_not_accepted() -> None:
    spoilt = replace(CONTRACT, sheets=(CONTRACT.sheet("PEOPLE"), replace(CONTRACT.sheet("CARERS"), name="pobl")))
    with pytest.raises(WordingError):
        sheet_aliases(spoilt)


def test_a_month_is_named_in_either_language() -> None:
    assert [month_name("2026-02", language) for language in LANGUAGES] == ["February 2026", "Chwefror 2026"]


# --- sentences --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("says", CONTRACT.sayings)
def test_a_finding_is_said_in_full(says: str, language: Language) -> None:
    for sentence in say(CONTRACT, a_finding_of(says), language):
        assert sentence
        assert not re.search(r"[{}]|[Ii]nvalid|[Aa]nnilys|regex|\\d|None|\b[VF]\d\d\b", sentence)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("says", CONTRACT.sayings)
def test_a_finding_without_facts_is_said_all_the_same(says: str, language: Language) -> None:
    bare = Finding(1, "V01", Severity.ERROR, "file", says)
    assert not any(placeholders(sentence) for sentence in say(CONTRACT, bare, language))


def test_a_label_is_said_in_the_language_of_the_sentence() -> None:
    messages = [say(CONTRACT, a_finding(), language)[0] for language in LANGUAGES]
    assert messages == [
        "“Sessions planned” is “n/a”, which is not a number.",
        "Gwerth “Sesiynau a gynlluniwyd” yw “n/a”, ac nid yw hynny'n rhif.",
    ]


@pytest.mark.parametrize(
    ("says", "place", "english", "in_welsh"),
    [
        ("wrong_shape", ("SERVICES", "service_id"), "DOS and six digits", "DOS a chwe rhif"),
        ("not_in_list", ("SERVICES", "tier"), "1, 2, 3", "1, 2, 3"),
        ("out_of_bounds", ("ATTENDANCE", "hours"), "0 and 6", "0 a 6"),
        ("too_long", ("RETURN", "prepared_by_role"), "80", "80"),
        ("blank_when", ("ATTENDANCE", "hours"), "“Status” is ATT", "“Statws” yn ATT"),
        ("blank_when", ("PEOPLE", "end_reason"), "“End date” is filled in", "“Dyddiad gorffen” wedi'i lenwi"),
        ("only_when", ("PEOPLE", "active_offer_accepted"), "“Welsh offered” is Y", "“Cynigiwyd y Gymraeg” yn Y"),
        ("row_twice", ("CARERS", "carer_group"), "and “Carer group”", "a “Grŵp gofalwyr”"),
        ("part_over_whole", ("OUTCOMES", "people_paid_work_16h"), "“People in paid work”", "“Pobl mewn gwaith â thâl”"),
    ],
)
def test_what_was_expected_is_said_in_words_of_the_contract(
    says: str, place: tuple[str, str], english: str, in_welsh: str
) -> None:
    sheet, column = place
    finding = a_finding(says, sheet=sheet, column=column, expected="only the English")
    assert english in " ".join(say(CONTRACT, finding, "en"))
    assert in_welsh in " ".join(say(CONTRACT, finding, "cy"))


def test_a_limit_is_said_in_megabytes_or_in_rows_and_columns() -> None:
    large = a_finding("FILE_TOO_LARGE", sheet=None, column=None, expected="26000000 bytes; the limit is 25000000")
    wide = a_finding(
        "SHEET_TOO_LARGE", sheet=None, column=None, expected="row 9; the limits are 100000 rows, 200 columns"
    )
    assert say(CONTRACT, large, "en")[0] == "The file is larger than 25 MB."
    assert "100,000 o resi a 200 o golofnau" in say(CONTRACT, wide, "cy")[0]


def test_a_value_about_a_person_is_masked_even_where_the_finding_is_not() -> None:
    ref = a_finding("person_ref_shape", sheet="PEOPLE", column="person_ref", value="Mair Jones")
    note = a_finding("personal_detail", sheet="RETURN", column="prepared_by_role", value="Mr Jones")
    code = a_finding("row_twice", sheet="PEOPLE", column="person_ref", value="0123456789abcdef")
    assert [shown_value(CONTRACT, finding) for finding in (ref, note, code)] == [
        "M•••••••••",
        "M•••••••",
        "0•••••••••••",
    ]


def test_a_value_is_shown_on_one_line_and_never_read_as_a_placeholder() -> None:
    finding = a_finding(value="12\n{expected}\x00")
    assert shown_value(CONTRACT, finding) == "12 {expected} "
    assert "{expected}" in say(CONTRACT, finding, "en")[0]


def test_a_long_value_is_cut_short_in_a_sentence() -> None:
    message, _ = say(CONTRACT, a_finding(value="x" * 5_000), "en")
    assert len(message) < 150


def test_a_saying_that_the_contract_does_not_have_is_an_error() -> None:
    with pytest.raises(KeyError):
        say(CONTRACT, a_finding("no_such_saying"), "en")


def test_a_saying_without_welsh_falls_back_to_english() -> None:
    contract: Contract = replace(CONTRACT, sayings={"new": Saying("{label} is new.", "Wait.")})
    assert say(contract, a_finding("new"), "cy") == ("“Sesiynau a gynlluniwyd” is new.", "Wait.")
