"""Fake identifiers of people, planted where none may stand, and looked for after a whole night in every open place.

NHS numbers, names, days of birth, postcodes and telephone numbers, all made up, go into cells, headers, names of sheets
and files that are refused. A night is run with Dagster in a home of its own. Then every table outside the schema
`restricted`, Dagster's storage, the replies, releases, logs and temporary files are searched: `make canaries`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from bench.books import Book, Rows, opened, written
from bench.identifiers import Canary, canaries
from resources.writing import Cell

HERE = Path(__file__).parent.parent
_RESTRICTED = ("archive", "restricted")
"""The folders of a home in which a person's details may lie."""


@dataclass(frozen=True)
class Planted:
    """A canary, the file it is in, and where there."""

    canary: Canary
    file: str
    place: str


# --- where they are planted -------------------------------------------------------------------------------------------


def plant(source: Path, target: Path, count: int, seed: int) -> list[Planted]:
    """Write copies of the returns in `source` to `target` with `count` canaries in them; return which is where."""
    chance = Random(f"canaries {seed}")  # noqa: S311 (the same ones each time)
    files = [path for path in sorted(source.iterdir()) if path.suffix in (".xlsx", ".ods", ".zip")]
    known = _known(files)
    waiting = [one for one in canaries(count * 2, chance) if known.isdisjoint(one.spellings)][:count]
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "register.csv", target)
    planted: list[Planted] = []
    for number, path in enumerate(files):
        share = waiting[number :: len(files)]
        manner = _MANNERS[number % len(_MANNERS)]
        book = opened(path).copy()
        places = [(one, _PLACES[manner](book, one, chance)) for one in share]
        planted += [Planted(one, path.name, f"{manner}: {place}") for one, place in places]
        (target / path.name).write_bytes(_damaged(written(book)) if manner == "damaged" else written(book))
    return planted


def _known(files: Iterable[Path]) -> frozenset[str]:
    """Return all that stands in the sound returns: no canary may look like it."""
    pages = (rows for path in files for rows in opened(path).pages.values())
    return frozenset(str(cell) for rows in pages for row in rows for cell in row)


def _damaged(data: bytes) -> bytes:
    return data[: len(data) * 4 // 5]


def _in_cell(book: Book, canary: Canary, chance: Random, is_identity: bool = False) -> str:
    """Put the canary into a cell of a column that is for something else."""
    from expectations.reference import folded
    from expectations.rules import CONTRACT
    from expectations.wording import header_aliases, sheet_aliases

    sheets = sheet_aliases(CONTRACT)
    pages = [
        page
        for page in book.pages
        if (sheets.get(folded(page)) == "RETURN") is is_identity and len(book.pages[page]) > 1
    ]
    for _ in range(100):
        page = chance.choice(pages)
        rows = book.pages[page]
        sheet = CONTRACT.sheet(sheets[folded(page)])
        at = chance.randrange(len(rows[0]))
        column = header_aliases(sheet).get(folded(str(rows[0][at])))
        if column and _is_wrong_place(sheet.name, column, canary.kind):
            row = chance.randrange(1, len(rows))
            rows[row][at] = _as_typed(canary, chance)
            return f"{sheet.name}.{column}"
    raise AssertionError("no place was found")


def _as_typed(canary: Canary, chance: Random) -> str | int:
    """Return the canary as text, or, where a spreadsheet would make a number of it, at times as that."""
    is_number = canary.text.isdigit() and chance.random() < 0.5
    return int(canary.text) if is_number else canary.text


def _is_wrong_place(sheet: str, column: str, kind: str) -> bool:
    """Tell whether such a thing can be known for one there.

    A day is not known for a day of birth where any day may stand, nor a postcode for a home's where a site's is wanted;
    the name of an organisation may be anyone's.
    """
    from expectations.contract import Day, Text
    from expectations.rules import CONTRACT
    from expectations.sheets import POSTCODE

    of_column = CONTRACT.sheet(sheet).column(column)
    if isinstance(of_column.kind, Day) and kind == "born":
        return sheet in ("PEOPLE", "ATTENDANCE")
    if of_column.kind == POSTCODE:
        return kind != "postcode"
    return kind != "name" or not (isinstance(of_column.kind, Text) and of_column.kind.names == "organisations")


def _in_return(book: Book, canary: Canary, chance: Random) -> str:
    return _in_cell(book, canary, chance, is_identity=True)


def _in_layout(book: Book, canary: Canary, chance: Random) -> str:
    """Put the canary where no cell of the form is."""
    page, way = chance.choice(list(book.pages)), chance.choice(list(_WAYS))
    _WAYS[way](book, page, canary.text)
    return way


def _in_header(book: Book, page: str, text: str) -> None:
    book.pages[page][0].append(text)


def _in_extra_column(book: Book, page: str, text: str) -> None:
    _beside(book.pages[page], ["Notes"], [text])


def _in_unnamed_column(book: Book, page: str, text: str) -> None:
    _beside(book.pages[page], [], [None, text])


def _beside(rows: Rows, heading: list[Cell], cells: list[Cell]) -> None:
    rows[0].extend(heading)
    for row in rows[1:3]:
        row.extend(cells)


def _in_title(book: Book, page: str, text: str) -> None:
    book.pages[page].insert(0, [text])


def _in_extra_sheet(book: Book, page: str, text: str) -> None:
    book.pages[text[:28]] = [["Notes"], [text]]


def _in_name_of_sheet(book: Book, page: str, text: str) -> None:
    book.pages = {f"{name} {text}"[:31] if name == page else name: rows for name, rows in book.pages.items()}


def _in_part(book: Book, page: str, text: str) -> None:
    book.beside[f"{text.replace('/', '-')}.txt"] = text.encode()


_WAYS: dict[str, Callable[[Book, str, str], None]] = {
    "header": _in_header,
    "extra column": _in_extra_column,
    "unnamed column": _in_unnamed_column,
    "title": _in_title,
    "extra sheet": _in_extra_sheet,
    "name of a sheet": _in_name_of_sheet,
    "part of a zip": _in_part,
}
_PLACES = {"cells": _in_cell, "return": _in_return, "layout": _in_layout, "damaged": _in_cell}
_MANNERS = ("cells", "cells", "layout", "cells", "return", "cells", "cells", "layout", "cells", "damaged")


# --- the night --------------------------------------------------------------------------------------------------------


def run_night(home: Path, returns: Path) -> None:
    """Run one night by the command line, with everything that it writes under `home`."""
    for name in ("tmp", "user"):
        (home / name).mkdir(parents=True)
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DAYOPS_")},
        "DAYOPS_HOME": str(home / "dayops"),
        "DAYOPS_RETURNS": str(returns),
        "TMPDIR": str(home / "tmp"),
        "HOME": str(home / "user"),
        "PYTHONPATH": str(HERE),
    }
    command = [sys.executable, "-c", "from dayops_pipeline.cli import main; main()", "nightly"]
    with (home / "screen.log").open("w") as screen:
        subprocess.run(command, env=surroundings, cwd=home, stdout=screen, stderr=subprocess.STDOUT, check=True)


# --- the search -------------------------------------------------------------------------------------------------------


def told(planted: Sequence[Planted], where: str, content: str) -> list[str]:
    """Return which canaries stand in `content`, in any of their spellings or as JSON would write them."""
    return [
        f"{one.canary.kind} {one.canary.text!r} ({one.file}, {one.place}) in {where}"
        for one in planted
        if any(spelt in content for spelt in _all_spellings(one.canary))
    ]


@cache
def _all_spellings(canary: Canary) -> frozenset[str]:
    return frozenset({*canary.spellings, *(json.dumps(spelt)[1:-1] for spelt in canary.spellings)})


def in_tables(planted: Sequence[Planted], url: str, restricted: bool = False) -> list[str]:
    """Return the canaries in every table of a database outside the restricted schema, or in that alone."""
    import psycopg

    found: list[str] = []
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql").replace("+psycopg2", "")) as connection:
        tables = connection.execute(
            "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'm', 'p', 'v')"
            " and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchall()
        for schema, table in tables:
            if (schema == "restricted") is restricted:
                found += told(planted, f"{schema}.{table}", _content(connection, schema, table))
    return found


def _content(connection: "Any", schema: str, table: str) -> str:
    from psycopg import sql

    rows = connection.execute(sql.SQL("select * from {}").format(sql.Identifier(schema, table))).fetchall()
    return "\n".join(
        value.decode(errors="replace")
        if isinstance(value, bytes)
        else json.dumps(value, ensure_ascii=False, default=str)
        for row in rows
        for value in row
    )


def in_files(planted: Sequence[Planted], folders: Iterable[Path], but: Iterable[Path] = ()) -> list[str]:
    """Return the canaries in the content of every file under `folders`, but not under `but`."""
    left_out = list(but)
    found: list[str] = []
    for path in (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()):
        if not any(path.is_relative_to(one) for one in left_out):
            found += told(planted, str(path), "\n".join(_contents(path)))
    return found


def _contents(path: Path) -> Iterator[str]:
    """Yield the content of a file, and of the files that are packed in it."""
    yield path.read_bytes().decode(errors="replace")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name).decode(errors="replace") for name in packed.namelist())


def _search(planted: Sequence[Planted], home: Path) -> tuple[list[str], int]:
    """Return what was found where it must not be, and how many canaries lie where they may."""
    from resources.embedded import DAGSTER, WAREHOUSE, EmbeddedServer
    from resources.settings import load_settings

    settings = load_settings(environ={}, home=home / "dayops")
    server = EmbeddedServer(settings.postgres_dir).started()
    status = server.status()
    hits = [hit for name in (WAREHOUSE, DAGSTER, "postgres") for hit in in_tables(planted, server.url(name))]
    closed = [settings.home / name for name in _RESTRICTED]
    hits += in_files(planted, [home], [*closed, status.data_dir])
    hits += in_files(planted, [status.log_dir])
    kept = len({hit.partition(" (")[0] for hit in in_tables(planted, server.url(WAREHOUSE), restricted=True)})
    return hits, kept


def main() -> None:
    """Plant, run a night, search, and say what was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=1_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    home = Path(tempfile.mkdtemp(prefix="dayops-canaries-"))
    try:
        sys.exit(_main(home, given.count, given.seed))
    finally:
        _stop(home)
        shutil.rmtree(home, ignore_errors=True)


def _main(home: Path, count: int, seed: int) -> int:
    made_up(home / "sound", seed)
    planted = plant(home / "sound", home.with_name(f"{home.name}-returns"), count, seed)
    try:
        run_night(home / "house", home.with_name(f"{home.name}-returns"))
        hits, kept = _search(planted, home / "house")
        _tell(planted, hits, kept, seed, _states(home / "house"))
    finally:
        shutil.rmtree(home.with_name(f"{home.name}-returns"), ignore_errors=True)
    return 1 if hits else 0


def made_up(folder: Path, seed: int, *options: str) -> None:
    """Make the sound returns that canaries are planted in."""
    from click.testing import CliRunner

    from dayops_pipeline.cli.sample import sample

    options = options or ("--providers", "40", "--months", "2026-08..2026-09")
    made = CliRunner().invoke(sample, [str(folder), "--no-baseline", "--seed", str(seed), *options])
    if made.exit_code:
        raise SystemExit(made.output)


def _states(home: Path) -> Mapping[str, int]:
    import psycopg

    from resources.embedded import WAREHOUSE, EmbeddedServer
    from resources.settings import load_settings

    server = EmbeddedServer(load_settings(environ={}, home=home / "dayops").postgres_dir)
    with psycopg.connect(server.url(WAREHOUSE).replace("+psycopg", "")) as connection:
        return dict(
            connection.execute("select state, count(*) from landing.submission group by 1 order by 1").fetchall()
        )


def _stop(home: Path) -> None:
    from resources.embedded import EmbeddedServer
    from resources.settings import load_settings

    settings = load_settings(environ={}, home=home / "house" / "dayops")
    server = EmbeddedServer(settings.postgres_dir)
    place = server.status().data_dir.parent
    server.stop()
    if place != settings.postgres_dir:
        shutil.rmtree(place, ignore_errors=True)


def _tell(planted: Sequence[Planted], hits: Sequence[str], kept: int, seed: int, states: Mapping[str, int]) -> None:
    lines = [
        f"planted          {len(planted)} (seed {seed}): {_counts(one.canary.kind for one in planted)}",
        f"in               {_counts(one.place.partition(':')[0] for one in planted)}",
        f"submissions      {', '.join(f'{state} {count}' for state, count in states.items())}",
        f"where they may   {kept} in the schema restricted",
        f"found elsewhere  {len({hit.partition(' (')[0] for hit in hits})} ({len(hits)} times)",
        *hits[:60],
    ]
    print("\n".join(lines))


def _counts(words: Iterable[str]) -> str:
    return ", ".join(f"{word} {count}" for word, count in sorted(Counter(words).items()))


if __name__ == "__main__":
    main()
