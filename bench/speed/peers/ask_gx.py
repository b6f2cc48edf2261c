"""Great Expectations, bare: a suite over a frame of strings as its documentation shows, complete results by a column.

Run with the project's own Python, which has it. Numbers and days are made of the strings by pandas beforehand, which
counts, since it cannot hold a string between two numbers.
"""

import time
from pathlib import Path
from typing import Any

from told import Failing, Rules, run, whole


def check(folder: Path, rules: Rules) -> tuple[float, Failing]:
    """Validate the rows against one suite."""
    import great_expectations as gx
    import pandas as pd

    frame = pd.read_parquet(folder / "rows.parquet")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("peers")
    whole_frame = source.add_dataframe_asset("attendance").add_batch_definition_whole_dataframe("whole")
    began = time.perf_counter()
    suite = gx.ExpectationSuite(name="attendance", expectations=[_expectation(rule) for rule in rules])
    batch = whole_frame.get_batch(batch_parameters={"dataframe": _with_values(frame)})
    outcome = batch.validate(suite, result_format=_COMPLETE)
    failing = {result.expectation_config.meta["code"]: _rows(result) for result in outcome.results}
    return time.perf_counter() - began, failing


_COMPLETE = {"result_format": "COMPLETE", "unexpected_index_column_names": ["row"]}


def _with_values(frame: Any) -> Any:
    import pandas as pd

    return frame.assign(
        row=range(len(frame)),
        hours_value=pd.to_numeric(frame["hours"], errors="coerce"),
        date_value=pd.to_datetime(frame["date"], format="%Y-%m-%d", errors="coerce"),
    )


def _rows(result: Any) -> list[int]:
    if result.exception_info.get("raised_exception"):
        raise RuntimeError(result.exception_info)
    return sorted(int(found["row"]) for found in result.result.get("unexpected_index_list") or [])


def _expectation(rule: dict[str, Any]) -> Any:
    import great_expectations.expectations as gxe

    kind, kwargs = _asked(rule)
    return getattr(gxe, kind)(**_where(rule["when"]), **kwargs, meta={"code": rule["code"]})


def _asked(rule: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    column = {"column": rule["column"]}
    match rule["kind"]:
        case "present":
            return "ExpectColumnValuesToNotBeNull", column
        case "listed":
            return "ExpectColumnValuesToBeInSet", {**column, "value_set": rule["allowed"]}
        case "matches":
            return "ExpectColumnValuesToMatchRegex", {**column, "regex": whole(rule["regex"])}
        case "number":
            return "ExpectColumnValuesToMatchRegex", {**column, "regex": r"^[+-]?\d+(\.\d+)?$"}
        case "date":
            return "ExpectColumnValuesToMatchStrftimeFormat", {**column, "strftime_format": "%Y-%m-%d"}
        case "between" | "days":
            return "ExpectColumnValuesToBeBetween", {"column": rule["column"] + "_value", **_bounds(rule)}
        case "unique":
            key = {"column_list": rule["columns"], "ignore_row_if": "any_value_is_missing"}
            return "ExpectCompoundColumnsToBeUnique", key
        case kind:
            raise ValueError(f"no rule of the kind {kind} is known")


def _bounds(rule: dict[str, Any]) -> dict[str, Any]:
    from datetime import datetime

    as_bound = datetime.fromisoformat if rule["kind"] == "days" else float
    return {"min_value": as_bound(rule["least"]), "max_value": as_bound(rule["most"])}


def _where(when: dict[str, Any] | None) -> dict[str, Any]:
    if when is None:
        return {}
    from great_expectations.expectations.row_conditions import Column

    return {"row_condition": Column(when["column"]).is_in(when["values"])}


if __name__ == "__main__":
    run(["pandas", "pyarrow.parquet", "great_expectations"], check)
