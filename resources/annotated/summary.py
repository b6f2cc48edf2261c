"""The first page of an annotated copy: verdict, counts and what happens next, then every finding with a link to it.

Both languages stand side by side, the provider's own first.
"""

from collections.abc import Iterable, Iterator
from math import ceil
from typing import TYPE_CHECKING

from expectations.findings import Finding, letters
from expectations.replies import COMMENTED, Item, both_languages, fact_lines, items, verdict, what_next
from expectations.replies.marks import place_of
from expectations.wording import Language, on_one_line, phrase, shown_value
from resources.annotated.drawing import Drawing, set_up

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_WIDTHS = (26, 17, 46, 36, 46, 36, 20, 9)
_PLACE, _KIND, _VALUE, _RULE = 1, 2, 7, 8
_TOLD = (3, 5)
"""The columns of what was found in each language; what to do is in the next."""

_FACTS = ((1, 3), (4, 5))
"""The columns of a fact's name and of the fact in each language."""

_LINE = 15
_TALLEST = 400
_LONGEST_TIP = 250
_VERDICTS = {"accepted": "#E9F6EE", "queried": "#FFF4D1", "accepted_in_part": "#FDECEC", "refused": "#FDECEC"}


def draw_summary(drawing: Drawing, page: "Worksheet") -> None:
    """Draw the summary on `page`."""
    _Summary(drawing, page).draw()


class _Summary:
    """The page, drawn line by line."""

    def __init__(self, drawing: Drawing, page: "Worksheet") -> None:
        self._drawing, self._page = drawing, page
        self._document = drawing.document
        self._languages = drawing.document.subject.languages
        self._row, self._lines = 1, 1

    def draw(self) -> None:
        for number, width in enumerate(_WIDTHS):
            self._page.set_column(number, number, width)
        for (at, _), language in zip(_FACTS, self._languages, strict=True):
            self._drawing.write(self._page, (self._row, at), phrase("reply.sheet_title", language), "title")
        self._row += 2
        for facts in zip(*(fact_lines(self._document, language) for language in self._languages), strict=True):
            self._fact(facts)
        self._next()
        self._row += 1
        self._table()
        set_up(self._page)

    def _put(self, column: int, words: str, look: str = "told", **more: object) -> None:
        """Write a cell of the line, which grows as the words need."""
        self._drawing.write(self._page, (self._row, column), words, look, **more)
        room = _WIDTHS[column - 1]
        self._lines = max(self._lines, sum(ceil(len(line) / room) or 1 for line in words.split("\n")))

    def _end_line(self) -> None:
        self._page.set_row(self._row - 1, min(_LINE * self._lines + 2, _TALLEST))
        self._row, self._lines = self._row + 1, 1

    # --- the submission ---------------------------------------------------------------------------------------------

    def _fact(self, facts: Iterable[tuple[str, str]], look: str = "told", **more: object) -> None:
        """Write one fact: its name and what is told, in each language."""
        for (at_name, at_told), (name, words) in zip(_FACTS, facts, strict=True):
            self._put(at_name, name, "label")
            self._put(at_told, words, look, **more)
        self._end_line()

    def _next(self) -> None:
        subject, findings = self._document.subject, self._document.findings
        fill = _VERDICTS[verdict(subject, findings)]
        told = [(phrase("reply.next", one), what_next(subject, findings, one)) for one in self._languages]
        self._fact(told, "told", bg_color=fill, bold=True)
        mend = "reply.trial_how_to_mend" if subject.is_trial else "reply.how_to_mend"
        for name, key in (("reply.reading", "reply.how_to_read"), ("reply.mending", mend)):
            self._fact((phrase(name, one), phrase(key, one, commented=COMMENTED)) for one in self._languages)

    # --- what was found ---------------------------------------------------------------------------------------------

    def _table(self) -> None:
        for column, words in enumerate(self._headings(), 1):
            self._put(column, words, "heading")
        self._end_line()
        for told in zip(*(items(self._document, language) for language in self._languages), strict=True):
            for number, (finding, _) in enumerate(told[0].sentences):
                self._finding(finding, told, number)

    def _headings(self) -> list[str]:
        subject = self._document.subject
        told = [phrase(key, language) for language in self._languages for key in ("reply.told", "reply.mend")]
        place, kind, value, rule = (
            both_languages(f"reply.{key}", subject) for key in ("place", "kind", "value", "rule_heading")
        )
        return [place, kind, *told, value, rule]

    def _finding(self, finding: Finding, told: tuple[Item, ...], number: int) -> None:
        """Write the line of one finding, or of one of the examples of many."""
        self._place(finding, told[0])
        kinds = " / ".join(item.severity_word for item in told)
        self._put(_KIND, kinds, finding.severity, text_wrap=True, valign="top")
        for column, item, language in zip(_TOLD, told, self._languages, strict=True):
            before = self._alike(item, language) if number == 0 else ()
            self._put(column, "\n".join([*before, item.sentences[number][1]]))
            self._put(column + 1, "\n".join(part for part in (item.mend, item.follows) if part))
        self._put(_VALUE, shown_value(self._document.contract, finding) or "")
        self._put(_RULE, finding.rule)
        self._end_line()

    def _alike(self, item: Item, language: Language) -> Iterator[str]:
        """Yield what is said of many alike before their examples."""
        if item.entry.coloured_alone:
            yield phrase("reply.coloured_alone", language, commented=COMMENTED)
        if item.alike:
            yield item.alike

    def _place(self, finding: Finding, item: Item) -> None:
        """Write where a finding is, as a link to the cell where this workbook has it."""
        page = self._drawing.pages.get(finding.sheet or "")
        if page is None:
            self._put(_PLACE, f"{item.number}. {item.where}")
            return
        row, column = place_of(finding) or (1, 1)
        address, name = f"{letters(column)}{row}", page.replace("'", "''")
        self._page.write_url(
            self._row - 1,
            _PLACE - 1,
            f"internal:'{name}'!{address}",
            self._drawing.style("link"),
            f"{item.number}. {page}, {address}",
            on_one_line(item.where)[:_LONGEST_TIP],
        )
