"""Disclosure control: what of the indicators may be shown, one step after another over the declared figures.

First what is small where it stands, or is one provider's money (`primary.sql`); then what would let it be worked out
from totals, from the rest of a share, from another month or from an earlier release (`warehouse.disclosure`); last,
what is worked out from figures that are shown. The attack at the end is made anew from what is shown, and knows nothing
of how it came about.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Tuple, delete, func, insert, select, text, tuple_

from expectations.disclosure import MADE_OF, QUANTITIES, Kind
from expectations.months import year_start
from expectations.releases import Key
from warehouse.disclosure.apart import Each
from warehouse.disclosure.attack import attack
from warehouse.disclosure.suppress import suppress
from warehouse.disclosure.tables import LinkedTables
from warehouse.figures import disclosure_audit, protected_indicator
from warehouse.indicators import asked, periods_of, query
from warehouse.linking import Linking, Part, Policy

CONTROL = "primary and secondary suppression, attacked"
"""The disclosure control that figures go through, as a release names it."""

_MOST_NAMED = 20


def protect(
    c: Connection,
    period: date,
    *,
    threshold: int = 5,
    base: int = 5,
    floor_authority: float = 0.80,
    floor_national: float = 0.60,
    dominance_share: float = 0.90,
    dominance_margin: float = 0.10,
    each: Each = map,
) -> int:
    """Protect the figures of the month `period`, its quarter and its year anew; return how many there are.

    Numbers of people from 1 to below `threshold` are hidden, those that a share would give away too, and amounts of
    money that one or two providers account for; then whatever would let any of it be worked out. Counts are rounded to
    a multiple of `base`; figures with less coverage than their level's floor are not available. `each` goes through the
    parts of the tables that can be protected by themselves.

    Raises:
        UnprotectableError: What earlier releases said gives a small number away, whatever is hidden now.
    """
    c.execute(delete(protected_indicator).where(_spans().in_(periods_of(period))))
    c.execute(delete(disclosure_audit).where(disclosure_audit.c.period == period))
    bound = {
        "threshold": threshold,
        "base": base,
        "floor_authority": floor_authority,
        "floor_national": floor_national,
        "dominance_share": dominance_share,
        "dominance_margin": dominance_margin,
        **_amounts_of_money(),
    }
    _note_highest(c, period)
    figures = c.execute(text(query("primary")), {**asked(period), **bound}).rowcount
    c.exec_driver_sql("analyze mart_v1.protected_indicator")
    _complement(c, period, sensitive(threshold, dominance_share, dominance_margin), each)
    c.execute(text(query("spread")), asked(period))
    return figures


def sensitive(threshold: int = 5, dominance_share: float = 0.90, dominance_margin: float = 0.10) -> Policy:
    """Return what makes a number of people or an amount of money sensitive."""
    return Policy(threshold, dominance_share, dominance_margin)


def statuses(c: Connection, period: date) -> dict[str, int]:
    """Return how many of the month's figures are shown, confidential and not available."""
    status, spans = protected_indicator.c.status, _spans()
    counted = select(status, func.count()).where(spans.in_(periods_of(period))).group_by(status).order_by(status)
    return {name: number for name, number in c.execute(counted)}


def small_numbers_shown(c: Connection, period: date, threshold: int = 5) -> list[tuple[Any, ...]]:
    """Return the keys of the month's figures that are shown although they tell of too few people: none may be."""
    found = c.execute(text(query("audit")), {**asked(period), "threshold": threshold})
    return [tuple(row) for row in found]


def audit(c: Connection, period: date, policy: Policy, each: Each = map) -> dict[str, object]:
    """Attack the month's figures as they would be published, beside all that is approved, and note what was found.

    Returns what a release keeps of it; no value is told. `found` counts the cells of which too much could be worked out
    or known: none may be. `cells` names the first of them.
    """
    _note_highest(c, period)
    tables, shown = _tables(c, period, policy)
    exposures = attack(tables, frozenset(range(len(tables.units))) - shown, each=each)
    found = {
        "control": CONTROL,
        "threshold": policy.threshold,
        "dominance_share": policy.dominance_share,
        "dominance_margin": policy.dominance_margin,
        "figures": _reasons(c, period),
        "attacked": {
            "figures": len(tables.units),
            "cells": len(tables.cells),
            "sensitive_cells": sum(cell.is_sensitive for cell in tables.cells),
            "sums": len(tables.equations),
            "providers": len({cell.insider for cell in tables.cells} - {None}),
        },
        "beside": told_beside(c, period),
        "found": len({exposure.cell for exposure in exposures}),
        "cells": sorted({" / ".join(exposure.key) for exposure in exposures})[:_MOST_NAMED],
    }
    noted = {"period": period, "audit": found}
    c.execute(delete(disclosure_audit).where(disclosure_audit.c.period == period))
    c.execute(insert(disclosure_audit).values(noted))
    return found


def audited(c: Connection, period: date) -> dict[str, object]:
    """Return what the audit of the month's figures, as they stand, found; empty where there was none."""
    return c.scalar(select(disclosure_audit.c.audit).where(disclosure_audit.c.period == period)) or {}


def _reasons(c: Connection, period: date) -> dict[str, int]:
    why = func.coalesce(protected_indicator.c.reason, protected_indicator.c.status)
    counted = select(why, func.count()).where(_spans().in_(periods_of(period))).group_by(why).order_by(why)
    return {name: number for name, number in c.execute(counted)}


# --- what is hidden beside what is small ------------------------------------------------------------------------------


def _note_highest(c: Connection, period: date) -> None:
    c.exec_driver_sql("drop table if exists pg_temp.highest")
    c.execute(text(query("highest")), asked(period))
    c.exec_driver_sql("analyze pg_temp.highest")


def _complement(c: Connection, period: date, policy: Policy, each: Each) -> None:
    tables, shown = _tables(c, period, policy)
    hidden = suppress(tables, is_audited=False, each=each)
    _hide(c, (tables.units[at].key for at in sorted(hidden & shown)))


def _tables(c: Connection, period: date, policy: Policy) -> tuple[LinkedTables, frozenset[int]]:
    """Return the linked tables of the month, and which of their figures are shown now."""
    linking = Linking(policy)
    for release_id, parts in _published(c, period):
        linking.published(release_id, parts)
    today = _parts(c, period)
    linking.today(today)
    tables = linking.tables()
    in_units = [part.status for part in today if part.status != "not_available"]
    return tables, frozenset(at for at, status in enumerate(in_units) if status == "shown")


def _parts(c: Connection, period: date) -> list[Part]:
    bound = {**asked(period), **_people_and_money()}
    width = len(Key._fields)
    return [Part(Key(*row[:width]), *row[width:]) for row in c.execute(text(query("parts")), bound)]


def _published(c: Connection, period: date) -> list[tuple[str, list[Part]]]:
    """Return what approved releases of the financial year tell the public, in the order in which they do."""
    bound = {"month": period, "year": year_start(period), **_people_and_money()}
    told: dict[str, list[Part]] = {}
    for release_id, *row in c.execute(text(query("told")), bound):
        *key, through, numerator, denominator, status = row
        part = Part(Key(*key), through, numerator, denominator, status=status, is_today=False)
        told.setdefault(release_id, []).append(part)
    return list(told.items())


def told_beside(c: Connection, period: date) -> list[str]:
    """Return the approved releases of the month's financial year: what a new release of it must be held against."""
    beside = text("""
        select release_id from core.release_state
        where publish_at is not null and (withdrawn_at is null or withdrawn_at > publish_at)
            and period between :year and cast(:year as date) + interval '11 months'
        order by release_id
    """)
    return list(c.scalars(beside, {"year": year_start(period)}))


def _hide(c: Connection, keys: Iterable[Sequence[str]]) -> None:
    columns = list(zip(*keys, strict=True))
    if columns:
        c.execute(text(query("hide")), dict(zip(Key._fields, map(list, columns), strict=False)))


def _people_and_money() -> dict[str, list[str]]:
    indicators, measures = zip(*MADE_OF, strict=True)
    return {"indicators": list(indicators), "measures": list(measures)}


def _amounts_of_money() -> dict[str, list[str]]:
    names = {one.name for one in QUANTITIES if one.kind is Kind.MONEY}
    keys = [key for key, made in MADE_OF.items() if made.numerator in names]
    return {"of_money": [one for one, _ in keys], "money_measures": [measure for _, measure in keys]}


def _spans() -> Tuple:
    return tuple_(protected_indicator.c.period_kind, protected_indicator.c.period_start)
