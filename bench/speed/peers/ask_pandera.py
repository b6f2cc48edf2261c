"""pandera: one lazy validation of a frame of strings, failing rows from its failure cases."""

import time
from pathlib import Path
from typing import Any

from told import Failing, Rules, run, whole


def check(folder: Path, rules: Rules) -> tuple[float, Failing]:
    """Validate the rows against one schema."""
    import pandas as pd
    from pandera.errors import SchemaErrors

    frame = pd.read_parquet(folder / "rows.parquet")
    began = time.perf_counter()
    asked, cases = schema(rules), None
    try:
        asked.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    failing = _failing(rules, cases)
    return time.perf_counter() - began, failing


def schema(rules: Rules) -> Any:
    """Return the schema: a column's own rules on the column, the others on the frame."""
    import pandera.pandas as pa

    names = dict.fromkeys(rule["column"] for rule in rules)
    unique = next(rule["columns"] for rule in rules if rule["kind"] == "unique")
    columns = {name: _column([rule for rule in rules if rule["column"] == name]) for name in names}
    wide = [_present_when(rule) for rule in rules if rule["kind"] == "present" and rule["when"]]
    return pa.DataFrameSchema(columns, checks=wide, unique=unique)


def _column(rules: Rules) -> Any:
    import pandera.pandas as pa

    is_required = any(rule["kind"] == "present" and not rule["when"] for rule in rules)
    checks = [_check(rule) for rule in rules if rule["kind"] not in {"present", "unique"}]
    return pa.Column(str, checks=checks, nullable=not is_required)


def _check(rule: dict[str, Any]) -> Any:
    import pandera.pandas as pa

    match rule["kind"]:
        case "listed":
            return pa.Check.isin(rule["allowed"], error=rule["code"])
        case "matches":
            return pa.Check.str_matches(whole(rule["regex"]), error=rule["code"])
        case "number":
            return pa.Check(lambda texts: _numbers(texts).notna(), error=rule["code"])
        case "between":
            return pa.Check(lambda texts: ~_outside(_numbers(texts), rule), error=rule["code"])
        case "date":
            return pa.Check(lambda texts: _days(texts).notna(), error=rule["code"])
        case "days":
            return pa.Check(lambda texts: ~_outside(_days(texts), rule), error=rule["code"])
        case kind:
            raise ValueError(f"no rule of the kind {kind} is known")


def _present_when(rule: dict[str, Any]) -> Any:
    import pandera.pandas as pa

    where = rule["when"]
    return pa.Check(
        lambda frame: ~frame[where["column"]].isin(where["values"]) | frame[rule["column"]].notna(),
        ignore_na=False,
        error=rule["code"],
    )


def _numbers(texts: Any) -> Any:
    import pandas as pd

    return pd.to_numeric(texts, errors="coerce")


def _days(texts: Any) -> Any:
    import pandas as pd

    return pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce")


def _outside(values: Any, rule: dict[str, Any]) -> Any:
    return (values < rule["least"]) | (values > rule["most"])


def _failing(rules: Rules, cases: Any) -> Failing:
    """Return the rows by rule: what pandera looks for by itself it calls by names of its own."""
    failing: Failing = {rule["code"]: [] for rule in rules}
    if cases is None:
        return failing
    blank = {rule["column"]: rule["code"] for rule in rules if rule["kind"] == "present" and not rule["when"]}
    twice = next(rule["code"] for rule in rules if rule["kind"] == "unique")
    for (column, said), rows in cases.groupby(["column", "check"], dropna=False)["index"]:
        code = {"not_nullable": blank.get(column), "multiple_fields_uniqueness": twice}.get(said, said)
        failing[code] = sorted({*failing[code], *rows.astype(int)})  # type: ignore[misc]
    return failing


if __name__ == "__main__":
    run(["pandas", "pandera.pandas"], check)
