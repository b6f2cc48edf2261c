"""The rule catalogue: a list of all rules, and a page for each, in both languages side by side.

A page says what the rule asks of which column, what a provider is told with how to mend it, and shows an example that
breaks the rule and one that keeps it.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from expectations.asked import asked
from expectations.contract import Contract, Rule, Severity, Sheet
from expectations.examples import EXAMPLES, Described, Example, Other, Place, Sheets
from expectations.examples.model import FIRST_ROW, Cells
from expectations.headers import FLAW_RULES, LESSER
from expectations.markdown import BREAK, fact_list, inline, lined, lines, table, title
from expectations.rules import CONSEQUENCE_RULES, FILE_RULES
from expectations.wording import column_label, cy


def rule_catalogue(contract: Contract) -> str:
    """Return the list of rules as Markdown, each with a link to its page, `rules/<id>.md`."""
    rows = [
        [
            f"[{rule.id}](rules/{rule.id}.md)",
            _sentence(rule),
            _severities(contract, rule),
            _scope(rule),
            str(rule.version),
        ]
        for rule in contract.rules
    ]
    headings = ("rule", "sentence", "severity", "scope", "version")
    return "\n".join([*title(inline("document.rules")), table(headings, rows)])


def rule_page(contract: Contract, rule: Rule, examples: Sequence[Example] = EXAMPLES) -> str:
    """Return the page of one rule as Markdown."""
    parts = title(f"{inline('document.rule')} {rule.id}")
    parts += [_sentence(rule, "\n\n") + "\n"]
    facts = {"severity": _severities(contract, rule), "scope": _scope(rule), "version": str(rule.version)}
    parts += [fact_list(facts), *_asked(contract, rule)]
    parts.append(f"## {inline('document.message')}\n")
    for says in sayings_of(contract, rule.id):
        parts += _saying(contract, says, severity_of(contract, rule.id, says))
        for example in examples:
            if (example.rule, example.says) == (rule.id, says):
                parts += _example(contract, example)
    return "\n".join(parts)


# --- what is said under a rule ----------------------------------------------------------------------------------------


def sayings_of(contract: Contract, rule_id: str) -> list[str]:
    """Return the names of all that is said under a rule, in the order of the contract's sayings."""
    told = {says for says, rule in (FILE_RULES | FLAW_RULES | CONSEQUENCE_RULES).items() if rule == rule_id}
    told |= {check.says for check in contract.checks if check.rule == rule_id}
    return [says for says in contract.sayings if says in told]


def severity_of(contract: Contract, rule_id: str, says: str) -> Severity:
    """Return how severe a finding is that says `says` under the rule."""
    for check in contract.checks:
        if (check.rule, check.says) == (rule_id, says):
            return check.severity
    return LESSER.get(says, Severity.ERROR)


def _severities(contract: Contract, rule: Rule) -> str:
    found = {severity_of(contract, rule.id, says) for says in sayings_of(contract, rule.id)}
    return "; ".join(inline(f"severity.{severity}") for severity in Severity if severity in found)


def _sentence(rule: Rule, joiner: str = BREAK) -> str:
    return joiner.join((rule.sentence, cy(f"rule.{rule.id}") or ""))


def _scope(rule: Rule) -> str:
    return inline(f"scope.{rule.scope}")


def _saying(contract: Contract, says: str, severity: Severity) -> list[str]:
    return [
        f"### {inline(f'severity.{severity}')}: {_told(contract, says, 'message', ' / ')}\n",
        f"{inline('document.mend')}: {_told(contract, says, 'mend', ' / ')}\n",
    ]


def _told(contract: Contract, says: str, part: str, joiner: str) -> str:
    told = joiner.join((getattr(contract.sayings[says], part), cy(f"saying.{says}.{part}") or ""))
    return re.sub(r"\{\w+\}", "…", told)


# --- what is asked ----------------------------------------------------------------------------------------------------


def _asked(contract: Contract, rule: Rule) -> list[str]:
    """Return a table of what is asked: columns, and sheets, of which the same is asked stand together."""
    columns: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for check in contract.checks:
        if check.rule == rule.id:
            words = lines(partial(asked, contract, check)), inline(f"severity.{check.severity}")
            columns[check.sheet, *words].append(f"`{check.column}`")
    sheets: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (sheet, *told), names in sorted(columns.items(), key=lambda one: _order(contract, one[0][0])):
        sheets[", ".join(names), told[0], told[1]].append(sheet)
    rows = [[", ".join(together), *cells] for cells, together in sheets.items()]
    if not rows:
        return []
    return [f"## {inline('document.sentence')}\n", table(("sheet", "column", "sentence", "severity"), rows)]


def _order(contract: Contract, name: str) -> int:
    return [sheet.name for sheet in contract.sheets].index(name)


# --- examples ---------------------------------------------------------------------------------------------------------


def _example(contract: Contract, example: Example) -> list[str]:
    if isinstance(example, Described):
        words = {"breaks": (example.fails, "fails"), "keeps": (example.passes, "passes")}
        rows = [[_verdict(verdict), _described(example, *told)] for verdict, told in words.items()]
        return [table(("verdict", "example"), rows)]
    parts = [part for other in example.others for part in _other(contract, other)]
    return [*parts, *_pages(contract, example.fails, example.passes, example.at)]


def _verdict(verdict: str) -> str:
    return inline(f"verdict.{verdict}")


def _described(example: Described, english: str, part: str) -> str:
    return BREAK.join((english, cy(f"example.{example.says}.{part}") or ""))


def _other(contract: Contract, other: Other) -> list[str]:
    whose = "another" if other.is_of_another_provider else "own"
    when = "before" if other.months_before else "same_month"
    told = inline(f"other.{whose}"), inline(f"other.{when}", months=other.months_before)
    return [f"{', '.join(told)}:\n", *_pages(contract, other.sheets, other.sheets, ())]


def _pages(contract: Contract, fails: Sheets, passes: Sheets, at: Sequence[Place]) -> list[str]:
    sheets = [sheet for sheet in contract.sheets if sheet.name in fails or sheet.name in passes]
    empty = [sheet.name for sheet in sheets if not fails.get(sheet.name) and not passes.get(sheet.name)]
    parts = [_page(sheet, fails, passes, at) for sheet in sheets if sheet.name not in empty]
    return [*parts, *([f"{inline('document.no_rows')}: {', '.join(empty)}\n"] if empty else [])]


def _page(sheet: Sheet, fails: Sheets, passes: Sheets, at: Sequence[Place]) -> str:
    """Return the rows of one sheet as a table: those that break the rule, those that keep it, or those of both."""
    broken, kept = fails.get(sheet.name, ()), passes.get(sheet.name, ())
    shown = [column.name for column in sheet.columns if any(column.name in cells for cells in (*broken, *kept))]
    rows = _rows(sheet, shown, "both" if broken == kept else "breaks", broken, at)
    rows += [] if broken == kept else _rows(sheet, shown, "keeps", kept, ())
    headings = [sheet.name, inline("document.row"), *(_label(sheet, name) for name in shown)]
    return lined(headings, rows)


def _label(sheet: Sheet, column: str) -> str:
    return lines(lambda language: column_label(sheet, column, language))


def _rows(
    sheet: Sheet, shown: Sequence[str], verdict: str, rows: Sequence[Cells], at: Sequence[Place]
) -> list[list[str]]:
    return [
        [_verdict(verdict), str(number), *(_cell(cells, Place(sheet.name, number, name), at) for name in shown)]
        for number, cells in enumerate(rows, FIRST_ROW)
    ]


def _cell(cells: Cells, place: Place, at: Sequence[Place]) -> str:
    """Return a cell as it is typed, in bold where the finding points at it; nothing where the example has no say."""
    name = str(place.column)
    if name not in cells:
        return ""
    told = f"`{cells[name]}`" if cells[name] is not None else inline("missing.value")
    return f"**{told}**" if place in at else told
