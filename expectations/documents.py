"""The contract as documents: data dictionary, rule catalogue, indicator catalogue, and the form that providers fill in.

All of it is made of the declarations and the wording, in both languages side by side. Text and plain rows only: who
wants a workbook writes it with `resources.writing`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from expectations.codes import CODE_LISTS
from expectations.contract import Check, Code, Column, Contract, Need, Profile, Rule, Sheet
from expectations.headers import FLAW_RULES
from expectations.indicators import BREAKDOWNS, INDICATORS, Indicator
from expectations.rules import FILE_RULES
from expectations.wording import LANGUAGES, Language, column_label, condition, cy, holds, listed, phrase, sheet_name

Rows = list[list[str]]

_BREAK = "<br>"
_FILLED_IN_FOR_YOU = ("spec_version", "profile", "language")


def dictionary(contract: Contract) -> str:
    """Return the data dictionary as Markdown: every sheet, column and code of the return."""
    parts = [*_title("document.dictionary"), *_contents(contract)]
    for sheet in contract.sheets:
        parts += _sheet(sheet)
    parts.append(f"## {_inline('document.codes')}\n")
    for list_name in CODE_LISTS:
        parts += _code_list(list_name)
    return "\n".join(parts)


def rule_catalogue(contract: Contract) -> str:
    """Return the rule catalogue as Markdown: every rule, where it is asked, and what a provider is told."""
    parts = _title("document.rules")
    for rule in contract.rules:
        parts += _rule(contract, rule)
    return "\n".join(parts)


def indicator_catalogue(indicators: Sequence[Indicator] = INDICATORS) -> str:
    """Return the indicator catalogue as Markdown: what each means, counts and divides."""
    parts = _title("document.indicators")
    for indicator in indicators:
        parts += _indicator(indicator)
    return "\n".join(parts)


def blank(contract: Contract, profile: Profile, language: Language) -> dict[str, Rows]:
    """Return the form for `profile` as rows by sheet: a page of guidance, then each sheet with its header."""
    sheets = [sheet for sheet in contract.sheets if profile in sheet.profiles]
    pages = {phrase("document.guidance", language): _guidance(sheets, profile, language)}
    return pages | {sheet_name(sheet.name, language): _form(contract, sheet, profile, language) for sheet in sheets}


# --- Markdown ---------------------------------------------------------------------------------------------------------


def _title(key: str) -> list[str]:
    notes = _lines(lambda language: phrase("document.generated", language), joiner="\n\n")
    drafts = _lines(lambda language: phrase("document.draft", language), joiner="\n\n")
    return [f"# {_inline(key)}\n", f"{notes}\n", f"{drafts}\n"]


def _inline(key: str) -> str:
    return _lines(lambda language: phrase(key, language), joiner=" / ")


def _lines(words: Callable[[Language], str], joiner: str = _BREAK) -> str:
    return joiner.join(dict.fromkeys(words(language) for language in LANGUAGES))


def _table(headings: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    return _lined([_inline(f"document.{heading}") for heading in headings], rows)


def _lined(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _facts(facts: Mapping[str, str]) -> str:
    return "\n".join(f"- {_inline(f'document.{key}')}: {told}" for key, told in facts.items()) + "\n"


def _contents(contract: Contract) -> list[str]:
    rows = [
        [f"[{sheet.name}](#{_anchor(sheet)})", _welsh(f"sheet.{sheet.name}.name"), _about(sheet)]
        for sheet in contract.sheets
    ]
    return [_table(("sheet", "label", "about"), rows)]


def _anchor(sheet: Sheet) -> str:
    return f"{sheet.name}--{_welsh(f'sheet.{sheet.name}.name')}".lower()


def _welsh(key: str) -> str:
    return cy(key) or ""


def _about(sheet: Sheet) -> str:
    return f"{sheet.about}{_BREAK}{_welsh(f'sheet.{sheet.name}.about')}"


def _sheet(sheet: Sheet) -> list[str]:
    profiles = ", ".join(profile.value for profile in Profile if profile in sheet.profiles)
    facts = {"key": ", ".join(f"`{name}`" for name in sheet.key), "profiles": profiles, "table": f"`{sheet.table}`"}
    rows = [_column(sheet, column) for column in sheet.columns]
    return [
        f"## {sheet.name} / {_welsh(f'sheet.{sheet.name}.name')}\n",
        f"{sheet.about}\n\n{_welsh(f'sheet.{sheet.name}.about')}\n",
        _facts(facts) + (f"- {_inline('document.snapshot')}\n" if sheet.is_snapshot else ""),
        _table(("name", "label", "about", "need", "holds"), rows),
    ]


def _column(sheet: Sheet, column: Column) -> list[str]:
    name = f"`{column.name}`" + (f"{_BREAK}{_inline('document.sensitive')}" if column.is_sensitive else "")
    return [
        name,
        _lines(lambda language: column_label(sheet, column.name, language)),
        f"{column.about}{_BREAK}{_welsh(f'column_about.{sheet.name}.{column.name}')}",
        _lines(lambda language: _need(sheet, column, language)),
        _lines(lambda language: holds(column, language)),
    ]


def _need(sheet: Sheet, column: Column, language: Language) -> str:
    told = condition(sheet, column.when, language) if column.when else ""
    need = Need.CONDITIONAL if column.when else column.need
    return phrase(f"need.{need}", language, **({"condition": told} if column.when else {}))


def _code_list(list_name: str) -> list[str]:
    rows = [[f"`{code}`", label, _welsh(f"code.{list_name}.{code}")] for code, label in CODE_LISTS[list_name].items()]
    headings = [f"`{list_name}`", *(phrase("document.language", language) for language in LANGUAGES)]
    return [_lined(headings, rows)]


# --- rules ------------------------------------------------------------------------------------------------------------


def _rule(contract: Contract, rule: Rule) -> list[str]:
    facts = {
        "severity": _inline(f"severity.{rule.severity}"),
        "scope": _inline(f"scope.{rule.scope}"),
    }
    sayings = sorted(_sayings(contract, rule.id), key=list(contract.sayings).index)
    rows = [[_told(contract, says, "message"), _told(contract, says, "mend")] for says in sayings]
    asked = list(_asked_of(contract, rule.id))
    return [
        f"## {rule.id}\n",
        f"{rule.sentence}\n\n{_welsh(f'rule.{rule.id}')}\n",
        _facts(facts),
        *([_table(("message", "mend"), rows)] if rows else []),
        *([_table(("sheet", "column"), asked)] if asked else []),
    ]


def _sayings(contract: Contract, rule_id: str) -> set[str]:
    asked = {check.says for check in contract.checks if check.rule == rule_id}
    of_files = {says for says, rule in (FILE_RULES | FLAW_RULES).items() if rule == rule_id}
    return (asked | of_files) & set(contract.sayings)


def _told(contract: Contract, says: str, part: str) -> str:
    told = f"{getattr(contract.sayings[says], part)}{_BREAK}{_welsh(f'saying.{says}.{part}')}"
    return re.sub(r"\{\w+\}", "…", told)


def _asked_of(contract: Contract, rule_id: str) -> Iterator[list[str]]:
    checks: Iterable[Check] = contract.checks
    for sheet in contract.sheets:
        asked = {check.column for check in checks if (check.rule, check.sheet) == (rule_id, sheet.name)}
        if asked:
            yield [sheet.name, ", ".join(f"`{column.name}`" for column in sheet.columns if column.name in asked)]


# --- indicators -------------------------------------------------------------------------------------------------------


def _indicator(indicator: Indicator) -> list[str]:
    key = f"indicator.{indicator.id}"
    denominator = _with_welsh(indicator.denominator, f"{key}.denominator") if indicator.denominator else "-"
    facts = {
        "numerator": _with_welsh(indicator.numerator, f"{key}.numerator"),
        "denominator": denominator,
        "measures": "; ".join(_measures(indicator)),
        "breakdowns": "; ".join(
            _with_welsh(BREAKDOWNS[name][0], f"breakdown.{name}") for name in ("all", *indicator.breakdowns)
        ),
        "source": indicator.source,
    }
    return [
        f"## {indicator.id}: {_with_welsh(indicator.title, f'{key}.title')}\n",
        f"{indicator.definition}\n\n{_welsh(f'{key}.definition')}\n",
        _facts(facts),
    ]


def _with_welsh(english: str, key: str) -> str:
    return " / ".join(dict.fromkeys([english, _welsh(key) or english]))


def _measures(indicator: Indicator) -> Iterator[str]:
    for measure in indicator.measures:
        label = _with_welsh(measure.label, f"indicator.{indicator.id}.measure.{measure.name}")
        yield f"{label} ({_inline(f'measure_unit.{measure.unit}')})"


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
