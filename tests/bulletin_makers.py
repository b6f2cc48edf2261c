"""A release made up for the bulletin: every declared figure, a curve of months before, some hidden, one return missing.

`python -m tests.bulletin_makers FOLDER` writes its pages there, for looking at them and for the browser.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zlib import crc32

from expectations.indicators import ALL, INDICATORS, Indicator, Level, Measure, People
from expectations.months import month_before
from expectations.reference import WALES, authorities, regions
from expectations.releases import Content, Figure, Key, Revision
from resources.bulletin import bulletin_files

MONTH = date(2026, 9, 1)
MISSING = "W06000020"
THIN = "W06000021"
POWYS = "W06000023"
"""An authority that is a region by itself: what is hidden of the one is hidden of the other."""
PUBLISHED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
POLICY = {"threshold": 5, "base": 5, "floor_authority": 0.8, "floor_national": 0.6}
STARTS = {"month": MONTH, "quarter": date(2026, 7, 1), "year": date(2026, 4, 1)}

# What a figure for Wales is like; others are spread around it.
_LIKE = {
    ("DO01", "count"): 5840, ("DO01", "rate"): 2.3, ("DO02", "main"): 71.4, ("DO03", "main"): 63.8,
    ("DO04", "main"): 58.9, ("DO05", "main"): 79.6, ("DO06", "range"): 48.0, ("DO06", "variation"): 18.5,
    ("DO07", "main"): 9.4, ("DO08", "tier_1"): 31.0, ("DO08", "tier_2"): 40.2, ("DO08", "tier_3"): 28.8,
    ("DO09", "main"): 57.3, ("DO10", "main"): 14.1, ("DO11", "main"): 74.0, ("DO12", "main"): 4.2,
    ("DO13", "main"): 11.8, ("DO14", "main"): 86.4, ("DO15", "main"): 7.9, ("DO16", "main"): 9.3,
    ("DO17", "main"): 18.6, ("DO18", "main"): 82.5, ("DO19", "main"): 29.0, ("DO20", "main"): 72.2,
    ("DO20", "accepted"): 38.5, ("DO20", "delivered"): 81.0, ("DO21", "main"): 21.4, ("DO22", "count"): 615,
    ("DO22", "rate"): 2.4, ("DO23", "main"): 37.2, ("DO24", "main"): 12.6, ("DO24", "sustained_13w"): 8.1,
    ("DO25", "main"): 22.7, ("DO26", "main"): 68.4, ("DO27", "main"): 61.9, ("DO28", "main"): 8.8,
    ("DO15", "agency_workers"): 9.4, ("DO15", "fixed_term"): 12.7, ("DO23", "under_6_weeks"): 34.1,
    ("DO23", "from_6_weeks"): 28.7, ("DO23", "from_12_weeks"): 22.4, ("DO23", "from_26_weeks"): 14.8,
    ("DO28", "over_45_minutes"): 31.5, ("DO29", "main"): 71.36, ("DO30", "main"): 91.2,
}  # fmt: skip


@dataclass(frozen=True)
class Maker:
    """Draws figures; `spread` is how far an area's recovery is from Wales', the same in every month."""

    chance: random.Random
    spread: dict[str, float] = field(default_factory=dict)

    def figure(
        self, one: Indicator, measure: Measure, area: tuple[str, Level], when: tuple[str, date], split: tuple[str, str]
    ) -> Figure:
        """Return one figure, hidden where it would be."""
        key = Key(one.id, measure.name, area[0], *when, *split)
        codes = self._codes(one, measure, area, split)
        expected, returned = self._services(area)
        made = Figure(
            key=key,
            area_level=area[1],
            version=one.version,
            through=when[1] if when[0] == "month" else MONTH,
            value=None if {"c", "x"} & set(codes) else self._value(measure, key, area[1]),
            note_codes=codes,
            services_expected=expected,
            services_returned=returned,
            coverage=Decimal(returned) / Decimal(expected),
            missing_authorities=(MISSING,) if area[0] in (WALES, MISSING, "RPB_GW") else (),
        )
        return self._with_interval(made, measure)

    def _codes(
        self, one: Indicator, measure: Measure, area: tuple[str, Level], split: tuple[str, str]
    ) -> tuple[str, ...]:
        if one.has_floor and area[0] in (MISSING, THIN):
            return ("p", "x")
        is_small = area[0] == "RPB_PO" or area[1] == Level.AUTHORITY
        if not is_small or measure.people is People.NONE:
            return ("p",)
        place = POWYS if area[0] == "RPB_PO" else area[0]
        lot = crc32("/".join((one.id, measure.name, place, *split)).encode()) / 2**32
        return ("c", "p") if lot < (0.08 if split[1] == ALL else 0.3) else ("p", "u") if lot > 0.94 else ("p",)

    def _services(self, area: tuple[str, Level]) -> tuple[int, int]:
        if area[0] == MISSING:
            return 9, 0
        if area[0] == THIN:
            return 12, 8
        inside = [one.code for one in authorities() if area[0] in (WALES, one.region_code)]
        if inside:
            each = [self._services((code, Level.AUTHORITY)) for code in inside]
            return sum(expected for expected, _ in each), sum(returned for _, returned in each)
        expected = 9 + crc32(area[0].encode()) % 14
        return expected, expected - crc32(area[0].encode()) % 3

    def _value(self, measure: Measure, key: Key, level: Level) -> Decimal:
        if key.indicator_id == "DO30":
            expected, returned = self._services((key.area_code, level))
            return Decimal(f"{100 * returned / expected:.1f}")
        like = _LIKE[key.indicator_id, key.measure] * (1 + self._away(key)) * self._climb(key)
        if measure.is_count:
            share = {"country": 1.0, "region": 0.14, "authority": 0.045}[level] * (1 if key.category == ALL else 0.2)
            return Decimal(round(like * share / 5) * 5)
        most = 100 if measure.is_share else 1000
        return Decimal(f"{min(like, most):.{measure.places}f}")

    def _climb(self, key: Key) -> float:
        """Return how far a figure has come towards what it is now: a little each month, most of all recovery."""
        ago = (MONTH.year - key.period_start.year) * 12 + MONTH.month - key.period_start.month
        slope = 0.011 if key.indicator_id in ("DO01", "DO02", "DO03", "DO04", "DO05") else 0.003
        return (1 - slope * ago) * (1 + self.chance.uniform(-0.009, 0.009))

    def _away(self, key: Key) -> float:
        """Return how far an area and a category are from Wales, the same in every month; regions less than others."""
        widths = {"W0": 0.36, "RP": 0.17}
        place = POWYS if key.area_code == "RPB_PO" else key.area_code
        names = [(place, widths.get(place[:2], 0.0))] if place != WALES else []
        names += [(f"{key.breakdown}.{key.category}", 0.25)] if key.category != ALL else []
        return sum(self.spread.setdefault(name, self.chance.uniform(-width, width)) for name, width in names)

    def _with_interval(self, made: Figure, measure: Measure) -> Figure:
        if made.value is None or not measure.is_share or made.key.indicator_id == "DO30":
            return made
        half = {"country": 1.4, "region": 4.0, "authority": 9.0}[made.area_level]
        value = float(made.value)
        return replace(
            made, lower=Decimal(f"{max(0, value - half):.1f}"), upper=Decimal(f"{min(100, value + half):.1f}")
        )


def every_area() -> list[tuple[str, Level]]:
    """Return every area with its level."""
    return [
        (WALES, Level.COUNTRY),
        *((one.code, Level.REGION) for one in regions()),
        *((one.code, Level.AUTHORITY) for one in authorities()),
    ]


def a_content(seed: int = 1, **changes: object) -> Content:
    """Return a whole release, with 18 months before it."""
    maker = Maker(random.Random(seed))  # noqa: S311
    months = [date.fromisoformat(f"{month_before(f'{MONTH:%Y-%m}', ago)}-01") for ago in range(18, 0, -1)]
    made = Content(
        release_id="2026-09-r1",
        period=MONTH,
        number=1,
        figures=tuple(_figures(maker)),
        earlier=tuple(figure for month in months for figure in _headlines(maker, month)),
        publish_at=PUBLISHED,
        policy=POLICY,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def a_revised_content() -> Content:
    """Return a second release of a month, with one figure that the first had otherwise."""
    first = a_content()
    key = first.figures[0].key
    change = Revision(
        key=key,
        earlier_release_id="2026-09-r1",
        earlier_value=Decimal(5815),
        earlier_note_codes=("p",),
        value=first.figures[0].value,
        note_codes=("p", "r"),
    )
    return replace(
        first, release_id="2026-09-r2", number=2, revisions=(change,), reason="Late returns", publish_at=None
    )


def _figures(maker: Maker) -> Iterator[Figure]:
    for one in INDICATORS:
        for measure, breakdown, category in one.cells():
            for area in every_area():
                if area[1] in one.levels:
                    for when in STARTS.items():
                        yield maker.figure(one, measure, area, when, (breakdown, category))


def _headlines(maker: Maker, month: date) -> Iterator[Figure]:
    for one in INDICATORS:
        if not one.is_snapshot or month.month in (3, 6, 9, 12):
            for measure in one.measures:
                if "all" in one.breakdowns_of(measure):
                    for area in every_area():
                        if area[1] in one.levels:
                            yield _settled(maker.figure(one, measure, area, ("month", month), ("all", ALL)))


def _settled(made: Figure) -> Figure:
    """Return a figure as it was last published: final where it is of long ago."""
    is_old = made.key.period_start < date(2026, 6, 1)
    return replace(made, note_codes=tuple(code for code in made.note_codes if code != "p")) if is_old else made


def write_pages(folder: Path) -> None:
    """Write the pages of the made release into a folder."""
    for name, content in bulletin_files(a_content()).items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
