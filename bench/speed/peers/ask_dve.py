"""NHS England's Data Validation Engine on DuckDB: its three steps from the CSV to the messages of its business rules.

The contract has every field as a string, and each rule is a filter in SQL, so that a message carries the rule's code.
Its report in Excel is not asked for.
"""

import json
import logging
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from told import Failing, Rules, run, whole

_ENTITY = "attendance"


def check(folder: Path, rules: Rules) -> tuple[float, Failing]:
    """Take the CSV through transformation, contract and business rules."""
    logging.disable(logging.WARNING)
    home = folder / "dve"
    shutil.rmtree(home, ignore_errors=True)
    pipeline, submission = _made_ready(folder, home, rules)
    began = time.perf_counter()
    _, status = pipeline.file_transformation(submission)
    _, status = pipeline.apply_data_contract(submission, status)
    pipeline.apply_business_rules(submission, status)
    seconds = time.perf_counter() - began
    return seconds, _failing(rules, home / "processed" / submission.submission_id / "errors")


def _made_ready(folder: Path, home: Path, rules: Rules) -> tuple[Any, Any]:
    import duckdb
    from dve.core_engine.backends.implementations.duckdb.auditing import DDBAuditingManager
    from dve.core_engine.models import SubmissionInfo
    from dve.pipeline.duckdb_pipeline import DDBDVEPipeline

    submission = SubmissionInfo(
        submission_id="peers",
        dataset_id=_ENTITY,
        file_name="rows",
        file_extension=".csv",
        submission_method="local",
        file_size=(folder / "rows.csv").stat().st_size,
        datetime_received=datetime(2026, 11, 2),
    )
    own = home / "processed" / "peers"
    own.mkdir(parents=True)
    (own / "rows.csv").hardlink_to(folder / "rows.csv")
    dischema = home / f"{_ENTITY}.dischema.json"
    dischema.write_text(json.dumps(_dischema(rules)), encoding="utf-8")
    connection = duckdb.connect(str(home / "dve.duckdb"))
    pipeline = DDBDVEPipeline(
        processed_files_path=str(home / "processed"),
        audit_tables=DDBAuditingManager(str(home / "dve.duckdb"), connection=connection),
        connection=connection,
        rules_path=str(dischema),
        submitted_files_path=None,
    )
    return pipeline, submission


def _dischema(rules: Rules) -> dict[str, Any]:
    names = dict.fromkeys(rule["column"] for rule in sorted(rules, key=lambda rule: rule["place"]))
    of_entity = {
        "fields": dict.fromkeys(names, "str"),
        "reader_config": {".csv": {"reader": "DuckDBCSVReader", "kwargs": {"null_empty_strings": True}}},
    }
    counted = {
        "name": "how often a key stands",
        "operation": "add",
        "entity": _ENTITY,
        "column_name": "same_key",
        "expression": _times_of_key(next(rule["columns"] for rule in rules if rule["kind"] == "unique")),
    }
    return {
        "contract": {"datasets": {_ENTITY: of_entity}},
        "transformations": {"rules": [counted], "filters": [_filter(rule) for rule in rules]},
    }


def _times_of_key(columns: list[str]) -> str:
    key = ", ".join(columns)
    filled = " and ".join(f"{column} is not null" for column in columns)
    return f"case when {filled} then count(*) over (partition by {key}) else 1 end"


def _filter(rule: dict[str, Any]) -> dict[str, str]:
    return {
        "entity": _ENTITY,
        "name": rule["code"],
        "expression": _holds(rule),
        "failure_type": "record",
        "error_code": rule["code"],
        "failure_message": rule["code"],
        "category": "Bad value",
    }


def _holds(rule: dict[str, Any]) -> str:
    """Return what must be true of a row; never null, since what is not false is not told."""
    column = rule["column"]
    match rule["kind"]:
        case "present":
            where = rule["when"]
            unless = f"coalesce({where['column']}, '') not in ({_listed(where['values'])}) or " if where else ""
            return f"{unless}{column} is not null"
        case "listed":
            return f"coalesce({column} in ({_listed(rule['allowed'])}), true)"
        case "matches":
            return f"coalesce(regexp_matches({column}, '{whole(rule['regex'])}'), true)"
        case "number" | "date":
            return f"{column} is null or try_cast({column} as {_SQL[rule['kind']]}) is not null"
        case "between":
            return f"coalesce(try_cast({column} as double) between {rule['least']} and {rule['most']}, true)"
        case "days":
            return f"coalesce(try_cast({column} as date) between '{rule['least']}' and '{rule['most']}', true)"
        case "unique":
            return "same_key = 1"
        case kind:
            raise ValueError(f"no rule of the kind {kind} is known")


_SQL = {"number": "double", "date": "date"}


def _listed(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _failing(rules: Rules, folder: Path) -> Failing:
    failing: Failing = {rule["code"]: [] for rule in rules}
    for path in folder.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            failing[said["ErrorCode"]].append(int(said["RecordIndex"]) - 1)  # type: ignore[union-attr]
    return failing


if __name__ == "__main__":
    run(["dve.pipeline.duckdb_pipeline"], check)
