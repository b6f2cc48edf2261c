"""The published pack: what a release says becomes files, for StatsWales, for machines and for people.

Pure: the same content gives the same bytes, and nothing is read or written here. A pack that breaks a rule of
StatsWales is not given out at all.
"""

from expectations.releases import Content
from resources.pack.columnar import parquet_bytes
from resources.pack.described import described_files
from resources.pack.plain import csv_bytes, json_bytes
from resources.pack.statswales import statswales_files
from resources.pack.statswales_rules import Violation, violations
from resources.pack.tables import DICTIONARY, FIGURES, NOTE_CODES, REVISIONS
from resources.pack.tidy import dictionary_rows, figure_rows, note_code_rows, revision_rows
from resources.pack.workbook import workbook_files

__all__ = ["PackError", "pack_files"]

_TOLD = 3


class PackError(ValueError):
    """A pack that breaks rules of StatsWales; all of them are in `violations`."""

    def __init__(self, broken: tuple[Violation, ...]) -> None:
        self.violations = broken
        first = "; ".join(f"{one.file} line {one.row}: {one.message} ({one.rule})" for one in broken[:_TOLD])
        super().__init__(f"the pack breaks {len(broken)} rules of StatsWales: {first}")


def pack_files(content: Content) -> dict[str, bytes]:
    """Return the files of a release by their path in its folder.

    Raises:
        PackError: The files for StatsWales break its rules.
    """
    files = {**statswales_files(content), **_tidy_files(content)}
    broken = violations(files)
    if broken:
        raise PackError(broken)
    return {**files, **described_files(content, files), **workbook_files(content)}


def _tidy_files(content: Content) -> dict[str, bytes]:
    figures = figure_rows(content)
    return {
        FIGURES.path: csv_bytes(FIGURES.header, figures),
        "figures.parquet": parquet_bytes(FIGURES, figures),
        DICTIONARY.path: csv_bytes(DICTIONARY.header, dictionary_rows(content)),
        NOTE_CODES.path: csv_bytes(NOTE_CODES.header, note_code_rows()),
        REVISIONS.path: csv_bytes(REVISIONS.header, revision_rows(content)),
        "quality.json": json_bytes(dict(content.quality), is_sorted=True),
        "disclosure_audit.json": json_bytes(dict(content.audit), is_sorted=True),
    }
