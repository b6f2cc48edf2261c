"""The annotated copy of a return: their values at their places, marked and commented, behind a summary of it all.

Everything is written anew from the cells as they were read: no formula, link, macro or format of theirs is taken over,
and every text is written as a text. What is marked and said is decided in `expectations.replies`.
"""

import io
from collections.abc import Mapping
from datetime import datetime

from expectations.replies import Document, marks
from expectations.wording import phrase
from resources.annotated.drawing import Drawing, Styles, page_names
from resources.annotated.sheets import draw_sheet
from resources.annotated.summary import draw_summary
from resources.restricted import StoredSheet

_CREATED = datetime(2019, 4, 1)


def annotated_bytes(document: Document, stored: Mapping[str, StoredSheet]) -> bytes:
    """Return the annotated copy as an XLSX workbook, the same bytes for the same return and findings."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})  # no temporary file ever holds a provider's rows
    book.set_properties({"created": _CREATED})
    drawing = Drawing(document, Styles(book), page_names(document, stored))
    # Under this name a reader of returns passes the summary over.
    summary = book.add_worksheet(phrase("document.findings", document.subject.languages[0]))
    pages = {name: book.add_worksheet(drawing.pages[name]) for name in drawing.pages}
    draw_summary(drawing, summary)
    marked = marks(document)
    for name, page in pages.items():
        draw_sheet(drawing, page, document.contract.sheet(name), stored[name], marked.get(name, {}))
    book.close()
    return buffer.getvalue()
