"""The lock of the indicators: what each version of one measures, so that none measures anything else under its version.

`docs/contract/indicators.lock` is made by `dayops documents`, as that of the rules is. What is measured is what is
declared (titles and places are no part of it) and the SQL that measures it: the family's own, and that of all it reads.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from expectations.indicators import INDICATORS, Indicator
from warehouse.indicators import query

_HEAD = """\
# Made by `dayops documents`: each indicator, its version, and a fingerprint of what that version measures. Not to be
# changed by hand, but where other SQL or other words mean the same: take the line out, and it is locked anew.
"""

_MADE_BY = {"coverage": "returned", "measured": "recovery"}
"""The SQL that makes a table of a run, where it is called otherwise; of what was measured, only recovery is read."""

_DECLARED = "declared"
"""The table of a run that is made of the declarations."""


def indicator_lock(indicators: Sequence[Indicator] = INDICATORS) -> str:
    """Return the lock: a line for each indicator with its version and its fingerprint."""
    return _HEAD + "".join(f"{one.id} {one.version} {fingerprint(one)}\n" for one in indicators)


def too_old(lock: str, indicators: Sequence[Indicator] = INDICATORS) -> list[str]:
    """Return what must be done about each indicator that measures something else than `lock` says its version does."""
    locked = {name: (int(version), mark) for name, version, mark in _lines(lock)}
    return [
        f"{one.id} measures something else than version {version} did: declare a Change that makes a higher version in "
        "expectations/indicators.py, or, where it means the same, take its line out of indicators.lock"
        for one in indicators
        for version, mark in (locked.get(one.id, (0, "")),)
        if one.version < version or (one.version == version and fingerprint(one) != mark)
    ]


def _lines(lock: str) -> Iterator[tuple[str, str, str]]:
    for line in lock.splitlines():
        if line and not line.startswith("#"):
            name, version, mark = line.split()
            yield name, version, mark


def fingerprint(one: Indicator) -> str:
    """Return a mark of all that the indicator measures."""
    words = (one.definition, one.numerator, one.denominator)
    counted = (one.levels, one.breakdowns, one.only, one.is_snapshot, one.is_distinct, one.has_floor)
    measures = [(own.name, own.factor, own.people, own.is_count, own.is_share, own.breakdowns) for own in one.measures]
    asked = (words, counted, measures, sorted(_sql_of(one.family).items()))
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


def _sql_of(family: str) -> dict[str, str]:
    """Return the SQL of a family and of all that it reads, without remarks and layout, by its name."""
    found: dict[str, str] = {}
    wanted = [family]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = _bare(query(name))
            tables = set(_TEMPORARY.findall(found[name])) - {_DECLARED}
            wanted += [_MADE_BY.get(table, table) for table in tables]
            found |= {view: words for view in _NAMED.findall(found[name]) if (words := _view_or_function(view))}
    return found


_TEMPORARY = re.compile(r"(?:from|join) pg_temp\.(\w+)")
_NAMED = re.compile(r"\bcore\.(\w+)")


@cache
def _view_or_function(name: str) -> str:
    """Return the SQL of a view or function that has a file of its own."""
    for folder in ("views", "functions"):
        file = resources.files("warehouse") / folder / f"{name}.sql"
        if file.is_file():
            return _bare(file.read_text(encoding="utf-8"))
    return ""


def _bare(sql: str) -> str:
    return " ".join(" ".join(line for line in sql.splitlines() if not line.strip().startswith("--")).split())
