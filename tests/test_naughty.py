"""Naughty texts: whatever is typed into a cell, it is kept to the letter or refused, and nothing breaks."""

import io
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from files import MONTH, WRITERS, pages

from assets.check import Judged, judge
from bench.naughty import NAUGHTY
from expectations.contract import Severity
from expectations.rules import CONTRACT
from expectations.wording import LANGUAGES, say
from resources.reading import Limits, decode
from resources.returns import read_workbook
from resources.settings import Settings
from warehouse import ledger
from warehouse.connection import connect

NOT_IN_XML = {"\ufffe", "\uffff"}
NOT_IN: dict[str, set[str]] = {
    "xlsx": NOT_IN_XML,
    "ods": NOT_IN_XML | {chr(code) for code in (*range(9), *range(11, 32))},
    "csv": set(),
}
"""Characters that no file of a kind can hold; Excel has a spelling of its own for most of those that XML has not."""


def texts_for(kind: str) -> list[str]:
    return [text for text in NAUGHTY if not NOT_IN[kind].intersection(text)]


def of_naughty_services(kind: str) -> bytes:
    """A return with a service for each text, named by it, and a row of FINANCE that has it for a figure."""
    of = pages()
    service, finance = of["SERVICES"][1], of["FINANCE"][1]
    name, cost = of["SERVICES"][0].index("service_name_en"), of["FINANCE"][0].index("cost_staff")
    for number, text in enumerate(texts_for(kind), 2):
        one = [f"DOS{number:06}", *service[1:]]
        one[name] = text
        of["SERVICES"].append(one)
        other = [f"DOS{number:06}", *finance[1:]]
        other[cost] = text
        of["FINANCE"].append(other)
    return WRITERS[kind](of)


def judged(kind: str, submission_id: int = 1) -> Judged:
    read = read_workbook(decode(of_naughty_services(kind), Limits()), CONTRACT, "LITE", MONTH)
    assert not read.is_refused, read.flaws
    return judge(CONTRACT, MONTH, {submission_id: read.sheets}, date(2026, 11, 1))[submission_id]


@pytest.mark.parametrize("kind", WRITERS)
def test_every_text_is_accepted_as_typed_or_put_aside_as_typed(kind: str) -> None:
    found = judged(kind)
    table = found.sheets["SERVICES"].table
    accepted = dict(zip(table["service_id"].to_pylist(), table["service_name_en"].to_pylist(), strict=True))
    aside = {row.raw["service_id"]: row.raw["service_name_en"] for row in found.quarantined if row.sheet == "SERVICES"}
    mended = {one.value for one in found.normalisations if one.column == "service_name_en"}
    for number, text in enumerate(texts_for(kind), 2):
        service, typed = f"DOS{number:06}", text.replace("\0", "\u2400")
        assert (service in accepted) != (service in aside), repr(text)
        if service in aside:
            assert aside[service] == (None if typed.isspace() else typed), repr(text)
        else:
            assert accepted[service] == typed or typed in mended, repr(text)


def test_every_text_can_be_told_in_both_languages_and_kept_in_the_warehouse(settings: Settings) -> None:
    assert settings.warehouse_url is not None
    engine = connect(settings.warehouse_url.get_secret_value())
    sha256, received_at = "ab" * 32, datetime(2026, 9, 3, tzinfo=UTC)
    submission_id = ledger.submission_id_of(sha256)
    found = judged("csv", submission_id)
    with engine.begin() as connection:
        ledger.record_delivery(connection, sha256=sha256, source_path="x", received_at=received_at, size_bytes=1)
        ledger.record_verdict(connection, found)
    for finding in found.findings:
        assert all(all(say(CONTRACT, finding, language)) for language in LANGUAGES)
    with engine.begin() as connection:
        rows = connection.execute(sa.text("select sheet, row_number, raw from restricted.quarantine")).all()
        back = ledger.findings_of(connection, submission_id)
    kept_rows = {(sheet, row): raw for sheet, row, raw in rows}
    assert kept_rows == {(one.sheet, one.row): one.raw for one in found.quarantined}
    assert [one.finding_id for one in back] == [one.finding_id for one in found.findings]
    assert sum(one.severity is Severity.ERROR for one in found.findings) > 100


def test_no_text_becomes_a_formula_in_a_workbook_of_ours() -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(of_naughty_services("xlsx")))
    kinds = {cell.data_type for page in book.worksheets for row in page.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "b", "d", "inlineStr"}
