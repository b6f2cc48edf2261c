"""The contract as documents: data dictionary, indicator catalogue, and the form that providers fill in.

All of it is made of the declarations and the wording, in both languages side by side; so is the rule catalogue, in
`rule_pages`. Text and plain rows only: who wants a workbook writes it with `resources.writing`.
"""

from collections.abc import Iterable, Iterator, Sequence

from expectations.codes import CODE_LISTS
from expectations.contract import Code, Column, Contract, Need, Profile, Sheet
from expectations.indicators import BREAKDOWNS, INDICATORS, Change, Indicator, Measure
from expectations.markdown import BREAK, fact_list, inline, lined, lines, table, title
from expectations.wording import LANGUAGES, Language, column_label, condition, cy, holds, listed, phrase, sheet_name

Rows = list[list[str]]

_FILLED_IN_FOR_YOU = ("spec_version", "profile", "language")


def dictionary(contract: Contract) -> str:
    """Return the data dictionary as Markdown: every sheet, column and code of the return."""
    parts = [*title(inline("document.dictionary")), *_contents(contract)]
    for sheet in contract.sheets:
        parts += _sheet(sheet)
    parts.append(f"## {inline('document.codes')}\n")
    for list_name in CODE_LISTS:
        parts += _code_list(list_name)
    return "\n".join(parts)


def indicator_catalogue(indicators: Sequence[Indicator] = INDICATORS) -> str:
    """Return the indicator catalogue as Markdown: what each means, counts and divides, and how it is shown."""
    parts = title(inline("document.indicators"))
    for indicator in indicators:
        parts += _indicator(indicator)
    return "\n".join(parts)


def blank(contract: Contract, profile: Profile, language: Language) -> dict[str, Rows]:
    """Return the form for `profile` as rows by sheet: a page of guidance, then each sheet with its header."""
    sheets = [sheet for sheet in contract.sheets if profile in sheet.profiles]
    pages = {phrase("document.guidance", language): _guidance(sheets, profile, language)}
    return pages | {sheet_name(sheet.name, language): _form(contract, sheet, profile, language) for sheet in sheets}


# --- the dictionary --------------------------------------------------------------------------------------------------


def _contents(contract: Contract) -> list[str]:
    rows = [
        [f"[{sheet.name}](#{_anchor(sheet)})", _welsh(f"sheet.{sheet.name}.name"), _about(sheet)]
        for sheet in contract.sheets
    ]
    return [table(("sheet", "label", "about"), rows)]


def _anchor(sheet: Sheet) -> str:
    return f"{sheet.name}--{_welsh(f'sheet.{sheet.name}.name')}".lower()


def _welsh(key: str) -> str:
    return cy(key) or ""


def _about(sheet: Sheet) -> str:
    return f"{sheet.about}{BREAK}{_welsh(f'sheet.{sheet.name}.about')}"


def _sheet(sheet: Sheet) -> list[str]:
    profiles = ", ".join(profile.value for profile in Profile if profile in sheet.profiles)
    facts = {"key": ", ".join(f"`{name}`" for name in sheet.key), "profiles": profiles, "table": f"`{sheet.table}`"}
    rows = [_column(sheet, column) for column in sheet.columns]
    return [
        f"## {sheet.name} / {_welsh(f'sheet.{sheet.name}.name')}\n",
        f"{sheet.about}\n\n{_welsh(f'sheet.{sheet.name}.about')}\n",
        fact_list(facts) + (f"- {inline('document.snapshot')}\n" if sheet.is_snapshot else ""),
        table(("name", "label", "about", "need", "holds"), rows),
    ]


def _column(sheet: Sheet, column: Column) -> list[str]:
    name = f"`{column.name}`" + (f"{BREAK}{inline('document.sensitive')}" if column.is_sensitive else "")
    return [
        name,
        lines(lambda language: column_label(sheet, column.name, language)),
        f"{column.about}{BREAK}{_welsh(f'column_about.{sheet.name}.{column.name}')}",
        lines(lambda language: _need(sheet, column, language)),
        lines(lambda language: holds(column, language)),
    ]


def _need(sheet: Sheet, column: Column, language: Language) -> str:
    told = condition(sheet, column.when, language) if column.when else ""
    need = Need.CONDITIONAL if column.when else column.need
    return phrase(f"need.{need}", language, **({"condition": told} if column.when else {}))


def _code_list(list_name: str) -> list[str]:
    rows = [[f"`{code}`", label, _welsh(f"code.{list_name}.{code}")] for code, label in CODE_LISTS[list_name].items()]
    headings = [f"`{list_name}`", *(phrase("document.language", language) for language in LANGUAGES)]
    return [lined(headings, rows)]


# --- indicators -------------------------------------------------------------------------------------------------------


def _indicator(indicator: Indicator) -> list[str]:
    key = f"indicator.{indicator.id}"
    denominator = _with_welsh(indicator.denominator, f"{key}.denominator") if indicator.denominator else "-"
    facts = {
        "version": str(indicator.version),
        "numerator": _with_welsh(indicator.numerator, f"{key}.numerator"),
        "denominator": denominator,
        "source": indicator.source,
    }
    return [
        f"## {indicator.id}: {_with_welsh(indicator.title, f'{key}.title')}\n",
        f"{indicator.definition}\n\n{_welsh(f'{key}.definition')}\n",
        fact_list(facts) + "".join(f"- {inline(f'catalogue.{name}')}: {told}\n" for name, told in _meant(indicator)),
        lined([inline(name) for name in _MEASURE_HEADINGS], [_measure(indicator, one) for one in indicator.measures]),
    ]


def _meant(indicator: Indicator) -> Iterator[tuple[str, str]]:
    """Yield what else is declared of an indicator, by the phrases that stand before it."""
    period = "snapshot" if indicator.is_snapshot else "distinct" if indicator.is_distinct else "months"
    yield "direction", inline(f"catalogue.direction_{indicator.direction}")
    yield "levels", "; ".join(inline(f"catalogue.level_{level}") for level in indicator.levels)
    yield "period", inline(f"catalogue.period_{period}")
    yield "floor", inline(f"catalogue.floor_{'yes' if indicator.has_floor else 'no'}")
    yield "sheets", ", ".join(f"`{sheet}`" for sheet in indicator.sheets)
    yield "sql", f"`warehouse/indicator_sql/{indicator.family}.sql`"
    yield "changes", "; ".join(_change(indicator, one) for one in indicator.changes) or inline("catalogue.no_changes")


def _change(indicator: Indicator, change: Change) -> str:
    told = {"en": change.what, "cy": _welsh(f"indicator.{indicator.id}.change.{change.version}") or change.what}
    return lines(
        lambda language: phrase(
            "catalogue.change", language, version=change.version, since=change.since, what=told[language]
        ),
        joiner=" / ",
    )


_MEASURE_HEADINGS = (
    "catalogue.measure",
    "document.unit",
    "catalogue.factor",
    "catalogue.rounding",
    "catalogue.interval",
    "catalogue.people",
    "document.breakdowns",
)


def _measure(indicator: Indicator, measure: Measure) -> list[str]:
    rounding = "base" if measure.is_count else "places"
    return [
        _with_welsh(measure.label, f"indicator.{indicator.id}.measure.{measure.name}"),
        inline(f"measure_unit.{measure.unit}"),
        f"{measure.factor:,}",
        inline(f"catalogue.rounding_{rounding}", places=measure.places),
        inline(f"catalogue.interval_{measure.interval}"),
        inline(f"catalogue.people_{measure.people}"),
        "; ".join(_breakdowns(indicator, measure)),
    ]


def _breakdowns(indicator: Indicator, measure: Measure) -> Iterator[str]:
    for name in indicator.breakdowns_of(measure):
        yield _with_welsh(BREAKDOWNS[name][0], f"breakdown.{name}")
    if indicator.only:
        yield inline("catalogue.only", codes=", ".join(indicator.only))


def _with_welsh(english: str, key: str) -> str:
    return " / ".join(dict.fromkeys([english, _welsh(key) or english]))


# --- the form ---------------------------------------------------------------------------------------------------------


def _form(contract: Contract, sheet: Sheet, profile: Profile, language: Language) -> Rows:
    header = [column_label(sheet, column.name, language) for column in sheet.columns]
    if sheet.name != "RETURN":
        return [header]
    known = dict(zip(_FILLED_IN_FOR_YOU, (contract.spec_version, profile.value, language), strict=True))
    return [header, [known.get(column.name, "") for column in sheet.columns]]


def _guidance(sheets: Sequence[Sheet], profile: Profile, language: Language) -> Rows:
    label = CODE_LISTS["profile"][profile] if language == "en" else _welsh(f"code.profile.{profile}")
    return [
        [phrase("document.guidance_title", language)],
        [f"{profile}: {label}"],
        [phrase("document.guidance_intro", language)],
        [phrase("document.draft", language)],
        [],
        *_guide_to_sheets(sheets, language),
        [],
        *_guide_to_columns(sheets, language),
        [],
        *_guide_to_codes(sheets, language),
    ]


def _headings(names: Iterable[str], language: Language) -> list[str]:
    return [phrase(f"document.{name}", language) for name in names]


def _guide_to_sheets(sheets: Sequence[Sheet], language: Language) -> Rows:
    rows = [[phrase("document.guidance_sheets", language)], _headings(("sheet", "about", "key"), language)]
    for sheet in sheets:
        about = sheet.about if language == "en" else _welsh(f"sheet.{sheet.name}.about")
        when = f" {phrase('document.snapshot', language)}." if sheet.is_snapshot else ""
        key = listed([column_label(sheet, name, language) for name in sheet.key], "and", language)
        rows.append([sheet_name(sheet.name, language), about + when, key])
    return rows


def _guide_to_columns(sheets: Sequence[Sheet], language: Language) -> Rows:
    headings = _headings(("sheet", "column", "about", "need", "holds"), language)
    rows = [[phrase("document.guidance_columns", language)], headings]
    for sheet in sheets:
        for column in sheet.columns:
            about = column.about if language == "en" else _welsh(f"column_about.{sheet.name}.{column.name}")
            label, need = column_label(sheet, column.name, language), _need(sheet, column, language)
            rows.append([sheet_name(sheet.name, language), label, about, need, holds(column, language)])
    return rows


def _guide_to_codes(sheets: Sequence[Sheet], language: Language) -> Rows:
    rows = [[phrase("document.guidance_codes", language)], _headings(("column", "code", "meaning"), language)]
    for label, list_name in _lists(sheets, language).items():
        for code, english in CODE_LISTS[list_name].items():
            rows.append([label, code, english if language == "en" else _welsh(f"code.{list_name}.{code}")])
    return rows


def _lists(sheets: Sequence[Sheet], language: Language) -> dict[str, str]:
    return {
        column_label(sheet, column.name, language): column.kind.list_name
        for sheet in sheets
        for column in sheet.columns
        if isinstance(column.kind, Code)
    }
