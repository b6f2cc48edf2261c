"""What a release says: its figures, what stands behind them, and what is told of them in both languages.

The warehouse freezes it and gives it back the same; the pack and the bulletin are made of it and of nothing else, so
that the same release gives the same bytes. How a release comes about does not belong here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


class Key(NamedTuple):
    """What names one figure; `category` is ALL of breakdown `all` where there is none."""

    indicator_id: str
    measure: str
    area_code: str
    period_kind: str
    period_start: date
    breakdown: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure as it is published.

    `version` is that of the indicator's definition, `through` the first day of the last month that is counted (a year
    so far ends before its time). `value`, `lower` and `upper` (a 95% interval, where there is one) are rounded to the
    measure's places; `value` is None where it is confidential or not available, and then so are the others.
    `coverage` is services returned over services expected, from 0 to 1. `missing_authorities` are the codes of the
    authorities of the area from which services were expected and none returned: they are in no sum.
    """

    key: Key
    area_level: str
    version: int
    through: date
    value: Decimal | None
    lower: Decimal | None = None
    upper: Decimal | None = None
    note_codes: tuple[str, ...] = ()
    services_expected: int = 0
    services_returned: int = 0
    coverage: Decimal | None = None
    missing_authorities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One figure that an earlier published release of the same month had otherwise; None is a figure not shown."""

    key: Key
    earlier_release_id: str
    earlier_value: Decimal | None
    earlier_note_codes: tuple[str, ...]
    value: Decimal | None
    note_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that a release says.

    `figures` are those of the month, its quarter and its year, in reading order. `earlier` are figures of months
    before it as they were last published when this release was made: headline ones (breakdown `all`), for
    curves. `before` are all figures of the last published release of the same month, or empty for a first one.
    `publish_at` is when it becomes public, None while it is not approved. `quality`, `audit` and `policy` (the rules
    in force: thresholds, floors, vintage of the population) are plain data for JSON. `reason` says why a revision was
    made, and is empty for a first release.
    """

    release_id: str
    period: date
    number: int
    figures: tuple[Figure, ...]
    earlier: tuple[Figure, ...] = ()
    before: tuple[Figure, ...] = ()
    revisions: tuple[Revision, ...] = ()
    publish_at: datetime | None = None
    reason: str = ""
    population_vintage: str = "mid2020"
    policy: Mapping[str, object] = field(default_factory=dict)
    quality: Mapping[str, object] = field(default_factory=dict)
    audit: Mapping[str, object] = field(default_factory=dict)
