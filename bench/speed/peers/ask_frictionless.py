"""frictionless: the CSV validated against a table schema, with row constraints for what depends on another column.

That hours stand where somebody attended is not asked: a row constraint is given what hours were read as, and so cannot
tell a blank from what is no number.
"""

import re
import time
from pathlib import Path
from typing import Any

from told import Failing, Rules, run


def check(folder: Path, rules: Rules) -> tuple[float, Failing]:
    """Validate the CSV, and so read it too."""
    from frictionless import Checklist, Detector, Resource, Schema, checks

    asked = [rule for rule in rules if not (rule["when"] and rule["column"] == "hours")]
    formulas = {_formula(rule): rule["code"] for rule in asked if rule["when"]}
    began = time.perf_counter()
    resource = Resource(
        path="rows.csv",
        basepath=str(folder),
        schema=Schema.from_descriptor(schema(asked)),
        detector=Detector(schema_sync=False),
    )
    constraints = [checks.row_constraint(formula=formula) for formula in formulas]
    report = resource.validate(Checklist(checks=constraints), limit_errors=10**9)
    failing = _failing(asked, formulas, report.flatten(["rowNumber", "fieldName", "type", "note"]))
    return time.perf_counter() - began, failing


def schema(rules: Rules) -> dict[str, Any]:
    """Return the table schema as frictionless reads it."""
    names = dict.fromkeys(rule["column"] for rule in sorted(rules, key=lambda rule: rule["place"]))
    fields = [_field(name, [rule for rule in rules if rule["column"] == name]) for name in names]
    return {"fields": fields, "primaryKey": next(rule["columns"] for rule in rules if rule["kind"] == "unique")}


def _field(name: str, rules: Rules) -> dict[str, Any]:
    kinds = {rule["kind"] for rule in rules}
    constraints: dict[str, Any] = {}
    for rule in rules:
        constraints |= _constraints(rule)
    kind = "number" if "number" in kinds else "date" if "date" in kinds else "string"
    return {"name": name, "type": kind, "constraints": constraints}


def _constraints(rule: dict[str, Any]) -> dict[str, Any]:
    match rule["kind"]:
        case "present":
            return {} if rule["when"] else {"required": True}
        case "listed":
            return {"enum": rule["allowed"]}
        case "matches":
            return {"pattern": rule["regex"]}
        case "between" | "days":
            return {"minimum": rule["least"], "maximum": rule["most"]}
        case _:
            return {}


def _formula(rule: dict[str, Any]) -> str:
    where = rule["when"]
    return f"{where['column']} not in {tuple(where['values'])!r} or {rule['column']}"


_KINDS = {"required": "present", "enum": "listed", "pattern": "matches"}


def _failing(rules: Rules, formulas: dict[str, str], errors: list[Any]) -> Failing:
    failing: Failing = {rule["code"]: [] for rule in rules}
    codes = {(rule["column"], rule["kind"]): rule["code"] for rule in rules if not rule["when"]}
    twice = next(rule["code"] for rule in rules if rule["kind"] == "unique")
    for row, field, kind, note in errors:
        if kind == "primary-key":
            code = twice
        elif kind == "row-constraint":
            code = next(code for formula, code in formulas.items() if formula in note)
        else:
            code = _of_cell(codes, field, kind, note)
        failing[code].append(row - 2)  # type: ignore[union-attr]
    return failing


def _of_cell(codes: dict[tuple[str, str], str], field: str, kind: str, note: str) -> str:
    """Return the rule behind an error of a cell: of its type, or of the constraint that the note names."""
    values = ("number", "between") if (field, "number") in codes else ("date", "days")
    if kind == "type-error":
        return codes[field, values[0]]
    named = re.search(r'constraint "(\w+)"', note)
    if kind != "constraint-error" or named is None:
        raise ValueError(f"{kind}: {note}")
    return codes[field, _KINDS.get(named[1], values[1])]


if __name__ == "__main__":
    run(["frictionless"], check)
