"""The main points: plain sentences made of the figures; of one that is not shown, that it is not available."""

from collections.abc import Iterator
from decimal import Decimal

from expectations.indicators import indicator
from expectations.reference import WALES, LivingWage, authorities, living_wages
from expectations.releases import Figure
from expectations.wording import listed
from resources.bulletin.edition import Edition, measure_of

RECOVERY = ("DO02", "DO03", "DO04", "DO05")
"""The four measures of recovery: people, sessions, hours, open sessions."""


def main_points(edition: Edition) -> Iterator[tuple[str, str]]:
    """Yield the main points, each the topic and a sentence or a few."""
    yield edition.say("topic.people"), " ".join(_people(edition))
    yield edition.say("topic.recovery"), " ".join(_recovery(edition))
    yield edition.say("topic.variation"), " ".join(_variation(edition))
    yield from ((edition.say(f"topic.{name}"), one) for name, one in _quarterly(edition))
    yield edition.say("topic.coverage"), " ".join(_coverage(edition))


def told(edition: Edition, figure: Figure | None) -> str:
    """Return a figure for a sentence."""
    if figure is None or figure.value is None:
        return edition.say("not_available")
    return edition.number(figure.value, measure_of(figure))


def living_wage(edition: Edition) -> LivingWage | None:
    """Return the Real Living Wage in force when the workforce was measured; None before the first that is known."""
    day = edition.through(edition.kind_of("DO18"))
    known = [one for one in living_wages() if one.valid_from <= day]
    return known[-1] if known else None


def _people(edition: Edition) -> Iterator[str]:
    month = edition.month(edition.content.period)
    figure = edition.find("DO01", "count", WALES, "month", edition.content.period)
    if figure is None or figure.value is None:
        yield edition.say("point.people_unknown", month=month)
        return
    yield edition.say("point.people", month=month, value=told(edition, figure))
    yield from _against(edition, figure, ("point.more", "point.fewer", "point.same"))


def _against(edition: Edition, figure: Figure, sayings: tuple[str, str, str]) -> Iterator[str]:
    """Yield how a month's figure stands against the month before, where that is known."""
    change = edition.change(figure, 1)
    if change.amount is None:
        return
    more, fewer, same = sayings
    amount = f"{abs(change.amount):,.{measure_of(figure).places}f}"
    key = more if change.amount > 0 else fewer if change.amount < 0 else same
    yield edition.say(key, amount=amount, since=edition.month(change.since))


def _recovery(edition: Edition) -> Iterator[str]:
    figures = {name: edition.now(name, "main") for name in RECOVERY}
    yield edition.say("point.recovery", parts=", ".join(_part(edition, *one) for one in figures.items()))
    shown = {name: one for name, one in figures.items() if one is not None and one.value is not None}
    if len(shown) > 1:
        ordered = sorted(shown, key=lambda name: _value(shown[name]))
        least, most = ordered[0], ordered[-1]
        yield edition.say(
            "point.furthest",
            most=edition.say(f"in_list.{most}"),
            most_value=told(edition, shown[most]),
            least=edition.say(f"in_list.{least}"),
            least_value=told(edition, shown[least]),
        )
    if "DO02" in shown:
        yield from _against(edition, shown["DO02"], ("point.higher", "point.lower", "point.level"))


def _part(edition: Edition, name: str, figure: Figure | None) -> str:
    return edition.say("point.part", name=edition.say(f"in_list.{name}"), value=told(edition, figure))


def _value(figure: Figure) -> Decimal:
    return figure.value or Decimal(0)


def _variation(edition: Edition) -> Iterator[str]:
    figures = [edition.now("DO02", "main", one.code) for one in authorities()]
    shown = sorted((one for one in figures if one and one.value is not None), key=_value)
    if shown:
        low, high = shown[0], shown[-1]
        yield edition.say(
            "point.variation",
            low=told(edition, low),
            low_area=edition.area(low.key.area_code),
            high=told(edition, high),
            high_area=edition.area(high.key.area_code),
        )
    if len(shown) < len(figures):
        yield edition.say("point.not_shown", count=len(figures) - len(shown))


def _quarterly(edition: Edition) -> Iterator[tuple[str, str]]:
    """Yield the points on what is measured on the last day of a quarter, where the release has it."""
    waiting, long = edition.now("DO22", "count"), edition.now("DO23", "main")
    if waiting is not None:
        month = edition.month(waiting.through)
        told_of = edition.say("point.waiting", month=month, count=told(edition, waiting), share=told(edition, long))
        yield "waiting", told_of
    wage, agency = edition.now("DO18", "main"), edition.now("DO15", "main")
    if wage is not None:
        yield "workforce", edition.say("point.wage", share=told(edition, wage), agency=told(edition, agency))


def _coverage(edition: Edition) -> Iterator[str]:
    name = indicator("DO30").measures[0].name
    yield edition.say("point.coverage", value=told(edition, edition.now("DO30", name)))
    if edition.missing:
        names = listed([edition.area(code) for code in edition.missing], "and", edition.language)
        yield edition.say("point.missing", names=names)
    else:
        yield edition.say("point.complete")
