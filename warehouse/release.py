"""Releases: the protected figures of a month, frozen once, in the warehouse and as a folder of files.

A release is made only where it would say something else than the month's last one. Everything in its folder follows
from what it says, so that the same content gives the same bytes; the time of making stands in the warehouse alone.
"""

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, literal, select, text, tuple_

from expectations.codes import CODE_LISTS
from expectations.indicators import ALL, BREAKDOWNS, INDICATORS, REASONS
from expectations.reference import WALES, note_codes
from expectations.rules import CONTRACT
from expectations.wording import area_names, cy
from warehouse.decisions import waivers_of_month
from warehouse.figures import KEY, code_label, indicator_value, protected_indicator
from warehouse.figures import release as release_table
from warehouse.indicators import asked, periods_of, query

PRIMARY_ONLY = "primary only"
"""The disclosure control that the figures go through so far."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a month: its id, its number in the month, what it says, where it lies, and whether it is new."""

    release_id: str
    period: date
    number: int
    content_sha256: str
    folder: Path
    figures: int
    is_new: bool


def freeze(c: Connection, period: date, release_dir: Path, *, created_at: datetime | None = None) -> Release | None:
    """Release the month `period` if it says something new, and see that its folder stands.

    Returns the release in force; None where the month has no figures, as those of the baseline.
    """
    label(c)
    rows = _figures(c, period)
    if not rows:
        return None
    files = _files(c, period, rows)
    content = _content_sha256(files)
    number, is_new = _number(c, period, content)
    release_id = f"{period:%Y-%m}-r{number}"
    release = Release(release_id, period, number, content, release_dir / release_id, len(rows), is_new)
    if is_new:
        _record(c, release, created_at or datetime.now(UTC))
    _write(release.folder, {**files, "manifest.json": _manifest(release, files)})
    return release


def label(c: Connection) -> None:
    """Make the dictionary of codes say what the declarations say."""
    c.execute(delete(code_label))
    c.execute(insert(code_label), list(_labels()))


# --- what a release says ----------------------------------------------------------------------------------------------


def _figures(c: Connection, period: date) -> list[Row]:
    return [dict(row) for row in c.execute(text(query("release")), asked(period)).mappings()]


def _files(c: Connection, period: date, rows: Sequence[Row]) -> dict[str, bytes]:
    return {
        "indicators.csv": _csv(_told(row) for row in rows),
        "dictionary.csv": _csv(_dictionary()),
        "note_codes.csv": _csv(
            {"code": one.code, "label_en": one.label_en, "label_cy": one.label_cy} for one in note_codes()
        ),
        "quality.json": _json(_quality(c, period)),
    }


def _told(row: Row) -> Row:
    """Write a figure as text: the value with its own number of places, the note codes in one cell."""
    value, places, coverage = row["value"], row.pop("decimal_places"), row["coverage"]
    return row | {
        "value": None if value is None else f"{value:.{places}f}",
        "note_codes": ",".join(row["note_codes"]),
        "coverage": None if coverage is None else f"{coverage:.4f}",
    }


def _dictionary() -> Iterator[Row]:
    for one in INDICATORS:
        for measure in one.measures:
            key = f"indicator.{one.id}"
            yield {
                "indicator_id": one.id,
                "measure": measure.name,
                "version": one.version,
                **_both("title", one.title, f"{key}.title"),
                **_both("measure", measure.label, f"{key}.measure.{measure.name}"),
                **_both("definition", one.definition, f"{key}.definition"),
                **_both("numerator", one.numerator, f"{key}.numerator"),
                **_both("denominator", one.denominator, f"{key}.denominator"),
                **_both("unit", measure.unit, f"measure_unit.{measure.unit}"),
                "decimal_places": measure.places,
                "direction": str(one.direction),
                "levels": ",".join(one.levels),
                "breakdowns": ",".join(one.breakdowns_of(measure)),
                "policy_source": one.source,
            }


def _both(name: str, english: str | None, key: str) -> Row:
    return {f"{name}_en": english, f"{name}_cy": cy(key)}


def _quality(c: Connection, period: date) -> Row:
    rows = c.execute(text(query("quality")), {"period": period}).mappings()
    areas = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return {
        "period": f"{period:%Y-%m}",
        "about": "Returns and services of the month. A provider with services in two areas is counted in both.",
        "areas": areas,
        "waivers": [{**one, **_waived_rule(one["rule_id"])} for one in waivers_of_month(c, period)],
    }


def _waived_rule(rule_id: str) -> Row:
    return _both("rule", CONTRACT.rule(rule_id).sentence, f"rule.{rule_id}")


def _plain(value: object) -> object:
    return round(float(value), 4) if isinstance(value, Decimal) else value


# --- labels -----------------------------------------------------------------------------------------------------------


def _labels() -> Iterator[Row]:
    yield from _numbered("area", ((code, *names) for code, names in area_names().items()))
    yield from _numbered("note_code", ((one.code, one.label_en, one.label_cy) for one in note_codes()))
    yield from _numbered(
        "breakdown", ((code, english, cy(f"breakdown.{code}")) for code, (english, _) in BREAKDOWNS.items())
    )
    yield from _numbered("reason", ((code, english, cy(f"reason.{code}")) for code, english in REASONS.items()))
    for name, (english, codes) in BREAKDOWNS.items():
        if codes == (ALL,):
            yield from _numbered(name, [(ALL, english, cy(f"breakdown.{name}"))])
        else:
            yield from _numbered(name, ((code, CODE_LISTS[name][code], cy(f"code.{name}.{code}")) for code in codes))


def _numbered(list_name: str, labels: Iterable[tuple[str, str, str | None]]) -> Iterator[Row]:
    for position, (code, english, welsh) in enumerate(labels, 1):
        yield {"list_name": list_name, "code": code, "position": position, "label_en": english, "label_cy": welsh}


# --- the release in the warehouse -------------------------------------------------------------------------------------


def _number(c: Connection, period: date, content: str) -> tuple[int, bool]:
    """Return the number of the release that says `content`, the last one's or the next, and whether it is new."""
    of_month = (
        select(release_table.c.number, release_table.c.content_sha256)
        .where(release_table.c.period == period)
        .order_by(release_table.c.number.desc())
        .limit(1)
    )
    last = c.execute(of_month).one_or_none()
    if last is None:
        return 1, True
    return (last.number, False) if last.content_sha256 == content else (last.number + 1, True)


def _record(c: Connection, release: Release, created_at: datetime) -> None:
    row = {
        "release_id": release.release_id,
        "period": release.period,
        "number": release.number,
        "created_at": created_at,
        "content_sha256": release.content_sha256,
        "is_draft": True,
        "disclosure_control": PRIMARY_ONLY,
    }
    c.execute(insert(release_table).values(row))
    names = (*KEY, "area_level", "value", "coverage", "note_codes")
    spans = tuple_(protected_indicator.c.period_kind, protected_indicator.c.period_start)
    figures = select(literal(release.release_id), *(protected_indicator.c[name] for name in names))
    kept = figures.where(spans.in_(periods_of(release.period)))
    c.execute(insert(indicator_value).from_select(["release_id", *names], kept))


# --- the headlines, for people ----------------------------------------------------------------------------------------


def headlines(c: Connection, period: date, area_code: str = WALES) -> list[Row]:
    """Return each measure's protected figure for one area, in reading order, with its change since the period before.

    The figure is the month's; where an indicator has none for the month, its quarter's or its year's.
    """
    bound = {**asked(period), "area": area_code}
    return [dict(row) for row in c.execute(text(query("headline")), bound).mappings()]


def as_markdown(rows: Sequence[Row]) -> str:
    """Return headlines as a table for people to read."""
    head = ["| Indicator | Figure | Period | Change | Coverage | Notes |", "|---|--:|---|--:|--:|---|"]
    return "\n".join([*head, *map(_line, rows)])


def _line(row: Row) -> str:
    title = f"{row['indicator_id']} {row['title']}: {row['measure_label'].lower()}"
    coverage = "" if row["coverage"] is None else f"{100 * row['coverage']:.0f}%"
    value, change = _number_for_people(row, "value", ","), _number_for_people(row, "change", "+,")
    period = f"{row['period_kind']} from {row['period_start']}"
    figure = f"{value} {row['unit']}" if value else ""
    return f"| {title} | {figure} | {period} | {change} | {coverage} | {' '.join(row['note_codes'])} |"


def _number_for_people(row: Row, name: str, style: str) -> str:
    return "" if row[name] is None else format(row[name], f"{style}.{row['decimal_places']}f")


# --- the release as files ---------------------------------------------------------------------------------------------


def _csv(rows: Iterable[Mapping[str, object]]) -> bytes:
    out = io.StringIO()
    writer: Any = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: inert(value) for name, value in row.items()})
    return out.getvalue().encode()


def inert(value: object) -> object:
    """Return text that a spreadsheet would run as a formula with an apostrophe before it, and all else as it is."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _content_sha256(files: Mapping[str, bytes]) -> str:
    sums = (f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in sorted(files.items()))
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()


def _manifest(release: Release, files: Mapping[str, bytes]) -> bytes:
    return _json(
        {
            "release_id": release.release_id,
            "period": f"{release.period:%Y-%m}",
            "draft": True,
            "disclosure_control": PRIMARY_ONLY,
            "figures": release.figures,
            "content_sha256": release.content_sha256,
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        }
    )


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the folder whole, beside its place first and then there, unless it stands as it must."""
    if all((folder / name).is_file() and (folder / name).read_bytes() == content for name, content in files.items()):
        return
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, content in files.items():
        (part / name).write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)
