"""What Dagster is told of rules: how often and where each was broken, and never what stands in a return."""

from typing import Any

import dagster as dg
import pytest
from sqlalchemy import Connection
from warehouse_makers import HEADER, MONTH, a_submission, a_verdict

from assets.check.asset import ASSET
from assets.rule_checks import CHECKED, COMPARED, EXPECTED, results_of, specs_of, standing_result
from expectations.contract import Severity
from expectations.findings import Finding
from expectations.rules import CONTRACT
from warehouse import ledger
from warehouse.broken_rules import EXAMPLES, BrokenRule, Outcome, broken_rules, not_come, outcomes

SECRET = "Gwen Prys"


def a_finding(submission_id: int, row: int = 2, **changes: Any) -> Finding:
    said: dict[str, Any] = {
        "rule": "V06",
        "severity": Severity.ERROR,
        "level": "cell",
        "says": "unreadable",
        "sheet": "ACTIVITY",
        "column": "leavers",
        "value": SECRET,
        "expected": SECRET,
        "other": SECRET,
    }
    return Finding(submission_id, row=row, **(said | changes))


def judged(c: Connection, name: str, *findings: dict[str, Any], state: str = "queried", rows: int = 100) -> int:
    """Record a judged submission of a provider of its own, with findings in it."""
    header = HEADER | {"provider_id": f"DOP0000{ord(name) - 96}"}
    submission_id = a_submission(c, name, provider_id=header["provider_id"])
    found = [a_finding(submission_id, **one) for one in findings]
    ledger.record_verdict(c, a_verdict(submission_id, state=state, findings=found, rows_read=rows, header=header))
    return submission_id


def of_rule(broken: list[BrokenRule], rule: str) -> dg.AssetCheckResult:
    [result] = [one for one in results_of(CHECKED + COMPARED, broken, MONTH) if one.check_name == rule]
    return result


def cells(result: dg.AssetCheckResult, name: str = "examples") -> list[dict[str, Any]]:
    value = (result.metadata or {})[name]
    assert isinstance(value, dg.TableMetadataValue)
    return [dict(record.data) for record in value.records]


def test_a_rule_is_counted_by_finding_submission_and_row(c: Connection) -> None:
    judged(c, "a", {"row": 2}, {"row": 2, "column": "starters"}, {"row": 3})
    judged(c, "b", {"row": 9, "severity": Severity.QUERY}, {"row": 9, "rule": "V08"})
    [most, other] = broken_rules(c, MONTH)
    assert (most.rule, most.errors, most.queries, most.notes) == ("V06", 3, 1, 0)
    assert (most.findings, most.submissions, most.rows, most.rows_read) == (4, 2, 3, 200)
    assert (other.rule, other.findings) == ("V08", 1)


def test_examples_are_ten_at_most_and_one_of_each_submission_first(c: Connection) -> None:
    judged(c, "a", *({"row": row} for row in range(2, 40)))
    judged(c, "b", {"row": 2})
    [broken] = broken_rules(c, MONTH)
    assert len(broken.examples) == EXAMPLES == 10
    assert [one.provider_id for one in broken.examples[:3]] == ["DOP00001", "DOP00002", "DOP00001"]
    assert (broken.examples[0].sheet, broken.examples[0].row, broken.examples[0].column) == ("ACTIVITY", 2, "leavers")


def test_nothing_that_a_provider_wrote_is_told_not_even_the_name_of_a_sheet(c: Connection) -> None:
    judged(c, "a", {}, {"sheet": SECRET, "column": SECRET}, {"column": SECRET})
    result = of_rule(broken_rules(c, MONTH), "V06")
    assert len(cells(result)) == 3
    assert SECRET not in repr(result)
    assert [(one["sheet"], one["column"]) for one in cells(result)] == [
        ("ACTIVITY", "leavers"),
        ("", ""),
        ("ACTIVITY", ""),
    ]


def test_a_check_has_numbers_that_plot_and_says_where_to_see_all(c: Connection) -> None:
    judged(c, "a", {"row": 2}, {"row": 3})
    result = of_rule(broken_rules(c, MONTH), "V06")
    told: dict[str, Any] = {name: getattr(value, "value", value) for name, value in (result.metadata or {}).items()}
    assert (told["findings"], told["submissions"], told["rows_pct"]) == (2, 1, 2.0)
    assert f"dayops quarantine --period {MONTH} --rule V06" in told["see_all"]
    assert told["rule_page"].endswith("docs/contract/rules/V06.md")


def test_a_rule_that_nobody_broke_plots_noughts() -> None:
    result = of_rule([], "V06")
    assert result.passed
    assert result.metadata is not None
    assert [result.metadata[name].value for name in ("findings", "submissions", "rows_pct")] == [0, 0, 0.0]


@pytest.mark.parametrize(
    ("severity", "passed"), [(Severity.ERROR, False), (Severity.QUERY, False), (Severity.NOTE, True)]
)
def test_a_rule_passes_where_nobody_is_asked_for_anything(c: Connection, severity: Severity, passed: bool) -> None:
    judged(c, "a", {"severity": severity})
    result = of_rule(broken_rules(c, MONTH), "V06")
    assert (result.passed, result.severity) == (passed, dg.AssetCheckSeverity.WARN)


def test_a_return_that_has_not_come_is_told_by_its_provider() -> None:
    result = of_rule(not_come(EXPECTED, ["DOP00007"]), EXPECTED)
    assert not result.passed
    assert [one["provider"] for one in cells(result)] == ["DOP00007"]


def test_a_rules_page_is_a_link_where_it_is_known_where_the_code_is() -> None:
    results = results_of(CHECKED, [], MONTH, "https://git.example.org/dayops/blob/main/")
    url = (results[0].metadata or {})["rule_page"]
    assert isinstance(url, dg.UrlMetadataValue)
    assert url.url == "https://git.example.org/dayops/blob/main/docs/contract/rules/F01.md"


def test_no_rule_holds_up_the_nation() -> None:
    assert not any(spec.blocking for spec in specs_of(CONTRACT.rules, ASSET))


# --- whole submissions ------------------------------------------------------------------------------------------------


def an_outcome(number: int, state: str = "accepted", *rules: str) -> Outcome:
    return Outcome(f"DOP{number:05}", f"{number:012}", 1, state, rules)


def test_a_refused_return_warns_with_the_rules_that_refuse_it_and_the_others_stand(c: Connection) -> None:
    judged(c, "a")
    judged(c, "b", {"sheet": "RETURN", "column": "period"}, state="refused")
    result = standing_result(outcomes(c, MONTH))
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert [(one["provider"], one["rules"]) for one in cells(result, "refused_submissions")] == [("DOP00002", "V06")]
    assert result.metadata is not None
    assert [result.metadata[name].value for name in ("accepted", "queried", "refused")] == [0, 1, 1]


@pytest.mark.parametrize(("refused", "severity"), [(5, dg.AssetCheckSeverity.WARN), (6, dg.AssetCheckSeverity.ERROR)])
def test_most_of_ten_returns_refused_is_for_the_operators(refused: int, severity: dg.AssetCheckSeverity) -> None:
    every = [an_outcome(number, "refused" if number < refused else "accepted") for number in range(10)]
    assert standing_result(every).severity is severity


def test_a_provider_whose_later_version_stands_has_one() -> None:
    again = [an_outcome(1, "refused", "V02"), an_outcome(1), an_outcome(2, "refused", "V02")]
    assert (standing_result(again).metadata or {})["providers_with_none"] == dg.MetadataValue.int(1)
