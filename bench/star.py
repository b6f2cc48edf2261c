"""`make bench-star`: how long ten usual charts take on five years of national data, asked as a BI tool asks the star.

The rows are made inside Postgres, as many as 600 providers return in a month, and go through the same `refresh` as real
ones.
"""

import secrets
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click
import sqlalchemy as sa

from bench.recall import machine

LIMIT_SECONDS = 1.0
_LAST = "2026-10"
_FILE = "star.sql"


def chart_queries() -> dict[str, str]:
    """Return the charts by their titles, as they stand in `charts.sql`."""
    return _parts("charts.sql")


def _parts(name: str) -> dict[str, str]:
    text = (resources.files("bench") / name).read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in text.split("-- ")[1:])
    return {title.strip(): query.strip().removesuffix(";") for title, _, query in parts}


def fill(engine: sa.Engine, months: int, providers: int, last: str = _LAST) -> None:
    """Put the returns of `providers` for the `months` to `last` into an empty warehouse; bring the star up to them."""
    from expectations.months import first_day, month_before
    from warehouse.dimensions import refresh
    from warehouse.indicators import declare

    periods = [first_day(month_before(last, back)) for back in reversed(range(months))]
    bound = {"months": periods, "providers": providers}
    with engine.begin() as connection:
        declare(connection)
        for statement in _parts(_FILE).values():
            connection.execute(sa.text(statement), {k: v for k, v in bound.items() if f":{k}" in statement})
    for period in periods:
        with engine.begin() as connection:
            refresh(connection, period)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")


def address_as(engine: sa.Engine, name: str) -> sa.URL:
    """Give the role called `name` a login, and return the warehouse's address for it."""
    from warehouse import roles

    role = next(role for role in roles.LOGINS if role.name == name)
    password = secrets.token_urlsafe(24)
    with engine.begin() as connection:
        roles.give_login(connection, role, password)
    return engine.url.set(username=role.name, password=password)


def timings(engine: sa.Engine, runs: int) -> dict[str, list[float]]:
    """Return the seconds of each run of each chart, one chart after another, as a dashboard asks."""
    taken: dict[str, list[float]] = {title: [] for title in chart_queries()}
    with engine.connect() as connection:
        for _ in range(runs):
            for title, query in chart_queries().items():
                began = time.perf_counter()
                rows = connection.execute(sa.text(query)).all()
                taken[title].append(time.perf_counter() - began)
                if not rows:
                    raise click.ClickException(f"the chart {title!r} shows nothing")
    return taken


def percentile_95(taken: dict[str, list[float]]) -> float:
    """Return the 95th percentile of all runs of all charts, in seconds."""
    every = [seconds for runs in taken.values() for seconds in runs]
    return statistics.quantiles(every, n=20, method="inclusive")[-1]


def report(taken: dict[str, list[float]], sizes: dict[str, int]) -> str:
    """Return the figures as a table."""
    lines = [f"{'chart':<58}{'median s':>9}{'most s':>9}"]
    lines += [f"{title:<58}{statistics.median(runs):>9.3f}{max(runs):>9.3f}" for title, runs in taken.items()]
    told = ", ".join(f"{name} {rows:,}" for name, rows in sizes.items())
    worst = percentile_95(taken)
    promise = f"95th percentile {worst:.3f} s, {worst / LIMIT_SECONDS:.2f} of the limit of {LIMIT_SECONDS:.0f} s"
    return "\n".join([*lines, "", f"rows: {told}", promise])


def sizes(engine: sa.Engine) -> dict[str, int]:
    """Return the rows of the facts that the charts ask."""
    names = ("fct_activity", "fct_attendance_day", "fct_finance", "fct_workforce", "fct_indicator", "dim_service")
    with engine.connect() as connection:
        return {name: connection.scalar(sa.text(f"select count(*) from mart_v1.{name}")) for name in names}  # noqa: S608


@contextmanager
def a_warehouse() -> Iterator[sa.Engine]:
    """Lend an empty migrated warehouse on a server of its own, with the settings that users have."""
    from resources.embedded import EmbeddedServer
    from warehouse.connection import connect, migrate

    folder = Path(mkdtemp(prefix="dayops-bench-"))
    folder.chmod(0o755)
    server = EmbeddedServer(folder).started()
    try:
        url = server.url("postgres")
        migrate(url)
        yield connect(url)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@click.command()
@click.option("--months", default=60, show_default=True, help="Months of data.")
@click.option("--providers", default=600, show_default=True, help="Providers that return in each.")
@click.option("--runs", default=20, show_default=True, help="Runs of each chart.")
def star(**asked: Any) -> None:
    """Measure ten charts; exit code 1 where the 95th percentile is over the limit."""
    from warehouse.connection import connect
    from warehouse.roles import ANALYST

    with a_warehouse() as engine:
        click.echo("Filling ...", err=True)
        fill(engine, asked["months"], asked["providers"])
        analyst = connect(address_as(engine, ANALYST).render_as_string(hide_password=False))
        taken = timings(analyst, asked["runs"])
        click.echo(f"bench-star: {asked['providers']} providers, {asked['months']} months to {_LAST}; {machine()}\n")
        click.echo(report(taken, sizes(engine)))
    raise SystemExit(0 if percentile_95(taken) <= LIMIT_SECONDS else 1)


if __name__ == "__main__":
    star()
