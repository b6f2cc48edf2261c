"""Written: what people type in a cell, and what each kind of column makes of it: a value, a mended one, or nothing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.contract import Amount, Area, Code, Count, Day, Flag, Kind, Month, Pattern, Text
from expectations.rules import CONTRACT
from expectations.written import Value, has_personal_detail, normalised, parse

POUNDS, WALES = Amount("GBP"), Area(besides=("SELF",))
NUMBER = Pattern(r"DOP\d{5}", "DOP and five digits")

AS_TYPED: list[tuple[Kind, str, Value]] = [
    (Count(), "12", 12),
    (Count(), "-4", -4),
    (Count(), "12.5", Decimal("12.5")),
    (POUNDS, "12.50", Decimal("12.50")),
    (POUNDS, "12.340", Decimal("12.34")),
    (Day(), "2026-03-05", date(2026, 3, 5)),
    (Month(), "2026-08", date(2026, 8, 1)),
    (Flag(), "FALSE", False),
    (Code("age_band"), "85+", "85+"),
    (WALES, "W06000023", "W06000023"),
    (NUMBER, "DOP01234", "DOP01234"),
    (Text(), "Canolfan Ddydd", "Canolfan Ddydd"),
]

MENDED: list[tuple[Kind, str, str, str]] = [
    (Count(), " 7\u00a0", "7", "trimmed"),
    (Count(), "\u200b7", "7", "trimmed"),
    (Count(), "1,200", "1200", "thousands"),
    (Count(), "12.0", "12", "whole"),
    (Count(), "007", "7", "figure"),
    (POUNDS, "12.345", "12.35", "rounded"),
    (POUNDS, "-0.005", "-0.01", "rounded"),
    (POUNDS, "1,200.50", "1200.50", "thousands"),
    (Day(), "05/03/2026", "2026-03-05", "day_first"),
    (Day(), "03/04/2026", "2026-04-03", "day_first"),
    (Day(), "5 March 2026", "2026-03-05", "in_words"),
    (Day(), "5 Mawrth 2026", "2026-03-05", "in_words"),
    (Day(), "5ed o Fawrth 2026", "2026-03-05", "in_words"),
    (Day(), "1 Gorffennaf 2026", "2026-07-01", "in_words"),
    (Day(), "1 o Orffennaf 2026", "2026-07-01", "in_words"),
    (Day(), "46086", "2026-03-05", "serial"),
    (Day(), "2026-03-05T00:00:00", "2026-03-05", "iso"),
    (Month(), "Awst 2026", "2026-08", "month"),
    (Month(), "2026-08-01", "2026-08", "month"),
    (Flag(), "ie", "TRUE", "flag"),
    (Flag(), "No", "FALSE", "flag"),
    (Code("part"), "am", "AM", "case"),
    (Code("age_band"), "18\u201324", "18-24", "dash"),
    (Code("spec_version"), "1", "1.0", "number"),
    (Code("tier"), "1.0", "1", "number"),
    (WALES, "w06000023", "W06000023", "case"),
    (WALES, "self", "SELF", "case"),
    (WALES, "W06000023 Powys", "W06000023", "name_beside"),
    (WALES, "W06000007", "W06000023", "old_code"),
    (NUMBER, "dop01234", "DOP01234", "case"),
    (Text(), "Caff\u0065\u0301", "Caff\u00e9", "trimmed"),
]

REFUSED: list[tuple[Kind, str]] = [
    *((Count(), text) for text in ("*", "..", "n/a", "-999", "x", "-", "1,5", "1e5", "inf", "nan", "1,2000", "12.")),
    *((POUNDS, text) for text in ("1,5", "1.2.3", "-9999", "\u0661")),
    *((Day(), text) for text in ("2026-02-30", "12/13/2026", "05/03/26", "5", "2026-03-05T10:30:00", "99999", "May")),
    *((Month(), text) for text in ("2026-13", "2026-08-15", "August")),
    *((Flag(), text) for text in ("na", "1", "perhaps")),
    (Code("part"), "noon"),
    *((WALES, text) for text in ("Powys", "W06000099", "W06000023 W06000002", "OUTSIDE_WALES")),
    (NUMBER, "DOP1234"),
    (Text(), "  "),
]


@pytest.mark.parametrize(("kind", "text", "value"), AS_TYPED)
def test_what_is_written_well_is_taken_as_it_stands(kind: Kind, text: str, value: Value) -> None:
    parsed = parse(kind, text)
    assert (parsed.value, parsed.became) == (value, None)


@pytest.mark.parametrize(("kind", "text", "became", "note"), MENDED)
def test_what_can_be_mended_without_doubt_is_mended_and_told(kind: Kind, text: str, became: str, note: str) -> None:
    parsed = parse(kind, text)
    assert (parsed.became, parsed.note) == (became, note)
    assert parsed.value == parse(kind, became).value


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_what_would_have_to_be_guessed_is_not_read(kind: Kind, text: str) -> None:
    assert parse(kind, text).value is None
    assert normalised(kind, text) is None


def test_the_checks_see_an_old_code_as_it_was_written() -> None:
    assert (parse(WALES, "w06000007").text, parse(WALES, "w06000007").value) == ("W06000007", "W06000023")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("W06000023 Powys County Council", "W06000023"),
        ("Ynys Môn (W06000001)", "W06000001"),
        ("W06000010: Sir Gaerfyrddin", "W06000010"),
        ("W06000023 Gwynedd", "W06000002"),
        ("W06000023 Narnia", "?"),
        ("W06000023", None),
    ],
)
def test_a_name_beside_a_code_is_known_in_either_language(text: str, named: str | None) -> None:
    assert parse(WALES, text).named == named


@pytest.mark.parametrize(
    "text",
    [
        "Mrs Jones",
        "see Dr. A. Rees",
        "943 476 5919",
        "LD1 5LG",
        "born 1/2/1960",
        "1960-02-01",
        "a.b@example.org",
        "07700 900123",
        "AB123456C",
        "1234567890",
    ],
)
def test_what_looks_like_a_persons_details_is_seen(text: str) -> None:
    assert has_personal_detail(text)


@pytest.mark.parametrize(
    "text",
    ["Service manager", "Cyngor Sir Gaerfyrddin", "Mill Drive Day Centre", "123456789", "Canolfan 2000"],
)
def test_an_ordinary_name_is_no_persons_details(text: str) -> None:
    assert not has_personal_detail(text)


KINDS = sorted({column.kind for sheet in CONTRACT.sheets for column in sheet.columns}, key=repr)


@given(st.sampled_from(KINDS), st.text(max_size=40))
def test_any_text_is_read_or_not_and_a_mended_one_stays_as_it_is(kind: Kind, text: str) -> None:
    parsed = parse(kind, text)
    if parsed.value is not None:
        again = parse(kind, parsed.became or parsed.text)
        assert (again.value, again.became) == (parsed.value, None)


@given(st.integers(-(10**15), 10**15))
def test_every_whole_number_is_read_as_itself(number: int) -> None:
    expected = None if str(number).startswith("-999") and set(str(number)[1:]) == {"9"} else number
    assert parse(Count(), str(number)).value == expected
    assert parse(Count(), f"{number:,}").value == (expected if abs(number) < 1000 else number)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_alike_however_it_is_written(day: date) -> None:
    ways = (day.isoformat(), f"{day:%d/%m/%Y}", f"{day.day} {day:%B %Y}", str((day - date(1899, 12, 30)).days))
    assert {parse(Day(), way).value for way in ways} == {day}
