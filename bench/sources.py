"""`make check-sources`: faults thrown into the fetching of returns over SFTP, S3 and HTTP, which none may get past.

Each kind of source gives out returns; most are harmed once or several times on the way: refused for now (429, 503), cut
off, ended early, silent, changed under the read. Nights are walked until nothing is left. What the archive holds then
must be, byte for byte, a version that was really laid out; every file must be archived or have been told of.
"""

import hashlib
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click

from bench.stand_ins import FAULTS, Fault, Shelf, s3, sftp, web
from resources.archive import Archive
from resources.source import Access, Source
from resources.source.patience import Patience

KINDS = ("sftp", "s3", "http")
_PASSWORD = "made-up-for-a-check"  # noqa: S105
_NIGHTS = 4


@dataclass(slots=True)
class Outcome:
    """What became of the files of one kind of source."""

    files: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    archived: int = 0
    told: int = 0
    never: int = 0
    partial: int = 0
    lost: int = 0
    seconds: float = 0.0


def check(kind: str, injections: int, seed: int) -> Outcome:
    """Throw so many faults into the fetching from one kind of source."""
    draw, shelf, outcome = random.Random(f"{seed} {kind}"), Shelf(silence_seconds=0.8), Outcome()  # noqa: S311
    _fill(shelf, draw, injections, outcome)
    versions = {name: {body, bytes(byte ^ 1 for byte in body)} for name, body in shelf.files.items()}
    for noisy in ("paramiko", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, _served(kind, shelf, Path(folder)) as (address, access):
        archive, got = Archive(Path(folder) / "archive"), dict[str, str]()
        for _ in range(_NIGHTS):
            patience = Patience(address, access.tries, first_seconds=0.01)
            with Source(address, access, patience) as source:
                _night(archive, source, got, outcome)
        _judge(archive, got, versions, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def _fill(shelf: Shelf, draw: random.Random, injections: int, outcome: Outcome) -> None:
    while outcome.injected.total() < injections:
        name, size = f"return {outcome.files:04}.xlsx", draw.choice([1, 900, 40_000, 300_000])
        shelf.put(name, draw.randbytes(size))
        outcome.files += 1
        for _ in range(min(draw.choice([1, 1, 1, 2, 4, 6]), injections - outcome.injected.total())):
            kind = draw.choice(FAULTS)
            shelf.faults[name].append(Fault(kind, draw.randrange(size)))
            outcome.injected[kind] += 1


def _night(archive: Archive, source: Source, got: dict[str, str], outcome: Outcome) -> None:
    for one in source.listing():
        if one.path in got:
            continue
        try:
            with source.open(one) as stream:
                got[one.path], _ = archive.keep(stream, partial(source.must_stand_still, one))
        except OSError:
            outcome.told += 1


def _judge(archive: Archive, got: dict[str, str], versions: dict[str, set[bytes]], outcome: Outcome) -> None:
    whole = {hashlib.sha256(body).hexdigest() for bodies in versions.values() for body in bodies}
    kept = {path.name for path in archive.folder.glob("??/*")}
    mine = {name: {hashlib.sha256(body).hexdigest() for body in bodies} for name, bodies in versions.items()}
    outcome.archived = sum(sha256 in mine[name] and sha256 in kept for name, sha256 in got.items())
    outcome.partial = len(kept - whole) + sum(sha256 not in mine[name] for name, sha256 in got.items())
    outcome.never = len(versions) - len(got)
    outcome.lost = len(list(archive.folder.glob("*.part")))


@contextmanager
def _served(kind: str, shelf: Shelf, folder: Path) -> Iterator[tuple[str, Access]]:
    if kind == "http":
        with web(shelf) as address:
            yield address, Access(read_seconds=0.4, tries=4)
    elif kind == "s3":
        with s3(shelf) as (endpoint, address), _variables(endpoint):
            yield address, Access(read_seconds=0.4, tries=4)
    else:
        with sftp(shelf, password=_PASSWORD) as (port, line):
            (folder / "known_hosts").write_text(line)
            (folder / "password").write_text(_PASSWORD)
            access = Access(folder / "known_hosts", password_file=folder / "password", read_seconds=0.4, tries=4)
            yield f"sftp://walker@127.0.0.1:{port}/returns", access


@contextmanager
def _variables(endpoint: str) -> Iterator[None]:
    given = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "AKIASTANDIN",
        "AWS_SECRET_ACCESS_KEY": "a-made-up-key",
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})
        for name in (name for name, value in before.items() if value is None):
            os.environ.pop(name)


@click.command()
@click.option("--count", default=300, help="Faults thrown in, in all.")
@click.option("--seed", default=1, help="Which faults.")
def main(count: int, seed: int) -> None:
    """Throw faults into fetching, and tell what became of the files."""
    print(f"{'source':8}{'faults':>8}{'files':>8}{'archived':>10}{'told':>8}{'never':>8}{'partial':>9}{'seconds':>9}")
    bad = 0
    for kind in KINDS:
        one = check(kind, count // len(KINDS), seed)
        bad += one.partial + one.never + one.lost
        print(
            f"{kind:8}{one.injected.total():8}{one.files:8}{one.archived:10}{one.told:8}{one.never:8}{one.partial:9}"
            f"{one.seconds:9.1f}"
        )
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
