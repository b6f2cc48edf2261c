"""What is published, as linked tables: the quantities behind each figure, and every sum that ties them together.

The attacker is the strongest there can be: where a figure is shown he knows what it is made of, unrounded, and he knows
every sum. What the quantities are is declared in `expectations.disclosure`; what is done with the tables, in
`warehouse.disclosure`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, log10
from typing import NamedTuple

from expectations.disclosure import MADE_OF, QUANTITIES, Kind, OverTime, Quantity
from expectations.indicators import INDICATORS
from expectations.reference import WALES, authorities, regions
from expectations.releases import Key
from warehouse.disclosure.dominance import dominance
from warehouse.disclosure.tables import Cell, Equation, LinkedTables, Unit

NOUGHT = 1e-6
"""Smaller differences of sums are the machine's."""


class Part(NamedTuple):
    """A figure with what it is made of, as the query `parts` gives it.

    `*_at_once` is the most of it in any one month, where people count once in each; None where it is the same. Of what
    is not `is_today` but was released, it is not known whose money it is.
    """

    key: Key
    through: date
    numerator: float
    denominator: float | None
    numerator_at_once: float | None = None
    denominator_at_once: float | None = None
    rest_at_once: float | None = None
    status: str = "shown"
    only_provider: str | None = None
    largest: float | None = None
    second_largest: float | None = None
    is_today: bool = True


class Place(NamedTuple):
    """Where a quantity stands: what figures of a month, quarter or year say of the same months is in one place."""

    quantity: str
    area_code: str
    first: date
    through: date
    breakdown: str
    category: str


@dataclass(frozen=True, slots=True)
class Policy:
    """From how many people on a number is shown, and the rules for amounts of money, as shares of 1.

    No two providers may stand for more than `dominance_share` of an amount, nor may the second largest come to know the
    largest more closely than to `dominance_margin` of it.
    """

    threshold: int = 5
    dominance_share: float = 0.90
    dominance_margin: float = 0.10


@dataclass(slots=True)
class _Draft:
    """A cell while the tables are being made."""

    place: Place
    vintage: str
    value: float
    needed_high: float | None = None
    needed_low: float | None = None
    least: float = 0.0
    insider: str | None = None
    is_published: bool = False


_BY_NAME = {one.name: one for one in QUANTITIES}
_OF_MONEY = {one.name for one in QUANTITIES if one.kind is Kind.MONEY}
_IS_SHARE = {(one.id, measure.name): measure.is_share for one in INDICATORS for measure in one.measures}
_CHILDREN: dict[str, tuple[str, ...]] = {
    WALES: tuple(one.code for one in regions()),
    **{region.code: tuple(one.code for one in authorities() if one.region_code == region.code) for region in regions()},
}
_WEIGHT_OF_LEVEL = {**{one.code: 3.0 for one in regions()}, WALES: 10.0}
_MONTHS = 12


class Linking:
    """Makes linked tables: of the figures of today, and of what earlier releases said about the same periods."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._cells: list[_Draft] = []
        self._units: list[Unit] = []
        self._equations: list[Equation] = []
        self._versions: Counter[Place] = Counter()
        self._at: dict[tuple[Place, float], int] = {}
        self._known: set[int] = set()
        self._was_hidden: set[tuple[str, ...]] = set()
        self._was_shown: set[tuple[str, ...]] = set()
        self._public: dict[Place, int] = {}

    def published(self, release_id: str, parts: Sequence[Part]) -> None:
        """Add what a published release said, which cannot be hidden any more; the later release last."""
        cells = self._group(parts, release_id)
        for part, made in zip(parts, cells, strict=True):
            name = _unit_key(part)
            if part.status == "shown":
                self._known.update(made.values())
                self._was_shown.add((*name, *(str(self._cells[at].value) for at in made.values())))
            else:
                self._was_hidden.add(name)
            self._public.update(made)

    def today(self, parts: Sequence[Part]) -> None:
        """Add the figures that are to be published, each of which may be hidden."""
        cells = self._group(parts, "")
        here = _together(cells)
        for part, made in zip(parts, cells, strict=True):
            if part.status != "not_available":
                self._units.append(self._unit(part, made))
        self._over_time(here)

    def tables(self) -> LinkedTables:
        """Return the tables as they are."""
        return LinkedTables(
            tuple(self._cell(at, draft) for at, draft in enumerate(self._cells)),
            tuple(self._units),
            tuple(self._equations),
        )

    # --- cells and figures --------------------------------------------------------------------------------------------

    def _group(self, parts: Sequence[Part], vintage: str) -> list[dict[Place, int]]:
        cells = [self._cells_of(part, vintage) for part in parts]
        here = _together(cells)
        self._sums(here, vintage)
        for part, made in zip(parts, cells, strict=True):
            self._shares(part, made)
        self._nested(here, vintage)
        return cells

    def _cells_of(self, part: Part, vintage: str) -> dict[Place, int]:
        made = MADE_OF[part.key.indicator_id, part.key.measure]
        cells = {}
        if made.numerator:
            cells.update(self._side(part, vintage, made.numerator, part.numerator, part.numerator_at_once))
        if made.denominator and part.denominator is not None:
            cells.update(self._side(part, vintage, made.denominator, part.denominator, part.denominator_at_once))
        if part.denominator is not None and made.numerator and _IS_SHARE[part.key[:2]]:
            rest = max(part.denominator - part.numerator, 0.0)
            cells.update(self._side(part, vintage, _rest_of(part.key), rest, part.rest_at_once))
        return cells

    def _side(self, part: Part, vintage: str, name: str, value: float, at_once: float | None) -> dict[Place, int]:
        name, _, category = name.partition(":")
        where = tuple(category.split(":")) if category else (part.key.breakdown, part.key.category)
        first = part.through if _is_snapshot(name, part.key) else part.key.period_start
        place = Place(name, part.key.area_code, first, part.through, *where)
        at = self._add(place, value, vintage)
        low, high = self._need(part, place, value, value if at_once is None else min(value, at_once))
        self._cells[at].needed_high = _larger(self._cells[at].needed_high, high)
        self._cells[at].needed_low = low if low is not None else self._cells[at].needed_low
        self._cells[at].is_published |= part.status != "not_available"
        if name not in _OF_MONEY:  # the rules for money reckon with what a provider knows of its own
            self._cells[at].insider = self._cells[at].insider or part.only_provider
        return {place: at}

    def _add(self, place: Place, value: float, vintage: str) -> int:
        """Return the cell of this place and value; where a release said the same, it is the same cell."""
        found = self._at.get((place, round(value, 6)))
        if found is None:
            found = self._at[place, round(value, 6)] = len(self._cells)
            self._versions[place] += 1
            self._cells.append(_Draft(place, f"{vintage} {self._versions[place]}".strip(), value))
        return found

    def _need(self, part: Part, place: Place, value: float, at_once: float) -> tuple[float | None, float | None]:
        if place.quantity in _OF_MONEY:
            return self._need_of_money(value, part) if part.is_today else (None, None)
        if not NOUGHT < at_once < self._policy.threshold - NOUGHT:
            return None, None
        return None, self._high(place)

    def _need_of_money(self, value: float, part: Part) -> tuple[float | None, float | None]:
        share, margin = 100 * self._policy.dominance_share, 100 * self._policy.dominance_margin
        found = dominance(_contributions(value, part), k=share, p=margin)
        return (found.needed_low, found.needed_high) if value > 0 else (None, None)

    def _high(self, place: Place) -> float:
        """Return what nobody may be able to rule out: that in some month there were as many as the threshold."""
        threshold = float(self._policy.threshold)
        if _BY_NAME.get(place.quantity, _PEOPLE).over_time is not OverTime.ADDS:
            return threshold
        return _months(place.first, place.through) * (threshold - 1) + 1

    def _unit(self, part: Part, made: Mapping[Place, int]) -> Unit:
        name = _unit_key(part)
        said = (*name, *(str(self._cells[at].value) for at in made.values()))
        return Unit(
            name,
            tuple(sorted(made.values())),
            _weight(part),
            is_frozen=said in self._was_shown,
            was_hidden=name in self._was_hidden,
        )

    def _cell(self, at: int, draft: _Draft) -> Cell:
        """Return a finished cell. What was published is nobody's secret any more."""
        is_known = at in self._known
        return Cell(
            (*(str(word) for word in draft.place), draft.vintage),
            draft.value,
            needed_high=None if is_known else draft.needed_high,
            needed_low=None if is_known else draft.needed_low,
            insider=draft.insider,
            is_known=is_known,
            least=draft.least,
            is_published=draft.is_published,
        )

    # --- what ties them together --------------------------------------------------------------------------------------

    def _equation(self, terms: Iterable[tuple[int, float]]) -> None:
        indices, coefficients = zip(*terms, strict=True)
        self._equations.append(Equation(indices, coefficients))

    def _sums(self, here: Mapping[Place, int], vintage: str) -> None:
        """Categories make up all of an area, and areas the area above them."""
        for whole, parts in _wholes(here):
            total = here[whole]
            rest = self._cells[total].value - sum(self._cells[at].value for at in parts)
            terms = [(total, -1.0), *((at, 1.0) for at in parts)]
            if rest > NOUGHT:
                terms.append(
                    (self._unpublished(whole, f"rest {self._cells[parts[0]].place.breakdown}", rest, vintage), 1.0)
                )
            self._equation(terms)

    def _unpublished(self, place: Place, name: str, value: float, vintage: str) -> int:
        """Add what no figure tells but who can subtract knows to be there, small numbers of people included."""
        other = place._replace(quantity=f"{place.quantity} {name}")
        at = self._add(other, value, vintage)
        if place.quantity not in _OF_MONEY and NOUGHT < value < self._policy.threshold - NOUGHT:
            self._cells[at].needed_high = self._high(place)
        return at

    def _shares(self, part: Part, made: Mapping[Place, int]) -> None:
        if len(made) == len(("numerator", "denominator", "rest")):
            numerator, denominator, rest = made.values()
            self._equation(((numerator, 1.0), (rest, 1.0), (denominator, -1.0)))

    def _nested(self, here: Mapping[Place, int], vintage: str) -> None:
        for place, at in here.items():
            quantity = _BY_NAME.get(place.quantity)
            if quantity is None:
                continue
            parts = [here.get(place._replace(quantity=name)) for name in quantity.sum_of]
            if parts and None not in parts:
                self._equation([(at, -1.0), *((part, 1.0) for part in parts if part is not None)])
            whole = here.get(place._replace(quantity=quantity.part_of)) if quantity.part_of else None
            if whole is not None:
                self._between(at, whole, f"{quantity.part_of} more than {place.quantity}", vintage)
            other = here.get(place._replace(quantity=quantity.alike)) if quantity.alike else None
            if other is not None and abs(self._cells[at].value - self._cells[other].value) < NOUGHT:
                self._equation(((at, 1.0), (other, -1.0)))

    def _between(self, part: int, whole: int, name: str, vintage: str) -> None:
        """Tie a part to a whole that is at least as much."""
        less = self._cells[whole].value - self._cells[part].value
        if less < -NOUGHT:
            return
        slack = self._add(self._cells[whole].place._replace(quantity=name), max(less, 0.0), vintage)
        self._equation(((whole, 1.0), (part, -1.0), (slack, -1.0)))

    def _over_time(self, here: Mapping[Place, int]) -> None:
        """Tie a quarter and a year so far to their months, where releases told of those."""
        for place, at in here.items():
            quantity = _BY_NAME.get(place.quantity, _PEOPLE)
            if place.first == place.through:
                continue
            months = [self._month(here, place, month) for month in _months_of(place.first, place.through)]
            if quantity.over_time is OverTime.DISTINCT:
                self._at_least(at, [month for month in months if month is not None])
            else:
                self._adds(here, place, at, months)

    def _month(self, here: Mapping[Place, int], place: Place, month: date) -> int | None:
        wanted = place._replace(first=month, through=month)
        return here.get(wanted, self._public.get(wanted))

    def _at_least(self, at: int, months: Sequence[int]) -> None:
        """Have everybody know that no fewer people came in a period than in any of its months."""
        most = max((self._cells[month].value for month in months), default=0.0)
        self._cells[at].least = min(most, self._cells[at].value)

    def _adds(self, here: Mapping[Place, int], place: Place, at: int, months: Sequence[int | None]) -> None:
        """Tie a sum of months to them, or to the last such sum that was published and the months since."""
        known = [month for month in months if month is not None]
        if len(known) == len(months):
            self._equation([(at, -1.0), *((month, 1.0) for month in known)])
        for count, through in enumerate(_months_of(place.first, place.through)[1:-1], 2):
            earlier = self._public.get(place._replace(through=through))
            since = months[count:]
            if earlier is not None and None not in since:
                self._equation([(at, -1.0), (earlier, 1.0), *((month, 1.0) for month in since if month is not None)])


_PEOPLE = Quantity("rest")
"""What the rest of a share is: people, who count once a month."""


def _together(groups: Iterable[Mapping[Place, int]]) -> dict[Place, int]:
    """Return every place with its cell, of all figures."""
    return {place: at for group in groups for place, at in group.items()}


def _wholes(here: Mapping[Place, int]) -> Iterator[tuple[Place, list[int]]]:
    """Yield each whole with the cells that make it up: by category within an area, by area within a category."""
    by_category: dict[Place, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, at in here.items():
        if place.breakdown != "all":
            by_category[place._replace(breakdown="all", category="ALL")][place.breakdown].append(at)
    for whole, breakdowns in by_category.items():
        if whole in here:
            yield from ((whole, parts) for parts in breakdowns.values())
    for place in here:
        children = (place._replace(area_code=code) for code in _CHILDREN.get(place.area_code, ()))
        parts = [here[child] for child in children if child in here]
        if parts:
            yield place, parts


def _unit_key(part: Part) -> tuple[str, ...]:
    return (*(str(word) for word in part.key), str(part.through))


def _is_snapshot(name: str, key: Key) -> bool:
    """Return whether a quantity is that of one month; the rest of a share goes by its whole."""
    known = name if name in _BY_NAME else MADE_OF[key.indicator_id, key.measure].denominator
    return _BY_NAME[known or name].over_time is OverTime.SNAPSHOT


def _rest_of(key: Key) -> str:
    return f"rest of {key.indicator_id} {key.measure}"


def _weight(part: Part) -> float:
    """Return what is lost by hiding a figure: more the wider its area, and the more people it is about."""
    everyone = 3.0 if part.key.breakdown == "all" else 1.0
    about = part.numerator if part.denominator is None else part.denominator
    return _WEIGHT_OF_LEVEL.get(part.key.area_code, 1.0) * everyone * (1 + log10(1 + max(about, 0.0)))


def _contributions(value: float, part: Part) -> tuple[float, ...]:
    """Return contributions that add up to an amount of which the two largest are known, the others no larger."""
    first, second = part.largest or 0.0, part.second_largest or 0.0
    others = value - first - second
    pieces = ceil(others / second) if second > 0 and others > NOUGHT else 0
    return (*(one for one in (first, second) if one > 0), *(others / pieces for _ in range(pieces)))


def _larger(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else max(one, other)


def _months(start: date, through: date) -> int:
    return (through.year - start.year) * _MONTHS + through.month - start.month + 1


def _months_of(start: date, through: date) -> list[date]:
    first = start.year * _MONTHS + start.month - 1
    return [date(at // _MONTHS, at % _MONTHS + 1, 1) for at in range(first, first + _months(start, through))]
