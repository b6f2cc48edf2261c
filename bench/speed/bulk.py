"""`make bench`: a million rows of attendance, read, checked and loaded, beside a bare COPY of the same rows.

Returns are few and large: one made-up return whose services and people are repeated under other numbers until its
ATTENDANCE has as many rows as are wanted, so that every sheet still agrees with every other.
"""

import csv
import io
import resource
import zipfile
from pathlib import Path

import click

from bench.recall import machine
from bench.speed.national import MONTH, a_nation, reckon_seconds, send, store_seconds, walk

ROWS_OF_A_RETURN = 50_000
SERVICE = "Service number"
_LIKE = 12
"""Providers that are made up, of whom the one with most attendance is repeated."""


def write_bulk(folder: Path, rows: int, seed: int) -> int:
    """Write so many rows of attendance into `folder`, as zipped CSV returns; return how many rows they are."""
    model = _model(folder / "model", seed)
    own = len(model["ATTENDANCE"]) - 1
    copies = ROWS_OF_A_RETURN // own
    returns = max(1, round(rows / (copies * own)))
    for number in range(returns):
        _write(folder / f"bulk {number:04d}.zip", model, number, copies)
    return returns * copies * own


def _model(folder: Path, seed: int) -> dict[str, list[list[str]]]:
    folder.mkdir()
    send(folder, _LIKE, seed, faults="0", formats="csv")
    returns = [_sheets(path) for path in sorted(folder.glob("*.zip"))]
    plain = [one for one in returns if SERVICE in one.get("ATTENDANCE", [[]])[0]]
    found = max(plain, key=lambda one: len(one["ATTENDANCE"]))
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    return found


def _sheets(path: Path) -> dict[str, list[list[str]]]:
    with zipfile.ZipFile(path) as archive:
        texts = {Path(name).stem: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    return {name: list(csv.reader(io.StringIO(text))) for name, text in texts.items()}


def _write(path: Path, model: dict[str, list[list[str]]], number: int, copies: int) -> None:
    services = sorted({row[0] for row in model["SERVICES"][1:]})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (header, *rows) in model.items():
            sink = io.StringIO()
            writer = csv.writer(sink, lineterminator="\r\n")
            writer.writerow(header)
            is_repeated = name != "RETURN" and SERVICE in header
            for copy in range(copies if is_repeated else 1):
                first = (number * copies + copy) * len(services)
                names = {service: f"DOS{first + place:06d}" for place, service in enumerate(services)}
                writer.writerows(_of(row, header, names, number * copies + copy) for row in rows)
            archive.writestr(f"{name}.csv", sink.getvalue())


def _of(row: list[str], header: list[str], services: dict[str, str], copy: int) -> list[str]:
    """Return a row as that of another service, another person, or another provider."""
    of = dict(zip(header, row, strict=True))
    if "Provider number" in of:
        of |= {"Provider number": f"DOP{30_000 + copy:05d}", "Return number": f"{copy:08x}{of['Return number'][8:]}"}
    if SERVICE in of:
        of[SERVICE] = services.get(of[SERVICE], of[SERVICE])
    if "Person reference" in of:
        of["Person reference"] = f"{(int(of['Person reference'], 16) + copy * 0x9E3779B97F4A7C15) % 2**64:016x}"
    return list(of.values())


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def bulk(rows: int, seed: int) -> None:
    """Walk a month of so many rows; print each stage, and ratios to a bare COPY."""
    with a_nation(0) as (dagster, engine, folder):
        written = write_bulk(folder, rows, seed)
        stages = walk(dagster)
        floor = store_seconds(engine)
        reckon = reckon_seconds(engine)
    taking_in = sum(stages[name] for name in ("read_returns", "checked_returns", "loaded_returns"))
    told = taking_in + sum(stages[name] for name in ("compared_returns", "feedback", "national_indicators"))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1e3
    click.echo(f"bulk: {written:,} rows of attendance, {MONTH}; {machine()}")
    for name, seconds in stages.items():
        click.echo(f"  {name:<26} {seconds:>7.1f} s")
    click.echo(f"  bare COPY {floor:.1f} s, GROUP BY {reckon:.2f} s")
    click.echo(f"  read, check, load          {taking_in:>7.1f} s  {taking_in / floor:.1f} x COPY")
    click.echo(f"  with replies, indicators   {told:>7.1f} s  {told / floor:.1f} x COPY")
    click.echo(f"  memory of the largest process {peak:.0f} MB")


if __name__ == "__main__":
    bulk()
