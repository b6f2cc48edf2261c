"""`make bench-superset`: Apache Superset against the warehouse, as an analyst and as the public would use it.

Superset runs in an environment of its own. As the analyst it takes up every view of `mart_v1` and `release_v1` with
types and descriptions, and ten charts must give what queries beneath the star give. As the public it must be refused
all but `release_v1`. Pictures of the charts are taken in a real browser.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import requests
from charts import CHARTS, Chart

HERE = Path(__file__).parent
ADMIN = ("acceptance", "acceptance-of-dayops")


class Superset:
    """A running Superset, asked through its programming interface."""

    def __init__(self, url: str) -> None:
        self.url, self.http = url, requests.Session()
        answer = self._post("security/login", username=ADMIN[0], password=ADMIN[1], provider="db", refresh=True)
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def database(self, name: str, uri: str) -> int:
        """Take up a database; return its number."""
        return int(self._post("database/", database_name=name, sqlalchemy_uri=uri, expose_in_sqllab=True)["id"])

    def view(self, database: int, schema: str, name: str) -> dict[str, Any]:
        """Take up a view as a dataset; return it as Superset has it."""
        made = self._post("dataset/", database=database, schema=schema, table_name=name)
        return dict(self._get(f"dataset/{made['id']}")["result"])

    def select(self, database: int, title: str, sql: str) -> int:
        """Take up a select over several views as a dataset; return its number."""
        made = self._post("dataset/", database=database, schema="mart_v1", table_name=title, sql=sql)
        return int(made["id"])

    def data(self, dataset: int, chart: Chart) -> list[tuple[Any, ...]]:
        """Return the rows of a chart."""
        query = {"columns": list(chart.by), "metrics": [_metric(chart)], "row_limit": 50_000, "filters": []}
        asked = {"datasource": {"id": dataset, "type": "table"}, "queries": [query], "result_format": "json"}
        rows = self._post("chart/data", **asked, result_type="full")["result"][0]["data"]
        return [(*(row[name] for name in chart.by), row["figure"]) for row in rows]

    def keep(self, dataset: int, chart: Chart) -> int:
        """Keep a chart, so that it can be opened; return its number."""
        looks = {
            "viz_type": chart.kind,
            "datasource": f"{dataset}__table",
            "row_limit": 1000,
            "color_scheme": "supersetColors",
        }
        if chart.kind == "table":
            looks |= {"query_mode": "aggregate", "groupby": list(chart.by), "metrics": [_metric(chart)]}
        else:
            looks |= {"x_axis": chart.by[0], "time_grain_sqla": "P1M", "metrics": [_metric(chart)], "groupby": []}
        made = self._post(
            "chart/",
            slice_name=chart.title,
            viz_type=chart.kind,
            datasource_id=dataset,
            datasource_type="table",
            params=json.dumps(looks),
        )
        return int(made["id"])

    def refused(self, database: int, sql: str) -> bool:
        """Tell whether a query is refused."""
        answer = self.http.post(
            f"{self.url}/api/v1/sqllab/execute/",
            json={"database_id": database, "sql": sql, "runAsync": False},
            timeout=120,
        )
        return answer.status_code >= 400 and "permission denied" in answer.text

    def _post(self, place: str, **body: Any) -> dict[str, Any]:
        return self._told(self.http.post(f"{self.url}/api/v1/{place}", json=body, timeout=300))

    def _get(self, place: str) -> dict[str, Any]:
        return self._told(self.http.get(f"{self.url}/api/v1/{place}", timeout=300))

    def _told(self, answer: requests.Response) -> dict[str, Any]:
        if not answer.ok:
            raise SystemExit(
                f"{answer.request.method} {answer.request.path_url}: {answer.status_code} {answer.text[:500]}"
            )
        return dict(answer.json())


def _metric(chart: Chart) -> dict[str, str]:
    return {"expressionType": "SQL", "sqlExpression": chart.of, "label": "figure"}


# --- what must hold ---------------------------------------------------------------------------------------------------


def published(address: str) -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    """Return the columns of every published view with their types and descriptions, as the dictionary has them."""
    asked = "select schema_name, object_name, column_name, data_type, about from mart_v1.data_dictionary"
    views: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for schema, name, column, kind, about in rows_of(address, asked):
        views.setdefault((schema, name), {})[column] = (kind, about)
    return views


def rows_of(address: str, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def differences(view: dict[str, Any], wanted: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Yield where a dataset of Superset is not as the dictionary has the view."""
    got = {column["column_name"]: column for column in view["columns"]}
    name = f"{view['schema']}.{view['table_name']}"
    if set(got) != set(wanted):
        yield f"{name}: columns {sorted(set(got) ^ set(wanted))}"
    for column in set(got) & set(wanted):
        if not got[column]["type"]:
            yield f"{name}.{column}: no type"
        if (got[column]["description"] or "") != wanted[column][1]:
            yield f"{name}.{column}: described as {got[column]['description']!r}"


def alike(charted: list[tuple[Any, ...]], beneath: list[tuple[Any, ...]]) -> bool:
    """Tell whether two sets of rows are the same figures, however they are written."""
    return sorted(map(_plain_row, charted)) == sorted(map(_plain_row, beneath))


def _plain_row(row: tuple[Any, ...]) -> tuple[str, ...]:
    return (*map(_plain, row[:-1]), "" if row[-1] is None else f"{float(row[-1]):.4f}")


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal) and abs(float(value)) > 1e11:  # Superset writes days as milliseconds
        return datetime.fromtimestamp(float(value) / 1000).date().isoformat()
    return str(value)


# --- the run ----------------------------------------------------------------------------------------------------------


@contextmanager
def running(home: Path, port: int) -> Iterator[Superset]:
    """Set up Superset in `home`, run it, and stop it in the end."""
    home.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "FLASK_APP": "superset",
    }
    (home / "key").write_text(os.urandom(32).hex())
    command = str(Path(sys.executable).with_name("superset"))
    names = [
        "--username",
        ADMIN[0],
        "--password",
        ADMIN[1],
        "--firstname",
        "A",
        "--lastname",
        "B",
        "--email",
        "a@b.invalid",
    ]
    with (home / "superset.log").open("w") as log:
        told = {"env": environment, "stdout": log, "stderr": log}
        for step in (["db", "upgrade"], ["fab", "create-admin", *names], ["init"]):
            subprocess.run([command, *step], check=True, **told)  # type: ignore[call-overload]
        server = subprocess.Popen([command, "run", "-p", str(port), "--with-threads"], **told)  # type: ignore[call-overload]
        try:
            yield _up(f"http://127.0.0.1:{port}", server)
        finally:
            server.terminate()
            server.wait()


def _up(url: str, server: "subprocess.Popen[bytes]") -> Superset:
    for _ in range(120):
        if server.poll() is not None:
            raise SystemExit("Superset ended: see superset.log")
        try:
            if requests.get(f"{url}/health", timeout=5).ok:
                return Superset(url)
        except requests.ConnectionError:
            pass
        time.sleep(1)
    raise SystemExit("Superset did not come up in two minutes")


def pictures(superset: Superset, charts: dict[int, str], folder: Path, browser: str) -> None:
    """Take a picture of each chart, as a person sees it."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1100, "height": 700})
        page.goto(f"{superset.url}/login/")
        page.fill("input[name=username], #username", ADMIN[0])
        page.fill("input[name=password], #password", ADMIN[1])
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        for number, (chart, title) in enumerate(charts.items(), 1):
            page.goto(f"{superset.url}/explore/?slice_id={chart}&standalone=1")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(2500)
            page.screenshot(path=str(folder / f"{number:02}.png"))
            print(f"  picture {number:02}.png: {title}")
        chromium.close()


def main() -> None:
    """Run the acceptance; exit code 1 where something does not hold."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--home", type=Path, required=True, help="a folder for Superset")
    asked.add_argument("--pictures", type=Path, help="a folder for pictures of the charts")
    asked.add_argument("--browser", default="/usr/bin/chromium")
    asked.add_argument("--port", type=int, default=8189)
    given = asked.parse_args()
    for name in ("owner", "analyst", "public"):
        setattr(given, name, os.environ[f"ACCEPTANCE_{name.upper()}"])
    with running(given.home, given.port) as superset:
        raise SystemExit(1 if list(_trouble(superset, given)) else 0)


def _trouble(superset: Superset, given: argparse.Namespace) -> Iterator[str]:
    for told in (*_views(superset, given), *_charts(superset, given), *_public(superset, given)):
        print(f"  NOT SO: {told}")
        yield told


def _views(superset: Superset, given: argparse.Namespace) -> list[str]:
    database, wanted = superset.database("analyst", given.analyst), published(given.owner)
    trouble: list[str] = []
    given.database, given.views = database, {}
    for (schema, name), columns in sorted(wanted.items()):
        view = superset.view(database, schema, name)
        given.views[f"{schema}.{name}"] = int(view["id"])
        trouble += differences(view, columns)
    print(f"{len(wanted)} datasets with {sum(map(len, wanted.values()))} columns, types and descriptions compared")
    return trouble


def _charts(superset: Superset, given: argparse.Namespace) -> list[str]:
    trouble: list[str] = []
    kept: dict[int, str] = {}
    for chart in CHARTS:
        dataset = given.views.get(chart.dataset) or superset.select(given.database, chart.title, chart.dataset)
        charted, beneath = superset.data(dataset, chart), rows_of(given.owner, chart.beneath)
        print(f"  chart: {chart.title}: {len(charted)} figures, {len(beneath)} beneath")
        if not beneath or not alike(charted, beneath):
            trouble.append(f"{chart.title}: {charted[:3]} against {beneath[:3]}")
        kept[superset.keep(dataset, chart)] = chart.title
    if given.pictures:
        pictures(superset, kept, given.pictures, given.browser)
    return trouble


def _public(superset: Superset, given: argparse.Namespace) -> list[str]:
    database = superset.database("public", given.public)
    closed = "in ('mart_v1', 'core', 'landing', 'restricted')"
    views = f"select schemaname || '.' || viewname from pg_views where schemaname {closed}"
    tables = f"select schemaname || '.' || tablename from pg_tables where schemaname {closed}"
    shown = rows_of(given.owner, views) + rows_of(given.owner, tables)
    allowed = [name for (name,) in shown if not superset.refused(database, f"select * from {name} limit 1")]
    print(f"the public is refused {len(shown) - len(allowed)} of {len(shown)} views and tables outside release_v1")
    return [f"the public may read {name}" for name in allowed]


if __name__ == "__main__":
    main()
