"""Whose a return is, and for which month, by what its own RETURN sheet says; or the findings that refuse it.

Neither Dagster nor a database is needed here.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from expectations.codes import CODE_LISTS
from expectations.contract import Code, Count, Pattern, Present, Severity
from expectations.discretion import discreet_cell
from expectations.findings import Finding, letters
from expectations.headers import flaw_findings
from expectations.months import BASELINE
from expectations.rules import CONTRACT
from expectations.sheets import RETURN
from expectations.written import discreet, normalised
from resources.returns import IDENTITY

if TYPE_CHECKING:
    from resources.returns import Named
    from warehouse.ledger import Identity


def settle(
    submission_id: int, named: "Named", is_month: Callable[[str], bool]
) -> "tuple[Identity | None, list[Finding]]":
    """Return the identity that a RETURN sheet gives, and the findings that refuse it, if any."""
    if named.flaws:
        return None, flaw_findings(submission_id, named.flaws)
    values, findings = _understood(submission_id, named)
    if any(finding.column != "spec_version" for finding in findings):
        return None, findings
    return _identity(values), findings or _timely(submission_id, named, values, is_month)


def _understood(submission_id: int, named: "Named") -> tuple[dict[str, str | None], list[Finding]]:
    sheet = CONTRACT.sheet("RETURN")
    values = {name: normalised(sheet.column(name).kind, text) if text else None for name, text in named.texts.items()}
    broken = [name for name in IDENTITY if not values.get(name)]
    unlisted = [name for name in ("profile", "spec_version") if values.get(name) and not _is_listed(name, values[name])]
    odd = [name for name in ("provider_id",) if values.get(name) and not _is_shaped(name, values[name])]
    findings = [_cell_finding(submission_id, named, name) for name in dict.fromkeys([*broken, *unlisted, *odd])]
    return values, findings + _number_findings(submission_id, named, values["submission_no"])


def _number_findings(submission_id: int, named: "Named", number: str | None) -> list[Finding]:
    """Return what is wrong with a submission number that is a number: it is no whole one, or out of its bounds."""
    kind = CONTRACT.sheet("RETURN").column("submission_no").kind
    if number is None or not isinstance(kind, Count):
        return []
    if not re.fullmatch(r"-?\d+", number):
        return [_place(submission_id, named, "submission_no", "V07", "not_whole", None)]
    if kind.least <= int(number) <= kind.most:
        return []
    return [_place(submission_id, named, "submission_no", "V07", "out_of_bounds", f"{kind.least} - {kind.most}")]


def _is_listed(column: str, value: str | None) -> bool:
    return value in CODE_LISTS[column]


def _is_shaped(column: str, value: str | None) -> bool:
    kind = CONTRACT.sheet("RETURN").column(column).kind
    return isinstance(kind, Pattern) and re.fullmatch(kind.regex, value or "") is not None


def _cell_finding(submission_id: int, named: "Named", column: str) -> Finding:
    """Return the finding that the contract's own check of this column would give."""
    text = named.texts.get(column)
    checks = [check for check in CONTRACT.row_checks("RETURN") if check.column == column]
    check = next(one for one in checks if isinstance(one, Present) is (text is None))
    if column == "spec_version" and text is not None:
        return _place(submission_id, named, column, "V02", "version_unknown", CONTRACT.spec_version)
    kind = CONTRACT.sheet("RETURN").column(column).kind
    expected = ", ".join(CODE_LISTS[kind.list_name]) if isinstance(kind, Code) else getattr(kind, "shape", None)
    return _place(submission_id, named, column, check.rule, check.says, expected)


def _timely(
    submission_id: int, named: "Named", values: dict[str, str | None], is_month: Callable[[str], bool]
) -> list[Finding]:
    period = values["period"] or ""
    if is_month(period):
        return []
    is_early = period < BASELINE[0]
    says, column = ("profile_month", "profile") if is_early else ("month_not_over", "period")
    return [_place(submission_id, named, column, "V02", says, None)]


def _place(submission_id: int, named: "Named", column: str, rule: str, says: str, expected: str | None) -> Finding:
    at = named.places.get(column)
    return Finding(
        submission_id,
        rule,
        Severity.ERROR,
        "cell",
        says,
        "RETURN",
        named.row,
        column,
        f"{letters(at)}{named.row}" if at else None,
        discreet_cell(RETURN, column, named.texts.get(column)),
        expected,
    )


def _identity(values: dict[str, str | None]) -> "Identity":
    from warehouse.ledger import Identity

    return Identity(
        period=values["period"],
        provider_id=values["provider_id"],
        submission_no=int(values["submission_no"] or 0),
        profile=values["profile"],
        spec_version=values["spec_version"],
        language=values.get("language"),
        provider_name_en=discreet(values.get("provider_name_en")),
        provider_name_cy=discreet(values.get("provider_name_cy")),
        provider_sector=values.get("provider_sector"),
        lead_la=values.get("lead_la"),
        nil_return=values.get("nil_return") == "TRUE",
        return_id=values.get("return_id"),
    )
