"""What every form of a reply says in one language: the facts of the submission, and each thing that was found.

How it looks (text, web page, workbook) is the business of the forms.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from expectations.contract import Contract, Severity
from expectations.findings import Finding
from expectations.replies.order import EXAMPLES, Entry, entries_of, in_order, row_ranges
from expectations.replies.subject import Subject, TheirSheet
from expectations.replies.verdict import by_severity, earlier_verdict, verdict_phrase
from expectations.wording import (
    LANGUAGES,
    Language,
    column_label,
    listed,
    month_name,
    on_one_line,
    phrase,
    quoted,
    say,
    sheet_name,
)

Sentences = Mapping[Language, tuple[str, str]]
_CAUSES_NAMED, _SPANS = 5, 20


@dataclass(frozen=True, slots=True)
class Document:
    """All that is told of one submission: its findings in order, by entry, and what its sheets are called.

    `numbers` gives the entry, counted from 1, in which each finding is told.
    """

    contract: Contract
    subject: Subject
    findings: Sequence[Finding]
    entries: Sequence[Entry]
    sheets: Mapping[str, TheirSheet]
    numbers: Mapping[str, int]
    _said: dict[Finding, Sentences] = field(default_factory=dict, repr=False)

    def said(self, finding: Finding) -> Sentences:
        """Return what is wrong and how to mend it, in each language."""
        if finding not in self._said:
            self._said[finding] = {language: say(self.contract, finding, language) for language in LANGUAGES}
        return self._said[finding]

    def their_sheet(self, finding: Finding) -> str | None:
        """Return what their file calls the sheet, or None where it has no such sheet."""
        theirs = self.sheets.get(finding.sheet or "")
        return on_one_line(theirs.name) if theirs else None

    def their_header(self, finding: Finding) -> str | None:
        """Return the header that they gave the column, or None where there is none."""
        theirs = self.sheets.get(finding.sheet or "")
        header = theirs.headers.get(finding.column or "") if theirs else None
        return on_one_line(header) if header else None


def make_document(
    contract: Contract,
    subject: Subject,
    findings: Iterable[Finding],
    sheets: Mapping[str, TheirSheet] | None = None,
) -> Document:
    """Return what is told of a submission; the same findings give the same, in whatever order they come."""
    ordered = in_order(contract, findings)
    entries = entries_of(ordered)
    numbers = {finding.finding_id: number for number, entry in enumerate(entries, 1) for finding in entry.findings}
    return Document(contract, subject, ordered, entries, sheets or {}, numbers)


# --- the submission ---------------------------------------------------------------------------------------------------


def fact_lines(document: Document, language: Language) -> Iterator[tuple[str, str]]:
    """Yield what there is to know of the submission, each with its name: provider, month, verdict, counts..."""
    subject = document.subject

    def words(key: str, **facts: object) -> str:
        return phrase(f"reply.{key}", language, **facts)

    yield words("provider"), _provider(subject, language) or words("unknown")
    yield words("month"), month_name(subject.period, language) if subject.period else words("unknown")
    yield words("submission"), str(subject.submission_no or words("unknown"))
    yield words("file"), on_one_line(subject.file_name)
    if subject.received_at:
        yield words("received"), f"{subject.received_at:%Y-%m-%d %H:%M}"
    yield words("verdict"), verdict_phrase(subject, document.findings, language)
    found = counts_in_words(by_severity(document.findings), language)
    yield words("found"), ". ".join(part for part in (found, following(document, language)) if part)
    counts = {"read": subject.rows_read, "accepted": subject.rows_accepted, "quarantined": subject.rows_quarantined}
    yield words("rows"), words("rows_counted", **counts)
    if subject.earlier:
        yield words("earlier"), _earlier(subject, language)
    yield words("reference"), subject.reference


def _provider(subject: Subject, language: Language) -> str:
    names = [subject.provider_name_cy, subject.provider_name_en] if language == "cy" else [subject.provider_name_en]
    name = next((name for name in names if name), None)
    return ", ".join(on_one_line(part) for part in (subject.provider_id, name) if part)


def counts_in_words(counts: Mapping[str, int], language: Language) -> str:
    """Return how many of each severity there are, in words."""
    told = [f"{phrase(f'severity_many.{severity}', language)} ({count})" for severity, count in counts.items() if count]
    return ", ".join(told) or phrase("reply.none", language)


def following(document: Document, language: Language) -> str | None:
    """Return how many of the findings follow from others, in words; None where none does."""
    count = sum(finding.caused_by is not None for finding in document.findings)
    return phrase("reply.following", language, count=count) if count else None


def _earlier(subject: Subject, language: Language) -> str:
    earlier = subject.earlier
    if earlier is None:
        return ""
    became = phrase(f"state.{earlier_verdict(earlier)}", language)
    counts = counts_in_words(earlier.count_by_severity, language)
    return phrase("reply.earlier_told", language, number=earlier.submission_no, verdict=became, counts=counts)


# --- what was found ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One entry in one language.

    `sentences` are those of its first findings, each with its place where there are several; `alike` says how many they
    are, and `follows` what is to be mended before it.
    """

    number: int
    entry: Entry
    severity: Severity
    severity_word: str
    where: str
    alike: str | None
    sentences: tuple[tuple[Finding, str], ...]
    mend: str
    follows: str | None
    rule: str

    @property
    def is_consequence(self) -> bool:
        """Tell whether it goes by itself once something else is mended."""
        return self.follows is not None

    @property
    def examples(self) -> list[tuple[str, str]]:
        """Return the sentences, each once, with the places that it is said of."""
        places: dict[str, list[str]] = {}
        for finding, sentence in self.sentences:
            places.setdefault(sentence, []).append(str(finding.cell or finding.row or ""))
        return [(", ".join(filter(None, at)), sentence) for sentence, at in places.items()]


def items(document: Document, language: Language) -> list[Item]:
    """Return everything that was found, as it is told in one language."""
    return [_item(document, number, entry, language) for number, entry in enumerate(document.entries, 1)]


def _item(document: Document, number: int, entry: Entry, language: Language) -> Item:
    finding = entry.first
    examples = entry.findings[:EXAMPLES]
    version = document.contract.rule(finding.rule).version
    return Item(
        number=number,
        entry=entry,
        severity=finding.severity,
        severity_word=phrase(f"severity.{finding.severity}", language),
        where=where(document, entry, language),
        alike=_alike(entry, language),
        sentences=tuple((one, document.said(one)[language][0]) for one in examples),
        mend=document.said(finding)[language][1],
        follows=_follows(document, entry, language),
        rule=phrase("reply.rule", language, rule=finding.rule, version=version),
    )


def _alike(entry: Entry, language: Language) -> str | None:
    if entry.count == 1:
        return None
    return phrase("reply.alike", language, count=entry.count, rows=rows_told(entry.findings))


def rows_told(findings: Iterable[Finding]) -> str:
    """Return the rows of many findings, as people write them; after twenty stretches it is left at that."""
    spans = row_ranges(finding.row for finding in findings).split(", ")
    return ", ".join(spans if len(spans) <= _SPANS else [*spans[:_SPANS], "…"])


def where(document: Document, entry: Entry, language: Language) -> str:
    """Return the place of an entry as their file has it: sheet, cell or row, and header."""
    finding = entry.first
    if finding.sheet is None:
        return phrase("reply.whole_file", language)
    name = document.their_sheet(finding) or sheet_name(finding.sheet, language)
    parts = [phrase("reply.sheet", language, sheet=name)]
    if entry.count == 1 and (finding.cell or finding.row):
        key = "cell" if finding.cell else "row"
        parts.append(phrase(f"reply.{key}", language, **{key: finding.cell or finding.row}))
    header = document.their_header(finding) or _label(document.contract, finding, language)
    return ", ".join(parts) + (f", {quoted(header)}" if header else "")


def _label(contract: Contract, finding: Finding, language: Language) -> str | None:
    if finding.sheet is None or finding.column is None:
        return None
    return column_label(contract.sheet(finding.sheet), finding.column, language)


def _follows(document: Document, entry: Entry, language: Language) -> str | None:
    causes = {finding.caused_by for finding in entry.findings if finding.caused_by}
    if not causes:
        return None
    numbers = sorted({document.numbers[cause] for cause in causes if cause in document.numbers})
    if not numbers or len(numbers) > _CAUSES_NAMED:
        return phrase("reply.follows_other", language)
    return phrase("reply.follows", language, numbers=listed([str(number) for number in numbers], "and", language))


def both_languages(key: str, subject: Subject) -> str:
    """Return a phrase in both languages, the one that the provider chose first."""
    return " / ".join(dict.fromkeys(phrase(key, language) for language in subject.languages))
