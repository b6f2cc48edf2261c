"""The workbook for people: a cover, contents, notes, definitions, and a sheet for each indicator, in one language.

A figure that is not shown has its shorthand in square brackets in its place; other shorthand has a column of its own,
so that numbers stay numbers. How a workbook is written does not belong here.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from expectations.indicators import INDICATORS, Indicator
from expectations.reference import note_codes
from expectations.releases import Content, Figure
from expectations.wording import LANGUAGES, Language, area_names, month_name, on_one_line, phrase
from resources.pack.labels import both, breakdown_names, category_names, measures_told, period_name
from resources.pack.open_document import Cell, Link, Page, workbook_bytes
from resources.pack.statswales import vintage_name
from resources.pack.tidy import to_places

_WALES = ZoneInfo("Europe/London")
_IN_PLACE = ("c", "x", "z", "w")
"""The note codes that stand where a figure would."""

_NOT_AVAILABLE, _NOT_APPLICABLE = "[x]", "[z]"
_COLUMNS = (
    "measure", "area_code", "area", "period", "through", "breakdown", "category", "value", "lower", "upper", "coverage",
    "missing", "shorthand",
)  # fmt: skip
_WIDTHS = (7, 4, 6, 5, 5, 5, 7, 3, 3, 3, 4, 4, 4)
_DEFINED = ("indicator", "title", "measure", "unit", "version", "definition", "numerator", "denominator")
_DEFINED_WIDTHS = (3, 7, 6, 4, 3, 14, 10, 10)


def workbook_files(content: Content) -> dict[str, bytes]:
    """Return the workbook in each language by its path in the pack."""
    return {f"dayops-{content.release_id}_{language}.ods": _workbook(content, language) for language in LANGUAGES}


def _workbook(content: Content, language: Language) -> bytes:
    figures = _by_indicator(content)
    indicators = [one for one in INDICATORS if one.id in figures]
    pages = [
        _cover(content, language),
        _contents(indicators, language),
        _notes(language),
        _definitions(indicators, language),
        *(_sheet(one, figures[one.id], language) for one in indicators),
    ]
    title = phrase("pack.book.title", language, month=_month(content, language))
    return workbook_bytes(title, phrase("pack.book.about", language), language, pages)


def _by_indicator(content: Content) -> dict[str, list[Figure]]:
    figures: dict[str, list[Figure]] = {}
    for figure in content.figures:
        figures.setdefault(figure.key.indicator_id, []).append(figure)
    return figures


def _month(content: Content, language: Language) -> str:
    return month_name(f"{content.period:%Y-%m}", language)


def _name(page: str, language: Language) -> str:
    return phrase(f"pack.page.{page}", language)


# --- the pages before the figures ------------------------------------------------------------------------------------


def _cover(content: Content, language: Language) -> Page:
    return Page(name=_name("cover", language), lines=tuple(_cover_lines(content, language)), widths=(22,))


def _cover_lines(content: Content, language: Language) -> Iterator[Cell]:
    yield phrase("pack.book.title", language, month=_month(content, language))
    yield phrase("pack.book.about", language)
    yield phrase("pack.book.release", language, release=content.release_id, number=content.number)
    yield _published(content, language)
    if content.reason:
        yield phrase("pack.book.reason", language, reason=on_one_line(content.reason))
    vintage = vintage_name(content.population_vintage, language)
    yield phrase("pack.metadata.population", language, vintage=vintage)
    yield phrase("pack.metadata.rounding", language)
    yield phrase("pack.book.missing", language)
    yield Link(phrase("pack.book.to_contents", language), f"#{_name('contents', language)}.A1")


def _published(content: Content, language: Language) -> str:
    if content.publish_at is None:
        return phrase("pack.book.draft", language)
    day = content.publish_at.astimezone(_WALES).date()
    return phrase("pack.book.published", language, day=day.day, month=month_name(f"{day:%Y-%m}", language))


def _contents(indicators: list[Indicator], language: Language) -> Page:
    name = _name("contents", language)
    pages = [(_name(page, language), phrase(f"pack.page.{page}_title", language)) for page in ("notes", "definitions")]
    pages += [(one.id, _title(one, language)) for one in indicators]
    return Page(
        name=name,
        lines=(phrase("pack.page.contents_title", language), phrase("pack.book.one_table", language)),
        header=(phrase("pack.heading.sheet", language), phrase("pack.heading.title", language)),
        rows=[(Link(page, f"#{page}.A1"), title) for page, title in pages],
        widths=(5, 20),
    )


def _title(one: Indicator, language: Language) -> str:
    return _in(language, both(one.title, f"indicator.{one.id}.title"))


def _in(language: Language, label: tuple[str, str]) -> str:
    return label[LANGUAGES.index(language)]


def _notes(language: Language) -> Page:
    return Page(
        name=_name("notes", language),
        lines=(
            phrase("pack.page.notes_title", language),
            phrase("pack.book.one_table", language),
            phrase("pack.book.in_place", language),
        ),
        header=(phrase("pack.heading.shorthand", language), phrase("pack.heading.meaning", language)),
        rows=[(f"[{one.code}]", _in(language, (one.label_en, one.label_cy))) for one in note_codes()],
        widths=(5, 20),
    )


def _definitions(indicators: list[Indicator], language: Language) -> Page:
    return Page(
        name=_name("definitions", language),
        lines=(phrase("pack.page.definitions_title", language), phrase("pack.book.one_table", language)),
        header=[phrase(f"pack.heading.{name}", language) for name in _DEFINED],
        rows=[row for one in indicators for row in _defined(one, language)],
        widths=_DEFINED_WIDTHS,
    )


def _defined(one: Indicator, language: Language) -> Iterator[tuple[Cell, ...]]:
    numerator = _in(language, both(one.numerator, f"indicator.{one.id}.numerator"))
    denominator = _NOT_APPLICABLE
    if one.denominator:
        denominator = _in(language, both(one.denominator, f"indicator.{one.id}.denominator"))
    for measure in one.measures:
        told = measures_told()[one.id, measure.name]
        title, label, unit, definition = (
            _in(language, words) for words in (told.title, told.label, told.unit, told.definition)
        )
        yield one.id, title, label, unit, one.version, definition, numerator, denominator


# --- a sheet an indicator --------------------------------------------------------------------------------------------


def _sheet(one: Indicator, figures: list[Figure], language: Language) -> Page:
    return Page(
        name=one.id,
        lines=(
            f"{one.id}: {_title(one, language)}",
            _in(language, both(one.definition, f"indicator.{one.id}.definition")),
            f"{phrase('pack.book.one_table', language)} {phrase('pack.book.blank', language)}",
            Link(phrase("pack.book.to_notes", language), f"#{_name('notes', language)}.A1"),
            Link(phrase("pack.book.to_contents", language), f"#{_name('contents', language)}.A1"),
        ),
        header=[phrase(f"pack.heading.{name}", language) for name in _COLUMNS],
        rows=[_row(figure, language) for figure in figures],
        widths=_WIDTHS,
    )


def _row(figure: Figure, language: Language) -> tuple[Cell, ...]:
    key = figure.key
    told = measures_told()[key[:2]]
    return (
        _measure(key.indicator_id, key.measure, language),
        key.area_code,
        _in(language, area_names()[key.area_code]),
        period_name(key.period_kind, key.period_start, language),
        period_name("month", figure.through, language),
        _in(language, breakdown_names()[key.breakdown]),
        _in(language, category_names()[key.breakdown, key.category]),
        *_numbers(figure, told.measure.places),
        _NOT_AVAILABLE if figure.coverage is None else to_places(100 * figure.coverage, 1),
        len(figure.missing_authorities),
        "".join(f"[{code}]" for code in figure.note_codes if f"[{code}]" != _in_place(figure)),
    )


@cache
def _measure(indicator_id: str, measure: str, language: Language) -> str:
    told = measures_told()[indicator_id, measure]
    return _in(language, told.measured)


def _numbers(figure: Figure, places: int) -> Iterator[str | Decimal]:
    """Yield the figure and its interval, with shorthand where there is none."""
    otherwise = _in_place(figure) or _NOT_APPLICABLE
    for number in (figure.value, figure.lower, figure.upper):
        rounded = to_places(number, places)
        yield otherwise if rounded is None else rounded


def _in_place(figure: Figure) -> str | None:
    """Return the shorthand that stands where a figure would; None where the figure is shown."""
    if figure.value is not None:
        return None
    return next((f"[{code}]" for code in _IN_PLACE if code in figure.note_codes), _NOT_AVAILABLE)
