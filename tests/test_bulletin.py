"""The bulletin: what it prints is what the release says, in both languages alike, and readable by everybody."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from bulletin_makers import MISSING, MONTH, THIN, a_content, a_revised_content

from expectations.codes import CODE_LISTS
from expectations.indicators import ALL, BREAKDOWNS, INDICATORS, indicator
from expectations.months import period_written
from expectations.reference import WALES, authorities
from expectations.releases import Content, Figure
from expectations.wording import LANGUAGES, area_names, phrases, welsh
from resources.bulletin import bulletin_files, charts_markdown
from resources.bulletin.drawing import INK, PAPER, QUIET, SERIES
from resources.bulletin.edition import Edition
from resources.bulletin.sentences import main_points
from resources.bulletin.tiles import PLACES, SHADES

STYLE = (Path(__file__).parent.parent / "resources/bulletin/bulletin.css").read_text(encoding="utf-8")
VOID = {"meta", "link", "br"}
SAID_IN_WORDS = {"lang", "hreflang", "href", "aria-label", "content", "data-sorted-up", "data-sorted-down", "d"}
"""Attributes that differ between the languages, or place something by the length of words."""

PLACED = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "points", "width", "height", "viewbox", "font-size"}


@dataclass
class Element:
    """One element: its name, its attributes, the names around it, and all the text in it."""

    name: str
    attributes: dict[str, str]
    around: tuple[str, ...]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """A page taken apart: its elements in order, and its pieces of text with the element they stand in."""

    source: str
    elements: list[Element] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, tuple(one.name for one in self._open))
        self.elements.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.text += data
        if data.strip() and self._open and self._open[-1].name not in {"style", "script"}:
            self.texts.append((self._open[-1].name, data))

    def named(self, *names: str) -> list[Element]:
        return [one for one in self.elements if one.name in names]


@cache
def content() -> Content:
    return a_content()


def sources(of: Content) -> dict[str, str]:
    return {name: page.decode() for name, page in bulletin_files(of).items()}


@cache
def pages() -> dict[str, Page]:
    return {name[9:11]: Page(source) for name, source in sources(content()).items()}


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest) -> Page:
    return pages()[request.param]


def figures() -> dict[str, Figure]:
    """Give every figure by the words that name it."""
    return {
        "/".join((key.indicator_id, key.measure, key.area_code, period, key.breakdown, key.category)): one
        for one in (*content().figures, *content().earlier)
        for key in [one.key]
        for period in [period_written(key.period_kind, key.period_start)]
    }


def with_values(of: Content, **values: Decimal | None) -> Content:
    """Give a content whose month's headline figures for Wales have other values; None hides one."""

    def other(one: Figure) -> Figure:
        key = one.key
        name = f"{key.indicator_id}_{key.measure}"
        if (key.area_code, key.period_kind, key.category) != (WALES, "month", ALL) or name not in values:
            return one
        hidden = {"lower": None, "upper": None, "note_codes": ("p", "x")} if values[name] is None else {}
        return replace(one, value=values[name], **hidden)  # type: ignore[arg-type]

    return replace(of, figures=tuple(map(other, of.figures)))


def points(of: Content, language: str = "en") -> dict[str, str]:
    return dict(main_points(Edition(of, language)))  # type: ignore[arg-type]


# --- the same, and whole by itself ------------------------------------------------------------------------------------


def test_the_same_release_gives_the_same_bytes() -> None:
    assert bulletin_files(a_content()) == bulletin_files(a_content())
    assert list(bulletin_files(content())) == ["bulletin_en.html", "bulletin_cy.html"]


def test_a_page_is_less_than_a_megabyte() -> None:
    assert [name for name, made in bulletin_files(content()).items() if len(made) > 1_000_000] == []


def test_a_page_asks_for_nothing(page: Page) -> None:
    plain = page.source.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//\w|@import|url\((?!#)", plain)
    assert [one for one in page.elements if "src" in one.attributes or "style" in one.attributes] == []
    links = {one.attributes["href"] for one in page.named("a", "link")}
    assert {link for link in links if not link.startswith("#")} <= {"bulletin_en.html", "bulletin_cy.html"}


def test_a_page_lets_only_its_own_style_and_script_run(page: Page) -> None:
    policy = next(one.attributes["content"] for one in page.named("meta") if "http-equiv" in one.attributes)
    assert policy.startswith("default-src 'none'")
    for one in page.named("style", "script"):
        digest = base64.b64encode(hashlib.sha256(one.text.encode()).digest()).decode()
        assert f"{one.name}-src 'sha256-{digest}'" in policy


def test_links_within_a_page_lead_somewhere(page: Page) -> None:
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    wanted = {one.attributes["href"][1:] for one in page.named("a") if one.attributes["href"].startswith("#")}
    for name in ("aria-labelledby", "aria-describedby"):
        wanted |= {one.attributes[name] for one in page.elements if name in one.attributes}
    assert wanted <= set(ids)


# --- figures ----------------------------------------------------------------------------------------------------------


def as_printed(one: Figure) -> str:
    """Write a figure as the page must have it, without the note code that all figures bear."""
    measure = next(m for m in indicator(one.key.indicator_id).measures if m.name == one.key.measure)
    told_once = "p" if one.through == MONTH else ""
    codes = "".join(f"[{code}]" for code in one.note_codes if code != told_once)
    if one.value is None:
        return codes
    number = f"{one.value:,.{measure.places}f}"
    unit = {"%": f"{number}%", "GBP": f"£{number}"}.get(measure.unit, number)
    return f"{unit} {codes}".strip()


def test_every_figure_printed_is_the_one_of_the_release(page: Page) -> None:
    known = figures()
    cells = [one for one in page.named("td") if "data-figure" in one.attributes]
    assert len(cells) > 1500
    for cell in cells:
        figure = known[cell.attributes["data-figure"]]
        assert cell.text.replace("\N{NO-BREAK SPACE}", " ") == as_printed(figure)
        assert cell.attributes.get("data-value") == (None if figure.value is None else str(figure.value))


def test_every_indicator_stands_in_a_table(page: Page) -> None:
    printed = {
        one.attributes["data-figure"].split("/")[0] for one in page.named("td") if "data-figure" in one.attributes
    }
    assert printed == {one.id for one in INDICATORS}


def test_what_is_hidden_is_never_a_number(page: Page) -> None:
    known = figures()
    hidden = [
        one
        for one in page.named("td")
        if "data-figure" in one.attributes and known[one.attributes["data-figure"]].value is None
    ]
    assert len(hidden) > 100
    assert [one.text for one in hidden if re.search(r"\d", one.text) or "data-value" in one.attributes] == []


def test_what_is_hidden_is_no_number_in_a_drawing_either(page: Page) -> None:
    described = {one.text for one in page.named("desc")}
    name = area_names()[MISSING][page is pages()["cy"]]
    told = [text for text in described if name in text]
    assert len(told) >= 3
    assert [text for text in told if f"{name}: [x]" not in text] == []


def test_a_figure_that_is_not_there_is_not_available() -> None:
    kept = tuple(one for one in content().figures if one.key.indicator_id != "DO29")
    made = sources(replace(content(), figures=kept))["bulletin_en.html"]
    section = made[made.index('id="cost"') : made.index('id="welsh"')]
    assert "there is no figure for this month" in section


def test_a_change_is_not_told_across_definitions() -> None:
    edition = Edition(content(), "en")
    now = edition.now("DO02", "main")
    assert now is not None
    assert edition.change(now, 1).amount is not None
    assert edition.change(replace(now, version=now.version + 1), 1).amount is None


def test_a_chart_shows_each_authority_once() -> None:
    assert set(PLACES) == {one.code for one in authorities()}
    assert len(set(PLACES.values())) == 22


def test_the_state_of_each_area_is_told(page: Page) -> None:
    words = phrases() if page is pages()["en"] else welsh()
    rows = page.source[page.source.index('id="table-coverage"') :]
    for code, state in ((MISSING, "no_return"), (THIN, "thin")):
        name = area_names()[code][page is pages()["cy"]]
        row = rows[rows.index(f'scope="row">{name}<') :]
        assert words[f"bulletin.missing.{state}"] in row[: row.index("</tr>")]


# --- sentences --------------------------------------------------------------------------------------------------------


def test_main_points_say_what_the_figures_say() -> None:
    made = with_values(content(), DO01_count=Decimal(5840), DO02_main=Decimal("71.4"), DO03_main=Decimal("63.8"))
    told = points(with_values(made, DO04_main=Decimal("58.9"), DO05_main=Decimal("79.6")))
    assert told["Attendance."].startswith("5,840 people attended a day opportunity in September 2026.")
    assert "people 71.4%, sessions 63.8%, hours 58.9%, open sessions 79.6%" in told["Recovery."]
    assert "Furthest recovered: open sessions (79.6%). Least recovered: hours (58.9%)." in told["Recovery."]
    assert "No return came from: Torfaen." in told["Coverage."]


@pytest.mark.parametrize(
    ("by", "english", "in_welsh"),
    [
        ("1.5", "is 1.5 percentage points higher than in August 2026", "1.5 pwynt canran yn uwch nag ym mis Awst 2026"),
        ("-2", "is 2.0 percentage points lower than in August 2026", "2.0 pwynt canran yn is nag ym mis Awst 2026"),
        ("0", "is the same as in August 2026", "yr un fath ag ym mis Awst 2026"),
    ],
)
def test_a_change_is_told_in_either_direction(by: str, english: str, in_welsh: str) -> None:
    before = Edition(content(), "en").find("DO02", "main", WALES, "month", date(2026, 8, 1))
    assert before is not None
    assert before.value is not None
    made = with_values(content(), DO02_main=before.value + Decimal(by))
    assert english in points(made)["Recovery."]
    assert in_welsh in points(made, "cy")["Adferiad."]


def test_of_what_is_not_shown_only_that_it_is_not_available() -> None:
    hidden = dict.fromkeys(("DO01_count", "DO02_main", "DO18_main", "DO22_count", "DO30_main"))
    told = points(with_values(content(), **hidden))
    assert told["Attendance."] == "Number of people attending in September 2026: not available."
    assert "people not available, sessions" in told["Recovery."]
    assert "Recovery of people is" not in told["Recovery."]
    assert "September 2026: not available." in told["Waiting."]
    assert "Real Living Wage: not available." in told["Workforce."]
    assert "a return came: not available." in told["Coverage."]


def test_a_month_without_a_snapshot_has_no_point_on_it() -> None:
    snapshots = {one.id for one in INDICATORS if one.is_snapshot}
    kept = tuple(one for one in content().figures if one.key.indicator_id not in snapshots)
    made = replace(content(), figures=kept)
    assert {"Waiting.", "Workforce."} & set(points(made)) == set()
    assert "there is no figure for this month" in sources(made)["bulletin_en.html"]


def test_a_release_that_shows_nothing_is_a_page_all_the_same() -> None:
    hidden = {"value": None, "lower": None, "upper": None, "note_codes": ("x",)}
    nothing = tuple(replace(one, **hidden) for one in content().figures)  # type: ignore[arg-type]
    for made in (replace(content(), figures=nothing, earlier=()), replace(content(), figures=(), earlier=())):
        assert points(made)["Coverage."].startswith(
            "Share of expected services for which a return came: not available."
        )
        assert all(Page(source).named("svg") for source in sources(made).values())


def test_a_first_release_of_all_has_no_changes() -> None:
    made = replace(content(), earlier=())
    assert "than in" not in " ".join(points(made).values())
    assert "Change: not available" in sources(made)["bulletin_en.html"]


# --- what a release is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_approved_is_marked_as_a_draft(language: str) -> None:
    words = (phrases() if language == "en" else welsh())["bulletin.draft"]
    assert words not in pages()[language].source
    assert words in sources(a_revised_content())[f"bulletin_{language}.html"]


def test_a_published_release_says_when_by_the_clock_of_wales() -> None:
    summer = replace(content(), publish_at=content().publish_at.replace(month=7))  # type: ignore[union-attr]
    assert "24 November 2026, 09:30" in pages()["en"].source
    assert "24 July 2026, 10:30" in sources(summer)["bulletin_en.html"]


def test_a_revision_says_what_it_changed_and_why() -> None:
    made = sources(a_revised_content())["bulletin_en.html"]
    section = made[made.index('<section id="revisions"') :]
    assert "Reason, as recorded: Late returns" in section
    assert 'data-value="5815">5,815<' in section


def test_what_is_confidential_now_is_not_told_as_it_was() -> None:
    revised = a_revised_content()
    hidden = replace(revised.revisions[0], value=None, note_codes=("c", "p"))
    made = sources(replace(revised, revisions=(hidden,)))["bulletin_en.html"]
    section = made[made.index('<section id="revisions"') :]
    assert "5,815" not in section
    assert "5815" not in section


def test_a_figure_of_another_period_says_so() -> None:
    def is_told(one: Figure) -> bool:
        return one.key.indicator_id != "DO19" or one.key.period_kind == "year"

    made = replace(content(), figures=tuple(filter(is_told, content().figures)))
    rows = sources(made)["bulletin_en.html"]
    assert "Welsh language ability of staff (April 2026 to September 2026)" in rows


def test_what_others_wrote_is_escaped() -> None:
    made = sources(replace(a_revised_content(), reason="<script>alert(1)</script> & more"))
    assert all("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in one for one in made.values())


# --- both languages ---------------------------------------------------------------------------------------------------


def test_both_pages_are_built_alike() -> None:
    def skeleton(page: Page) -> list[tuple[str, tuple[str, ...], dict[str, str]]]:
        left_out = SAID_IN_WORDS | PLACED
        return [
            (one.name, one.around, {k: v for k, v in one.attributes.items() if k not in left_out})
            for one in page.elements
            if "svg" not in one.around
        ]

    english, in_welsh = (skeleton(pages()[language]) for language in LANGUAGES)
    assert english == in_welsh


def test_each_page_says_its_language_and_links_the_other() -> None:
    for language, other in (("en", "cy"), ("cy", "en")):
        page = pages()[language]
        assert page.named("html")[0].attributes["lang"] == language
        link = next(one for one in page.named("a") if "hreflang" in one.attributes)
        assert link.attributes["href"] == f"bulletin_{other}.html"
        assert link.attributes["lang"] == other


def alike() -> set[str]:
    """Give what may stand in both languages: names that are the same in both."""
    pairs = list(area_names().values())
    pairs += [(words, welsh()[key]) for key, words in phrases().items() if key.startswith("bulletin.short")]
    for name, (_, codes) in BREAKDOWNS.items():
        pairs += [(CODE_LISTS[name][code], welsh()[f"code.{name}.{code}"]) for code in codes if code != ALL]
    return {english for english, in_welsh in pairs if english == in_welsh} | {"sector", "Sector"}


def is_word(text: str) -> bool:
    """Tells whether text has letters besides shorthand and ids."""
    return bool(re.sub(r"\[\w+\]|DO\d\d|2026-09-r1|[\d\W]", "", text))


def untranslated() -> Iterator[str]:
    """Gives text that is the same in the same place of both pages; what is drawn may have other marks on its axes."""
    english, in_welsh = (
        [text for name, text in pages()[language].texts if name not in {"text", "tspan"}] for language in LANGUAGES
    )
    yield from (one for one, other in zip(english, in_welsh, strict=True) if one == other)
    drawn = [{text for name, text in pages()[language].texts if name in {"text", "tspan"}} for language in LANGUAGES]
    yield from set.intersection(*drawn)


def test_no_english_is_left_in_the_welsh_page() -> None:
    switch = {phrases()["bulletin.other_language"], welsh()["bulletin.other_language"]}
    assert {one for one in untranslated() if is_word(one) and one.strip() not in alike()} - switch == set()


def test_no_english_phrase_of_some_length_stands_in_the_welsh_page() -> None:
    fixed = {words for key, words in phrases().items() if key.startswith("bulletin.") and "{" not in words}
    longer = {words for words in fixed if len(words) > 12}
    differ = {words for words in longer if words not in welsh().values()}
    told = " ".join(text for _, text in pages()["cy"].texts)
    assert len(differ) > 60
    assert {words for words in differ if words in told} == set()


# --- readable by everybody --------------------------------------------------------------------------------------------


def test_headings_go_down_one_step_at_a_time(page: Page) -> None:
    levels = [int(one.name[1]) for one in page.named("h1", "h2", "h3", "h4", "h5")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1] == []


def test_every_drawing_has_a_name_and_a_description(page: Page) -> None:
    drawings = page.named("svg")
    assert len(drawings) >= 7 + 2 * 6
    titles, about = ({one.attributes.get("id"): one.text for one in page.named(name)} for name in ("title", "desc"))
    for one in drawings:
        assert one.attributes["role"] == "img"
        assert titles[one.attributes["aria-labelledby"]]
        assert about[one.attributes["aria-describedby"]]


def test_every_chart_is_followed_by_its_table(page: Page) -> None:
    places = [one.start() for one in re.finditer("</figure>", page.source)]
    assert len(places) >= 7
    assert all(page.source[at : at + 40].startswith("</figure><details>") for at in places)


def test_every_table_has_a_caption_and_every_heading_a_scope(page: Page) -> None:
    tables, captions = page.named("table"), page.named("caption")
    assert len(tables) == len(captions) > 25
    assert len({one.text for one in captions}) == len(captions)
    assert {one.attributes.get("scope") for one in page.named("th")} == {"col", "row"}


def test_a_table_that_scrolls_can_be_reached_by_keyboard(page: Page) -> None:
    around = [one for one in page.elements if one.attributes.get("class") == "scroll"]
    assert len(around) == len(page.named("table"))
    assert {(one.attributes["tabindex"], one.attributes["role"]) for one in around} == {("0", "group")}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_letters_stand_out_from_what_is_behind_them() -> None:
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", STYLE))
    inks, papers = ("ink", "link-ink", "quiet-ink"), ("paper", "quiet-paper")
    pairs = [
        *((colours[f"{name}ink"], colours[f"{name}paper"]) for name in ("deep-", "draft-")),
        *((colours[ink], colours[paper]) for ink in inks for paper in papers),
        *((colour, PAPER) for colour in (*SERIES, INK, QUIET)),
        *SHADES,
    ]
    assert len(pairs) > 15
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def test_shades_of_the_map_stand_apart_for_every_eye() -> None:
    steps = [luminance(fill) for fill, _ in SHADES]
    assert steps == sorted(steps, reverse=True)
    assert [pair for pair in pairwise(SHADES) if contrast(pair[0][0], pair[1][0]) < 1.25] == []


# --- for engineers ----------------------------------------------------------------------------------------------------


def test_a_glance_is_a_picture_and_a_table() -> None:
    made = charts_markdown(content())
    picture = re.match(r"!\[Recovery in Wales[^\]]*\]\(data:image/svg\+xml;base64,([\w+/=]+)\)", made)
    assert picture is not None
    drawing = base64.b64decode(picture[1]).decode()
    assert drawing.startswith("<svg")
    assert "<title" in drawing
    wales = Edition(content(), "en").now("DO02", "main")
    assert wales is not None
    assert f"| DO02 Recovery: people | {wales.value}% |" in made
    assert len(made) < 40_000
