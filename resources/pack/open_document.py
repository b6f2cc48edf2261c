"""Writes an accessible OpenDocument workbook: pages with lines above one table each, which is marked as a table.

It keeps the government's rules for releasing statistics in spreadsheets: a title and language, no merged or hidden
cells, no blank rows, headings marked. The same pages give the same bytes. What the pages say does not belong here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from expectations.wording import Language
from resources.pack.plain import inert
from resources.writing import ODS_MIME, ODS_NAMESPACES, XML_DECLARATION, ods_element, zipped

_MOST_PLACES = 4
_NAMESPACES = (
    f'{ODS_NAMESPACES} xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
)
_PARTS = ("content.xml", "styles.xml", "meta.xml")


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to an address: a page is `#Name.A1`."""

    text: str
    address: str


Cell = str | int | Decimal | Link | None
"""A text, a whole number, a number with its own decimal places, a link, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A sheet: its title and lines in the first column, then one table with its header, or none where that is empty.

    `widths` are those of the columns in centimetres.
    """

    name: str
    lines: Sequence[Cell]
    header: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    widths: Sequence[int] = ()

    @property
    def address(self) -> str:
        """Return the address of the page for a link."""
        return f"#{self.name}.A1"


def workbook_bytes(title: str, description: str, language: Language, pages: Sequence[Page]) -> bytes:
    """Return the workbook, with its title, language and description among its properties."""
    parts = {
        "META-INF/manifest.xml": _manifest(),
        "content.xml": _content(pages),
        "styles.xml": _styles(language),
        "meta.xml": _meta(title, description, language),
    }
    return zipped({"mimetype": ODS_MIME.encode()}, {name: text.encode() for name, text in parts.items()})


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>' for name in _PARTS
    )
    return (
        f'{XML_DECLARATION}<manifest:manifest {ODS_NAMESPACES} manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{ODS_MIME}"/>'
        f"{entries}</manifest:manifest>"
    )


def _meta(title: str, description: str, language: Language) -> str:
    return (
        f'{XML_DECLARATION}<office:document-meta {_NAMESPACES} office:version="1.3"><office:meta>'
        f"<dc:title>{escape(title)}</dc:title><dc:description>{escape(description)}</dc:description>"
        f"<dc:language>{language}-GB</dc:language></office:meta></office:document-meta>"
    )


def _styles(language: Language) -> str:
    """Return the styles that the document's cells are made of, in letters that can be read and in its language."""
    return (
        f'{XML_DECLARATION}<office:document-styles {_NAMESPACES} office:version="1.3"><office:styles>'
        '<style:default-style style:family="table-cell">'
        f'<style:text-properties fo:font-family="Arial" fo:font-size="12pt" fo:language="{language}" fo:country="GB"/>'
        "</style:default-style>"
        '<style:style style:name="Default" style:family="table-cell"/>'
        '<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="table-cell" '
        'style:parent-style-name="Default">'
        '<style:text-properties fo:font-size="16pt" fo:font-weight="bold"/></style:style>'
        "</office:styles></office:document-styles>"
    )


# --- content ---------------------------------------------------------------------------------------------------------


def _content(pages: Sequence[Page]) -> str:
    tables = "".join(map(_table, pages))
    ranges = "".join(_range(page) for page in pages if page.header)
    return (
        f'{XML_DECLARATION}<office:document-content {_NAMESPACES} office:version="1.3">'
        f"<office:automatic-styles>{''.join(_automatic_styles(pages))}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}<table:database-ranges>{ranges}</table:database-ranges>"
        "</office:spreadsheet></office:body></office:document-content>"
    )


def _automatic_styles(pages: Sequence[Page]) -> Iterator[str]:
    for width in sorted({width for page in pages for width in page.widths}):
        yield (
            f'<style:style style:name="w{width}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width}cm"/></style:style>'
        )
    for places in range(_MOST_PLACES + 1):
        yield (
            f'<number:number-style style:name="N{places}"><number:number number:decimal-places="{places}" '
            f'number:min-decimal-places="{places}" number:min-integer-digits="1" number:grouping="true"/>'
            f'</number:number-style><style:style style:name="n{places}" style:family="table-cell" '
            f'style:parent-style-name="Default" style:data-style-name="N{places}"/>'
        )
    yield (
        '<style:style style:name="wrapped" style:family="table-cell" style:parent-style-name="Default">'
        '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/></style:style>'
        '<style:style style:name="header" style:family="table-cell" style:parent-style-name="Default">'
        '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top" '
        'fo:border-bottom="0.05cm solid #000000"/><style:text-properties fo:font-weight="bold"/></style:style>'
    )


def _range(page: Page) -> str:
    """Mark the table of a page as one, which spreadsheet programs and screen readers can name."""
    first, last = len(page.lines) + 1, len(page.lines) + 1 + len(page.rows)
    address = f"{page.name}.A{first}:{page.name}.{column_letters(len(page.header))}{last}"
    return (
        f"<table:database-range table:name={quoteattr(f'table_{page.name}')} "
        f'table:target-range-address={quoteattr(address)} table:contains-header="true" '
        'table:display-filter-buttons="false"/>'
    )


def column_letters(number: int) -> str:
    """Return the letters of the column that stands at `number` (from 1)."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def _table(page: Page) -> str:
    columns = "".join(f'<table:table-column table:style-name="w{width}"/>' for width in page.widths)
    title, *lines = page.lines
    # Lines above a table run on over its columns; those of a page without one are wrapped.
    above = _row([title], "Heading_20_1") + "".join(_row([line], None if page.header else "wrapped") for line in lines)
    head = f"<table:table-header-rows>{_row(page.header, 'header')}</table:table-header-rows>" if page.header else ""
    body = "".join(_row(row, "wrapped") for row in page.rows)
    return f"<table:table table:name={quoteattr(page.name)}>{columns}{above}{head}{body}</table:table>"


def _row(cells: Sequence[Cell], style: str | None) -> str:
    return f"<table:table-row>{''.join(_cell(cell, style) for cell in cells)}</table:table-row>"


def _cell(cell: Cell, style: str | None) -> str:
    match cell:
        case None | "":
            return "<table:table-cell/>"
        case str():
            return _text(cell, style)
        case Link():
            return _link(cell, style)
        case Decimal():
            return _number(cell, max(-int(cell.as_tuple().exponent), 0))
        case _:
            return _number(Decimal(cell), 0)


def _number(number: Decimal, places: int) -> str:
    return (
        f'<table:table-cell table:style-name="n{places}" office:value-type="float" office:value="{number:f}">'
        f"<text:p>{number:,.{places}f}</text:p></table:table-cell>"
    )


@lru_cache(maxsize=4096)
def _text(text: str, style: str | None) -> str:
    return ods_element(f'{_styled(style)} office:value-type="string"', inert(text))


def _link(link: Link, style: str | None) -> str:
    return (
        f'<table:table-cell{_styled(style)} office:value-type="string"><text:p>'
        f'<text:a xlink:type="simple" xlink:href={quoteattr(link.address)}>{escape(link.text)}</text:a>'
        "</text:p></table:table-cell>"
    )


def _styled(style: str | None) -> str:
    return f' table:style-name="{style}"' if style else ""
