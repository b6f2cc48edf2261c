"""What a provider reads of one submission, in both languages: as text, as a web page, as records, and as cell marks.

Pure: nothing is judged here, nothing is written to disk, and no value is shown that a finding does not already show.
`subject` says what a reply is about, `order` in which order and how many at once things are told, `verdict` what became
of the submission, `telling` what every form of a reply says; `text`, `webpage`, `records` and `marks` are the forms.
"""

from expectations.replies.marks import Mark, heading_comments, marks
from expectations.replies.order import COMMENTED, EXAMPLES, GROUPED_OVER, Entry, entries_of, in_order, row_ranges
from expectations.replies.records import FORMAT, finding_records, json_lines, verdict_line, verdict_record
from expectations.replies.subject import Earlier, Subject, TheirSheet, reply_name
from expectations.replies.telling import Document, Item, both_languages, fact_lines, items, make_document
from expectations.replies.text import text, verdict_words
from expectations.replies.verdict import verdict, what_next
from expectations.replies.webpage import webpage

__all__ = [
    "COMMENTED",
    "EXAMPLES",
    "FORMAT",
    "GROUPED_OVER",
    "Document",
    "Earlier",
    "Entry",
    "Item",
    "Mark",
    "Subject",
    "TheirSheet",
    "both_languages",
    "entries_of",
    "fact_lines",
    "finding_records",
    "heading_comments",
    "in_order",
    "items",
    "json_lines",
    "make_document",
    "marks",
    "reply_name",
    "row_ranges",
    "text",
    "verdict",
    "verdict_line",
    "verdict_record",
    "verdict_words",
    "webpage",
    "what_next",
]
