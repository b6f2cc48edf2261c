"""Releases: the protected figures of a month, frozen once, and read back just as they were frozen.

A release is prepared only where it would say something else than the month's last one, and is public by approval alone:
that stands in `approval`. What files are made of it does not belong here; they follow from its `Content` alone.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, text

from expectations.labels import code_labels
from expectations.reference import VINTAGE, WALES
from expectations.releases import Content, Figure, Key, Revision
from expectations.rules import CONTRACT
from expectations.wording import cy
from warehouse import protection
from warehouse.decisions import waivers_of_month
from warehouse.figures import KEY, code_label, released_figure
from warehouse.figures import release as release_table
from warehouse.indicators import asked, query

THRESHOLD = 5
"""The smallest number of people that may be shown where a release's policy does not say."""

MONTHS_OF_CURVES = 36
"""How many months before its own a release draws curves from."""

_RELEASING = 5_164_017_320
"""The advisory lock of making and deciding about releases: one at a time, so that each is held against the last."""

Row = dict[str, Any]


class ReleaseError(RuntimeError):
    """A release cannot be made, approved or withdrawn as asked, with why and how to mend it."""


class DisclosureError(ReleaseError):
    """A release would show what is confidential: nothing is made or approved, and the last release stands."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a month: its id, its number in the month, what it says, how many figures, and whether it is new."""

    release_id: str
    period: date
    number: int
    content_sha256: str
    figures: int
    is_new: bool


def freeze(
    c: Connection,
    period: date,
    *,
    policy: Mapping[str, object] | None = None,
    audit: Mapping[str, object] | None = None,
    created_at: datetime | None = None,
) -> Release | None:
    """Prepare a release of the month `period` if it says something new; nothing becomes public by it.

    Returns the release that says what the month says; None where the month has no figures, as those of the baseline.
    `policy` are the rules that the figures were protected by, `audit` is what the audit of that looked at: its `found`,
    where there is one, is how much would give something away.

    Raises:
        DisclosureError: A figure is shown although it tells of too few people.
    """
    one_at_a_time(c)
    label(c)
    figures = _draw(c, period)
    if not figures:
        return None
    _must_be_safe(c, period, policy or {}, audit or {})
    held_against = {"beside": protection.told_beside(c, period)}
    beside = _Beside(policy or {}, _quality(c, period), {**(audit or {}), **held_against})
    return _made(c, period, beside, figures, created_at or datetime.now(UTC))


def label(c: Connection) -> None:
    """Make the dictionary of codes say what the declarations say."""
    c.execute(delete(code_label))
    c.execute(insert(code_label), [one._asdict() for one in code_labels()])


def one_at_a_time(c: Connection) -> None:
    """Wait until nobody else makes or decides about a release, to the end of the transaction."""
    c.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _RELEASING})


# --- what a release says ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a release says beside its figures."""

    policy: Mapping[str, object]
    quality: Mapping[str, object]
    audit: Mapping[str, object]


def _draw(c: Connection, period: date) -> int:
    """Take down what the month says by now in a table of this transaction; return the number of figures."""
    c.exec_driver_sql("drop table if exists pg_temp.drawn")
    c.exec_driver_sql("create temporary table drawn (like core.released_figure) on commit drop")
    drawn = c.execute(text(query("release")), {**asked(period), "period": period}).rowcount
    c.exec_driver_sql("analyze pg_temp.drawn")
    return drawn


def _must_be_safe(c: Connection, period: date, policy: Mapping[str, object], audit: Mapping[str, object]) -> None:
    small = len(protection.small_numbers_shown(c, period, threshold_of(policy)))
    found = audit.get("found") or small
    if found:
        raise DisclosureError(
            f"No release of {period:%Y-%m} is made: the audit found figures that would give away what is confidential"
            f" ({found}). The last release stands. Protect the month's figures anew, then prepare again."
        )


def threshold_of(policy: Mapping[str, object]) -> int:
    """Return the smallest number of people that may be shown under a policy."""
    return int(str(policy.get("suppression_threshold", THRESHOLD)))


def recheck(c: Connection, release_id: str) -> list[str]:
    """Return what in a release must not be published, by what is approved by now; none where all is well.

    It was attacked together with all that was approved when it was prepared, so what has been approved since is named.
    """
    chosen = release_table.c.release_id == release_id
    period, policy, audit = c.execute(
        select(release_table.c.period, release_table.c.policy, release_table.c.audit).where(chosen)
    ).one()
    bound = {"release_id": release_id, "threshold": threshold_of(policy)}
    small = [" ".join(map(str, row)) for row in c.execute(text(query("recheck")), bound)]
    since = set(protection.told_beside(c, period)) - {release_id, *audit.get("beside", ())}
    return [*small, *(f"those that {other}, approved since, lets be worked out" for other in sorted(since))]


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
    return {"rule_en": CONTRACT.rule(rule_id).sentence, "rule_cy": cy(f"rule.{rule_id}")}


def _plain(value: object) -> object:
    return round(float(value), 4) if isinstance(value, Decimal) else value


_SAID = (
    *KEY, "area_level", "version", "through", "value", "lower", "upper", "note_codes", "coverage",
    "services_expected", "services_returned", "missing_authorities",
)  # fmt: skip
"""The columns of a figure that a release says; the others are what it was made of."""


def _content_sha256(c: Connection, beside: _Beside) -> str:
    """Return the hash of what was drawn with its quality and policy; marks of revision are no part of it."""
    digest = hashlib.sha256()
    drawn = f"select {', '.join(_SAID)} from pg_temp.drawn order by position"  # noqa: S608 - our own names
    for row in c.exec_driver_sql(drawn):
        digest.update(json.dumps(list(row), default=str).encode())
    rest = [beside.policy, beside.quality, protection.CONTROL]
    digest.update(json.dumps(rest, sort_keys=True, default=str).encode())
    return digest.hexdigest()


# --- the release in the warehouse -------------------------------------------------------------------------------------


_LAST = text("""
    -- the last release of a month that was not withdrawn
    select release_id, number, content_sha256, compared_with, publish_at, audit
    from core.release_state
    where period = :period and withdrawn_at is null
    order by number desc
    limit 1
""")

_PUBLISHED = text("""
    -- the published release of each month from the first to the last that stands now
    select distinct on (period) period, release_id
    from core.release_state
    where is_public and period between :first and :last
    order by period, number desc
""")


def _made(c: Connection, period: date, beside: _Beside, figures: int, created_at: datetime) -> Release:
    content = _content_sha256(c, beside)
    last = c.execute(_LAST, {"period": period}).mappings().one_or_none()
    published = standing(c, period)
    if (
        last is not None
        and last["content_sha256"] == content
        and not _is_overtaken(last, published.get(period), beside)
    ):
        return Release(last["release_id"], period, last["number"], content, figures, is_new=False)
    number = 1 + (c.scalar(select(func.max(release_table.c.number)).where(release_table.c.period == period)) or 0)
    made = Release(f"{period:%Y-%m}-r{number}", period, number, content, figures, is_new=True)
    _record(c, made, beside, published, created_at)
    return made


def _is_overtaken(last: RowMapping, published: str | None, beside: _Beside) -> bool:
    """Tells whether another release that it must be held against was approved since the last one was prepared."""
    told = last["audit"].get("beside") == beside.audit["beside"]
    return last["publish_at"] is None and (last["compared_with"] != published or not told)


def standing(c: Connection, period: date) -> dict[date, str]:
    """Return the published release of the month `period`, and of each month that it draws curves from, as of now."""
    first = date(period.year - MONTHS_OF_CURVES // 12, period.month, 1)
    return {row.period: row.release_id for row in c.execute(_PUBLISHED, {"first": first, "last": period})}


def _record(c: Connection, made: Release, beside: _Beside, published: Mapping[date, str], created_at: datetime) -> None:
    compared_with = published.get(made.period)
    row = {
        "release_id": made.release_id,
        "period": made.period,
        "number": made.number,
        "created_at": created_at,
        "content_sha256": made.content_sha256,
        "disclosure_control": protection.CONTROL,
        "population_vintage": str(beside.policy.get("population_vintage", VINTAGE)),
        "policy": dict(beside.policy),
        "quality": dict(beside.quality),
        "audit": dict(beside.audit),
        "compared_with": compared_with,
        "rests_on": [published[month] for month in sorted(published)],
    }
    c.execute(insert(release_table).values(row))
    c.execute(text(query("freeze")), {"release_id": made.release_id, "compared_with": compared_with})


# --- read back --------------------------------------------------------------------------------------------------------

_STATE = text("select * from core.release_state where release_id = :release_id")


def content(c: Connection, release_id: str) -> Content:
    """Return all that a release says, the same however often and wherever it is asked for.

    Raises:
        ReleaseError: There is no such release.
    """
    row = c.execute(_STATE, {"release_id": release_id}).mappings().one_or_none()
    if row is None:
        raise ReleaseError(f"There is no release {release_id}: dayops release list names them all.")
    figures = figures_of(c, release_id)
    before = figures_of(c, row["compared_with"]) if row["compared_with"] else ()
    return Content(
        release_id=release_id,
        period=row["period"],
        number=row["number"],
        figures=figures,
        earlier=_earlier(c, row),
        before=before,
        revisions=tuple(_revisions(figures, before, row["compared_with"])),
        publish_at=row["publish_at"],
        reason=row["reason"] or "",
        population_vintage=row["population_vintage"],
        policy=row["policy"],
        quality=row["quality"],
        audit=row["audit"],
    )


def figures_of(c: Connection, release_id: str) -> tuple[Figure, ...]:
    """Return the figures of a release in reading order."""
    mine = select(released_figure).where(released_figure.c.release_id == release_id)
    return tuple(map(_figure, c.execute(mine.order_by(released_figure.c.position))))


def _earlier(c: Connection, row: RowMapping) -> tuple[Figure, ...]:
    bound = {**asked(row["period"]), "period": row["period"], "rests_on": row["rests_on"]}
    return tuple(map(_figure, c.execute(text(query("earlier")), bound)))


def _figure(row: Any) -> Figure:
    return Figure(
        key=Key(*(getattr(row, name) for name in KEY)),
        area_level=row.area_level,
        version=row.version,
        through=row.through,
        value=row.value,
        lower=row.lower,
        upper=row.upper,
        note_codes=tuple(row.note_codes),
        services_expected=row.services_expected,
        services_returned=row.services_returned,
        coverage=row.coverage,
        missing_authorities=tuple(row.missing_authorities),
    )


_OF_THE_TIME = frozenset("pr")
"""Note codes that tell of when a figure was published, not of the figure."""


def _revisions(figures: Iterable[Figure], before: Iterable[Figure], release_id: str) -> Iterator[Revision]:
    known = {one.key: one for one in before}
    for one in figures:
        was = known.get(one.key)
        if was is not None and was.through == one.through and _says(was) != _says(one):
            yield Revision(
                key=one.key,
                earlier_release_id=release_id,
                earlier_value=was.value,
                earlier_note_codes=was.note_codes,
                value=one.value,
                note_codes=one.note_codes,
            )


def _says(figure: Figure) -> tuple[Decimal | None, frozenset[str]]:
    return figure.value, frozenset(figure.note_codes) - _OF_THE_TIME


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
