"""An edition: a release in one language, its figures by what names them, and how figures and periods are written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from expectations.codes import CODE_LISTS
from expectations.indicators import ALL, BREAKDOWNS, INDICATORS, Indicator, Measure, indicator
from expectations.months import last_month_of, month_before, period_written, year_start
from expectations.reference import WALES, authorities, regions
from expectations.releases import Content, Figure, Key
from expectations.wording import Language, area_names, cy, month_name, phrase

KINDS = ("month", "quarter", "year")
"""The kinds of period, the shortest first."""

NOT_SHOWN = ("c", "x")
"""The note codes of a figure that is not shown."""

_MINUS, _NO_BREAK = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure stands against an earlier one: by how much, and the first day of the month it is held against."""

    amount: Decimal | None
    since: date


@dataclass(frozen=True)
class Edition:
    """A release in one language."""

    content: Content
    language: Language

    # --- words --------------------------------------------------------------------------------------------------------

    def say(self, key: str, **facts: object) -> str:
        """Return the bulletin's phrase `key` with its facts filled in."""
        return phrase(f"bulletin.{key}", self.language, **facts)

    def area(self, code: str) -> str:
        """Return the name of an area."""
        return area_names()[code][self.language == "cy"]

    def short_area(self, code: str) -> str:
        """Return the name of an authority, short enough for a small tile."""
        return self.say(f"short.{code}")

    def title(self, indicator_id: str) -> str:
        """Return the title of an indicator."""
        return self._own(f"indicator.{indicator_id}.title", indicator(indicator_id).title)

    def definition(self, one: Indicator) -> str:
        """Return what an indicator means."""
        return self._own(f"indicator.{one.id}.definition", one.definition)

    def measure(self, indicator_id: str, measure: Measure) -> str:
        """Return the label of a measure."""
        return self._own(f"indicator.{indicator_id}.measure.{measure.name}", measure.label)

    def full_title(self, indicator_id: str, measure: Measure) -> str:
        """Return the title of an indicator, with its measure where that is not the plain share or the only one."""
        title = self.title(indicator_id)
        if len(indicator(indicator_id).measures) == 1:
            return title
        return f"{title}: {self.measure(indicator_id, measure)}"

    def title_in(self, kind: str, indicator_id: str, measure: Measure) -> str:
        """Return the full title among figures of a kind of period, with its own period where that is another."""
        title, own = self.full_title(indicator_id, measure), self.kind_of(indicator_id)
        return title if own == kind else f"{title} ({self.span(own)})"

    def breakdown(self, name: str) -> str:
        """Return the label of a breakdown."""
        return self._own(f"breakdown.{name}", BREAKDOWNS[name][0])

    def category(self, breakdown: str, code: str) -> str:
        """Return the label of a category."""
        if code == ALL:
            return self.breakdown("all")
        return self._own(f"code.{breakdown}.{code}", CODE_LISTS[breakdown][code])

    def _own(self, key: str, english: str) -> str:
        return (cy(key) if self.language == "cy" else None) or english

    def month(self, day: date) -> str:
        """Return the month of a day in words."""
        return month_name(f"{day:%Y-%m}", self.language)

    def short_month(self, day: date) -> str:
        """Return the month of a day in a few letters, with its year."""
        return f"{self.say(f'short_month.{day.month}')} {day.year}"

    def span(self, kind: str) -> str:
        """Return the release's month, its quarter or its year as far as it is counted, in words."""
        first, last = self.start(kind), self.through(kind)
        if first == last:
            return self.month(first)
        return phrase("joiner.to", self.language, left=self.month(first), right=self.month(last))

    @property
    def published(self) -> str | None:
        """When the release becomes public, in words and by the clock of Wales; None while it is a draft."""
        moment = self.content.publish_at
        if moment is None:
            return None
        local = moment.astimezone(ZoneInfo("Europe/London")) if moment.tzinfo else moment
        return self.say("moment", day=local.day, month=self.month(local.date()), time=f"{local:%H:%M}")

    # --- figures ------------------------------------------------------------------------------------------------------

    @cached_property
    def _figures(self) -> Mapping[Key, Figure]:
        return {figure.key: figure for figure in (*self.content.earlier, *self.content.figures)}

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """The note codes that every figure shown of the release bears: they are told once, not beside each."""
        codes = [frozenset(figure.note_codes) for figure in self.content.figures if figure.value is not None]
        return (frozenset.intersection(*codes) if codes else frozenset()) - set(NOT_SHOWN)

    def start(self, kind: str) -> date:
        """Return the first day of the release's month, quarter or year."""
        period = self.content.period
        match kind:
            case "month":
                return period
            case "quarter":
                return period.replace(day=1, month=(period.month - 1) // 3 * 3 + 1)
            case _:
                return year_start(period)

    def through(self, kind: str) -> date:
        """Return the first day of the last month that is counted in the release's month, quarter or year."""
        return min(self.content.period, last_month_of(kind, self.start(kind)))

    def find(self, indicator_id: str, measure: str, area: str, kind: str, start: date, *split: str) -> Figure | None:
        """Return the figure of these, `split` being a breakdown and its category; None where there is none."""
        breakdown, category = split or ("all", ALL)
        return self._figures.get(Key(indicator_id, measure, area, kind, start, breakdown, category))

    def kind_of(self, indicator_id: str) -> str:
        """Return the kind of period that an indicator is told for: the shortest that has a figure for Wales."""
        one = indicator(indicator_id)
        name = one.measures[0].name
        kinds = [kind for kind in KINDS if self.find(indicator_id, name, WALES, kind, self.start(kind))]
        return kinds[0] if kinds else "month"

    def now(self, indicator_id: str, measure: str, area: str = WALES, *split: str) -> Figure | None:
        """Return the figure of the period that the indicator is told for."""
        kind = self.kind_of(indicator_id)
        return self.find(indicator_id, measure, area, kind, self.start(kind), *split)

    def curve(self, indicator_id: str, measure: str, area: str, months: Sequence[date]) -> list[Figure | None]:
        """Return the headline figure of each of `months`."""
        return [self.find(indicator_id, measure, area, "month", month) for month in months]

    @cached_property
    def months(self) -> tuple[date, ...]:
        """The months that there are headline figures of, to the release's own, the gaps between them filled."""
        known = {figure.key.period_start for figure in self.content.earlier if figure.key.period_kind == "month"}
        first, months = min({*known, self.content.period}), [self.content.period]
        while months[-1] > first:
            months.append(date.fromisoformat(month_before(f"{months[-1]:%Y-%m}") + "-01"))
        return tuple(reversed(months))

    def change(self, figure: Figure, months: int) -> Change:
        """Return the change of a month's figure since so many months before; None where it may not be told."""
        since = date.fromisoformat(month_before(f"{figure.key.period_start:%Y-%m}", months) + "-01")
        before = self._figures.get(figure.key._replace(period_start=since))
        if figure.value is None or before is None or before.value is None or before.version != figure.version:
            return Change(None, since)
        return Change(figure.value - before.value, since)

    @cached_property
    def is_provisional(self) -> bool:
        """Whether any figure of the release is provisional."""
        return any("p" in figure.note_codes for figure in self.content.figures)

    @cached_property
    def is_revised(self) -> bool:
        """Whether the release is not the first of its month, or has a revised figure."""
        codes = (figure.note_codes for figure in self.content.figures)
        return self.content.number > 1 or any("r" in one for one in codes)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The authorities from which services were expected in the month and none returned, in their usual order."""
        codes = {
            code
            for figure in self.content.figures
            if figure.key.area_code == WALES and figure.key.period_kind == "month"
            for code in figure.missing_authorities
        }
        return tuple(one.code for one in authorities() if one.code in codes)

    # --- figures as they are written ----------------------------------------------------------------------------------

    def written(self, figure: Figure | None) -> str:
        """Return a figure for people to read, with its note codes; [x] alone where there is none."""
        if figure is None:
            return "[x]"
        told_once = frozenset() if self._is_earlier(figure) else self.everywhere
        codes = [code for code in figure.note_codes if code not in told_once]
        notes = "".join(f"[{code}]" for code in codes)
        if figure.value is None:
            return notes if set(codes) & set(NOT_SHOWN) else f"[x]{notes}"
        number = self.number(figure.value, measure_of(figure))
        return f"{number}{_NO_BREAK}{notes}" if notes else number

    def _is_earlier(self, figure: Figure) -> bool:
        return figure.key.period_kind == "month" and figure.key.period_start != self.content.period

    def number(self, value: Decimal, measure: Measure) -> str:
        """Return a value with its thousands, its places and its unit."""
        number = f"{abs(value):,.{measure.places}f}"
        sign = _MINUS if value < 0 else ""
        match measure.unit:
            case "%":
                return f"{sign}{number}%"
            case "GBP":
                return f"{sign}£{number}"
            case _:
                return f"{sign}{number}"

    def difference(self, amount: Decimal, measure: Measure) -> str:
        """Return a change with its sign; that of a percentage is in percentage points."""
        if not amount:
            return self.say("no_change")
        sign = "+" if amount > 0 else _MINUS
        plain = f"{abs(amount):,.{measure.places}f}"
        match measure.unit:
            case "%":
                return f"{sign}{plain}{_NO_BREAK}{self.say('points')}"
            case "GBP":
                return f"{sign}£{plain}"
            case _:
                return f"{sign}{plain}"

    def interval(self, figure: Figure | None) -> str:
        """Return the 95% interval of a figure, or nothing where there is none."""
        if figure is None or figure.lower is None or figure.upper is None:
            return ""
        measure = measure_of(figure)
        bounds = (self.number(bound, measure) for bound in (figure.lower, figure.upper))
        return phrase("joiner.to", self.language, **dict(zip(("left", "right"), bounds, strict=True)))


def measure_of(figure: Figure) -> Measure:
    """Return the declared measure of a figure."""
    return measure_named(figure.key.indicator_id, figure.key.measure)


def measure_named(indicator_id: str, name: str) -> Measure:
    """Return a measure of an indicator by its name."""
    return next(one for one in indicator(indicator_id).measures if one.name == name)


def measures(indicator_ids: Sequence[str]) -> Iterator[tuple[str, Measure]]:
    """Yield each measure of these indicators, with the indicator's id."""
    for one in INDICATORS:
        if one.id in indicator_ids:
            yield from ((one.id, measure) for measure in one.measures)


def areas() -> Iterator[tuple[str, str]]:
    """Yield every area with its level: Wales, then each region and its authorities."""
    yield WALES, "country"
    for region in regions():
        yield region.code, "region"
        yield from ((one.code, "authority") for one in authorities() if one.region_code == region.code)


def key_written(key: Key) -> str:
    """Return what names a figure as one word, for the pages to say which figure a number is."""
    period = period_written(key.period_kind, key.period_start)
    return "/".join((key.indicator_id, key.measure, key.area_code, period, key.breakdown, key.category))
