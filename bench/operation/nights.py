"""`make bench-nights`: night after night in one process, and whether memory, connections or time grow.

Every night half of the returns are new, for a month of their own, and half replace those of the month before, so that
each night has as much to do as any other. Returns are of the small kind; all that arrived stays in the folder.
"""

import gc
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psutil

from bench.operation.service import a_home
from bench.recall import machine
from resources.house import House

if TYPE_CHECKING:
    import dagster as dg

    from dayops_pipeline.sample.nation import Provider

LAST_MONTH = "2026-10"
WARM_NIGHT = 5
"""The night from which memory is measured: by then all is imported and every pool is filled."""
GROWTH, SLOWING = 0.10, 1.25
"""By how much memory may grow from then on, and a night of the last third be slower than one of the first."""


@dataclass(slots=True)
class Night:
    """What one night took, and what it left."""

    seconds: float
    processor_seconds: float
    memory_mb: float
    connections: int
    runs: int
    failed: list[str] = field(default_factory=list)


class Senders:
    """The providers, and what they send each night."""

    def __init__(self, seed: int, nights: int, returns: int) -> None:
        """Found so many small providers that each night's returns are two to a provider, of two months."""
        from dayops_pipeline.sample.nation import nation
        from expectations.contract import Profile

        self.seed, self.months = seed, _months_until(LAST_MONTH, nights + 1)
        wanted = -(-returns // 2)
        everyone = nation(seed, wanted * 4 + 60, self.months)
        small = [
            one for one in everyone if one.profile is Profile.LITE and not one.is_silent and _is_open(one, self.months)
        ]
        if len(small) < wanted:
            raise SystemExit(f"only {len(small)} small providers were made up")
        self.providers = tuple(small[:wanted])

    def register(self) -> str:
        """Return the register of these providers alone."""
        from dayops_pipeline.sample.folder import register

        return register(self.providers)

    def send(self, night: int, folder: Path) -> int:
        """Put a night's returns into `folder`: those of the night's month, and of the month before once more."""
        before, now = self.months[night], self.months[night + 1]
        for provider in self.providers:
            self._write(folder, provider, before, 2 if night else 1)
            self._write(folder, provider, now, 1)
        return 2 * len(self.providers)

    def _write(self, folder: Path, provider: "Provider", period: str, number: int) -> None:
        from dayops_pipeline.sample.hand import FORMATS, SUFFIXES, file_bytes, hand_of, page
        from dayops_pipeline.sample.returns import Posting, written_up
        from expectations.rules import contract_for

        sent = datetime.fromisoformat(f"{period}-28T09:00:00") + timedelta(days=20 + number)
        told = written_up(self.seed, Posting(provider, period, number, number, sent, is_nil=False))
        hand = replace(hand_of(self.seed, provider.provider_id, tuple(FORMATS)), blank_rows=0)
        sheets = _corrected(told.sheets) if number > 1 else told.sheets
        pages = [page(hand, contract_for(period).sheet(name), rows) for name, rows in sheets.items()]
        path = folder / f"{provider.provider_id} {period} v{number}{SUFFIXES[hand.format]}"
        path.write_bytes(file_bytes(hand, pages))
        os.utime(path, (sent.timestamp(), sent.timestamp()))


def _corrected(sheets: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    finance = [
        row | {"cost_staff": round(cost * 0.95, 2)} if isinstance(cost := row.get("cost_staff"), float) else row
        for row in sheets.get("FINANCE", [])
    ]
    return sheets | ({"FINANCE": finance} if finance else {})


def _is_open(provider: "Provider", months: Sequence[str]) -> bool:
    return all(any(service.is_open(period) for service in provider.services) for period in (months[0], months[-1]))


def _months_until(last: str, count: int) -> tuple[str, ...]:
    from expectations.months import month_before

    months = [last]
    while len(months) < count:
        months.append(month_before(months[-1]))
    return tuple(reversed(months))


# --- the nights -------------------------------------------------------------------------------------------------------


def run_nights(
    senders: Senders, nights: int, folder: Path, instance: "dg.DagsterInstance", url: str
) -> Iterator[Night]:
    """Run so many nights one after another in this process."""
    from dayops_pipeline.nightly import night

    (folder / "register.csv").write_text(senders.register(), encoding="utf-8", newline="")
    for number in range(nights):
        senders.send(number, folder)
        began, worked = time.perf_counter(), _processor_seconds()
        done = list(night(House(), instance, lambda *_: None))
        seconds, worked = time.perf_counter() - began, _processor_seconds() - worked
        gc.collect()
        failed = [f"{one.step.job} {one.step.period}: {one.troubles}" for one in done if not one.succeeded]
        memory = psutil.Process().memory_info().rss / 1e6
        yield Night(seconds, worked, memory, connections_at(url), len(done), failed)


def _processor_seconds() -> float:
    """Return what this process and its children have used; what Postgres uses is not among it."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def connections_at(url: str) -> int:
    """Return how many connections the server has but for the one that asks."""
    import psycopg

    asked = "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(asked).fetchone()
    return int(row[0]) if row else 0


def troubles(seen: Sequence[Night]) -> list[str]:
    """Return what grew, and what failed."""
    told = [failed for night in seen for failed in night.failed]
    warm = seen[min(WARM_NIGHT, len(seen)) - 1]
    if seen[-1].memory_mb > warm.memory_mb * (1 + GROWTH):
        told.append(f"memory grew from {warm.memory_mb:.0f} to {seen[-1].memory_mb:.0f} MB")
    if most := [night.connections for night in seen if night.connections > seen[0].connections]:
        told.append(f"connections rose from {seen[0].connections} to {max(most)}")
    if (slower := _p95(seen, last=True) / _p95(seen, last=False)) > SLOWING:
        told.append(f"nights of the last third are {slower:.2f} times as slow as those of the first")
    return told


def _p95(seen: Sequence[Night], *, last: bool) -> float:
    """Return the 95th percentile of processor seconds a night, in the first third or the last; the first warms up."""
    warm = [night.processor_seconds for night in seen[1:]] or [seen[0].processor_seconds]
    third = max(1, len(warm) // 3)
    some = warm[-third:] if last else warm[:third]
    return statistics.quantiles(some, n=20, method="inclusive")[-1] if len(some) > 1 else some[0]


@click.command()
@click.option("--nights", type=click.IntRange(1), default=30, show_default=True)
@click.option("--returns", type=click.IntRange(2), default=300, show_default=True, help="Returns each night.")
@click.option("--seed", type=int, default=1, show_default=True)
def nights(nights: int, returns: int, seed: int) -> None:
    """Run the nights; exit code 1 where something grew or failed."""
    from dayops_pipeline.instance import instance
    from warehouse.connection import migrate

    click.echo(f"bench-nights: {machine()}; {nights} nights of {returns} returns, seed {seed}")
    click.echo("night   seconds  processor    memory  connections  runs")
    senders, seen = Senders(seed, nights, returns), list[Night]()
    with a_home() as settings:
        url = House().warehouse_url()
        migrate(url)
        with instance(settings) as dagster:
            for one in run_nights(senders, nights, Path(settings.returns), dagster, url):
                seen.append(one)
                line = f"{len(seen):>5} {one.seconds:>7.1f} s {one.processor_seconds:>7.1f} s {one.memory_mb:>6.0f} MB"
                line += f" {one.connections:>12} {one.runs:>5}"
                click.echo(f"{line}  {'; '.join(one.failed)}")
    click.echo(
        f"95th percentile of a night: {_p95(seen, last=False):.1f} s of processor time in the first third, "
        f"{_p95(seen, last=True):.1f} s in the last"
    )
    told = troubles(seen)
    click.echo("\n".join(told) or "nothing grew")
    raise SystemExit(bool(told))


if __name__ == "__main__":
    nights()
