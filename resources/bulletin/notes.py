"""What stands behind the figures: what is missing, what was revised, shorthand, protection of people, definitions."""

from collections.abc import Iterator
from decimal import Decimal

from expectations.indicators import INDICATORS, Measure
from expectations.markup import Html, tag
from expectations.reference import note_codes
from expectations.releases import Revision
from resources.bulletin.edition import NOT_SHOWN, Edition, areas, measure_named
from resources.bulletin.tables import figure_cell, folded, number_cell, row, table, text_cell

SHORTHAND = ("c", "x", "u", "p", "r", "b", "e", "k")
"""The note codes that are explained, in the order of their weight."""

MOST_REVISIONS = 60
"""As many revisions as are shown."""


def missing(edition: Edition) -> Iterator[Html]:
    """Yield what is missing: authorities without a return, the floors, coverage by area."""
    yield tag("p", edition.say("lead.missing"), class_="lead")
    if edition.missing:
        yield tag("p", edition.say("missing.some"))
        yield tag("ul", *(tag("li", edition.area(code)) for code in edition.missing), class_="names")
    else:
        yield tag("p", edition.say("missing.none"))
    floors = [_percent(edition, name) for name in ("floor_authority", "floor_national")]
    if all(floors):
        yield tag("p", edition.say("missing.floors", authority=floors[0], national=floors[1]))
    yield tag("p", edition.say("missing.recovery"))
    yield _coverage(edition)


def policy(edition: Edition, name: str) -> Decimal | None:
    """Return a number of the policy in force, by its own name or that of its setting; None where it is not told."""
    settings = {
        "threshold": "suppression_threshold",
        "base": "rounding_base",
        "floor_authority": "coverage_floor_authority",
        "floor_national": "coverage_floor_national",
    }
    value = edition.content.policy.get(name, edition.content.policy.get(settings[name]))
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) else None


def _percent(edition: Edition, name: str) -> str:
    share = policy(edition, name)
    return "" if share is None else f"{100 * share:.0f}%"


def _coverage(edition: Edition) -> Html:
    keys = ("area", "missing.expected", "missing.returned", "coverage", "missing.state")
    rows = [_covered(edition, code, level) for code, level in areas()]
    caption = edition.say("missing.caption", span=edition.span("month"))
    return table("table-coverage", caption, [edition.say(key) for key in keys], rows, in_words=(4,))


def _covered(edition: Edition, code: str, level: str) -> Html:
    figure = edition.now("DO30", "main", code)
    if figure is None:
        return row(edition.area(code), *(number_cell("[x]") for _ in range(3)), text_cell("[x]"), level=level)
    return row(
        edition.area(code),
        number_cell(f"{figure.services_expected:,}", figure.services_expected),
        number_cell(f"{figure.services_returned:,}", figure.services_returned),
        figure_cell(edition, figure),
        text_cell(edition.say(f"missing.{_state(edition, level, figure.services_expected, figure.services_returned)}")),
        level=level,
    )


def _state(edition: Edition, level: str, expected: int, returned: int) -> str:
    floor = policy(edition, "floor_authority" if level == "authority" else "floor_national")
    if not expected:
        return "not_expected"
    if not returned:
        return "no_return"
    return "thin" if floor is not None and Decimal(returned) / expected < floor else "enough"


# --- revisions --------------------------------------------------------------------------------------------------------


def revisions(edition: Edition) -> Iterator[Html]:
    """Yield what was revised, why, and each figure as it was and as it is."""
    yield tag("p", edition.say("lead.revisions"), class_="lead")
    if edition.content.reason:
        yield tag("p", edition.say("revision.reason", reason=edition.content.reason))
    told = edition.content.revisions
    if not told:
        yield tag("p", edition.say("revision.none"))
        return
    if len(told) > MOST_REVISIONS:
        yield tag("p", edition.say("revision.more", shown=MOST_REVISIONS, count=f"{len(told):,}"))
    keys = ("indicator", "area", "category", "period", "revision.before", "revision.now", "revision.release")
    rows = [_revised(edition, one) for one in told[:MOST_REVISIONS]]
    head = [edition.say(key) for key in keys]
    yield table("table-revisions", edition.say("revision.caption"), head, rows, in_words=(1, 2, 3, 6))


def _revised(edition: Edition, one: Revision) -> Html:
    """Return a figure as it was and as it is; what is confidential now is not told as it was either."""
    key = one.key
    measure = measure_named(key.indicator_id, key.measure)
    now = _written(edition, measure, one.value, one.note_codes)
    hidden = "c" in one.note_codes
    before = now if hidden else _written(edition, measure, one.earlier_value, one.earlier_note_codes)
    return row(
        edition.full_title(key.indicator_id, measure),
        text_cell(edition.area(key.area_code)),
        text_cell(edition.category(key.breakdown, key.category)),
        text_cell(edition.span(key.period_kind)),
        number_cell(before, None if hidden else one.earlier_value),
        number_cell(now, one.value),
        text_cell(one.earlier_release_id),
    )


def _written(edition: Edition, measure: Measure, value: Decimal | None, codes: tuple[str, ...]) -> str:
    if value is not None:
        return edition.number(value, measure)
    return "".join(f"[{code}]" for code in codes if code in NOT_SHOWN) or "[x]"


# --- how figures are read ---------------------------------------------------------------------------------------------


def notes(edition: Edition) -> Iterator[Html]:
    """Yield the shorthand, how people are protected, and the definitions."""
    yield tag("h3", edition.say("note.shorthand"))
    rows = [row(f"[{code}]", text_cell(edition.say(f"note.{code}"))) for code in SHORTHAND]
    head = (edition.say("note.code"), edition.say("note.meaning"))
    yield table("table-shorthand", edition.say("note.shorthand_caption"), head, rows, in_words=(1,), is_plain=True)
    yield tag("p", edition.say("note.interval"))
    yield tag("h3", edition.say("note.protection"))
    yield from _protection(edition)
    yield tag("h3", edition.say("note.definitions"))
    yield tag("p", edition.say("note.population", vintage=vintage(edition)))
    yield folded(edition.say("note.definitions_caption"), _definitions(edition))


def _protection(edition: Edition) -> Iterator[Html]:
    threshold, base = policy(edition, "threshold"), policy(edition, "base")
    if threshold is None:
        yield tag("p", edition.say("note.small_any"))
    else:
        yield tag("p", edition.say("note.small", most=int(threshold) - 1))
    if base is not None:
        yield tag("p", edition.say("note.rounded", base=int(base)))


def vintage(edition: Edition) -> str:
    """Return the vintage of the population in words."""
    written = edition.content.population_vintage
    return edition.say("note.mid", year=written[3:]) if written.startswith("mid") else written


def _definitions(edition: Edition) -> Html:
    versions = {figure.key.indicator_id: figure.version for figure in edition.content.figures}
    rows = [
        row(
            f"{one.id} {edition.title(one.id)}",
            text_cell(edition.definition(one)),
            number_cell(str(versions.get(one.id, one.version))),
        )
        for one in INDICATORS
    ]
    head = [edition.say(f"note.{key}") for key in ("definition", "version")]
    return table(
        "table-definitions",
        edition.say("note.definitions_caption"),
        [edition.say("indicator"), *head],
        rows,
        in_words=(1,),
        is_plain=True,
    )


def everywhere(edition: Edition) -> str:
    """Return the note codes that every figure bears, with their labels."""
    labels = {one.code: (one.label_en, one.label_cy)[edition.language == "cy"].lower() for one in note_codes()}
    codes = (edition.say("note_word", label=labels[code], code=code) for code in sorted(edition.everywhere))
    return ", ".join(codes)
