"""soda-core: a contract verified on a table of strings in Postgres; it counts the rows that fail and names none.

The table stands at the address in PEERS_WAREHOUSE, as the schema and name in PEERS_TABLE say.
"""

import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from told import Failing, Rules, run, whole


def check(folder: Path, rules: Rules) -> tuple[float, Failing]:
    """Verify the contract, and count the rows that fail it."""
    from soda_core.contracts import verify_contract_locally

    address = urlsplit(os.environ["PEERS_WAREHOUSE"])
    (folder / "source.yml").write_text(json.dumps(_source(address)), encoding="utf-8")
    (folder / "contract.yml").write_text(json.dumps(contract(rules, address.path.strip("/"))), encoding="utf-8")
    began = time.perf_counter()
    session = verify_contract_locally(
        data_source_file_path=str(folder / "source.yml"), contract_file_path=str(folder / "contract.yml")
    )
    seconds = time.perf_counter() - began
    if session.has_errors:
        raise RuntimeError(session.get_errors_str())
    results = session.contract_verification_results[0].check_results
    return seconds, {one.check.name: _count(one.diagnostic_metric_values) for one in results}


def _source(address: Any) -> dict[str, Any]:
    connection = {
        "host": address.hostname,
        "port": address.port,
        "database": address.path.strip("/"),
        "user": unquote(address.username),
        "password": unquote(address.password),
    }
    return {"type": "postgres", "name": "peers", "connection": connection}


def contract(rules: Rules, database: str) -> dict[str, Any]:
    """Return the contract as soda reads it."""
    schema, table = os.environ["PEERS_TABLE"].split(".")
    names = dict.fromkeys(rule["column"] for rule in rules)
    of_columns = [rule for rule in rules if rule["kind"] in {"present", "listed", "matches", "number", "date"}]
    of_table = [rule for rule in rules if rule not in of_columns]
    columns = [
        {"name": name, "checks": [_check(rule) for rule in of_columns if rule["column"] == name]} for name in names
    ]
    return {
        "dataset": f"peers/{database}/{schema}/{table}",
        "columns": columns,
        "checks": [_check(rule) for rule in of_table],
    }


_NUMBER, _DATE = r"[+-]?\d+(\.\d+)?", r"\d{4}-\d{2}-\d{2}"


def _check(rule: dict[str, Any]) -> dict[str, Any]:
    own = {"name": rule["code"], "qualifier": rule["code"].replace("-", "_")}
    match rule["kind"]:
        case "present":
            where = rule["when"]
            only = f"{where['column']} in ({', '.join(map(repr, where['values']))})" if where else None
            return {"missing": own | ({"filter": only} if only else {})}
        case "listed":
            return {"invalid": own | {"valid_values": rule["allowed"]}}
        case "matches" | "number" | "date":
            regex = {"number": _NUMBER, "date": _DATE}.get(rule["kind"]) or rule["regex"]
            return {"invalid": own | {"valid_format": {"regex": whole(regex), "name": rule["kind"]}}}
        case "unique":
            return {"duplicate": own | {"columns": rule["columns"]}}
        case "between" | "days":
            return {"failed_rows": own | {"expression": _breaks(rule)}}
        case kind:
            raise ValueError(f"no rule of the kind {kind} is known")


def _breaks(rule: dict[str, Any]) -> str:
    shape, kind = (_DATE, "date") if rule["kind"] == "days" else (_NUMBER, "numeric")
    column = rule["column"]
    outside = f"{column}::{kind} not between '{rule['least']}' and '{rule['most']}'"
    return f"case when {column} ~ '{whole(shape)}' then {outside} else false end"


def _count(values: dict[str, Any]) -> int:
    """Return how many rows failed; what that is called depends on the kind of check."""
    names = ("invalid_count", "duplicate_count", "failed_rows_count", "missing_count")
    return int(next(values[name] for name in names if name in values))


if __name__ == "__main__":
    run(["soda_core.contracts"], check)
