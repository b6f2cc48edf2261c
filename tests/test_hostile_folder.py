"""A folder of hostile files beside sound ones: each ends in one state with its reason, and no sound one waits."""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import sqlalchemy as sa
from files import MONTH, WRITERS, Pages, pages, put, repacked

from assets.check import check
from assets.collect import collect
from assets.read import read, refusals
from expectations.headers import flaw_findings
from expectations.rules import CONTRACT
from expectations.wording import say
from makers import a_return
from resources.archive import Archive
from resources.reading import Limits
from resources.restricted import RestrictedStore
from resources.returns import Job, read_file
from resources.settings import Settings
from warehouse import ledger
from warehouse.connection import connect

PART = "xl/worksheets/sheet{}.xml"
CORNER = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def of_provider(number: int) -> Pages:
    return put(pages(a_return("LITE", MONTH)), "RETURN", "provider_id", f"DOP{number:05}")


def in_sheet(number: int, sheet: int, old: bytes, new: bytes) -> bytes:
    """A workbook with something put into the XML of one of its sheets."""

    def spoil(parts: dict[str, bytes]) -> None:
        name = PART.format(sheet)
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return repacked(WRITERS["xlsx"](of_provider(number)), spoil)


def a_bomb() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("RETURN.csv", b"a,b\n" + b"1" * 30_000_000)
    return buffer.getvalue()


SOUND = {f"sound {number}.{kind}": WRITERS[kind](of_provider(number)) for number, kind in enumerate(WRITERS, 1)}
NOBODY: Pages = {"RETURN": [["provider_id", "period"], ["Robert'); drop table x;--", "2026-08"]]}
THREE_SHEETS = {name: of_provider(33)[name] for name in ("RETURN", "SERVICES", "ACTIVITY")}
AT_ONCE: dict[str, tuple[bytes, str]] = {
    "empty.xlsx": (b"", "FILE_EMPTY"),
    "cut.xlsx": (WRITERS["xlsx"](of_provider(20))[:-900], "FILE_DAMAGED"),
    "page.xlsx": (b"<html><table>", "WRONG_FILE_TYPE"),
    "old.xls": (OLE + b"Workbook", "FILE_OLD_FORMAT"),
    "locked.xlsx": (OLE + "EncryptedPackage".encode("utf-16-le"), "FILE_PASSWORD"),
    "bomb.zip": (a_bomb(), "ZIP_UNSAFE"),
    "laughs.xlsx": (in_sheet(21, 1, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), "XML_UNSAFE"),
    "corner.xlsx": (in_sheet(22, 1, b"</sheetData>", CORNER), "SHEET_TOO_LARGE"),
    "nobody.xlsx": (WRITERS["xlsx"](NOBODY), "header_missing"),
}
WHEN_READ: dict[str, tuple[bytes, str]] = {
    "late corner.xlsx": (in_sheet(30, 4, b"</sheetData>", CORNER), "SHEET_TOO_LARGE"),
    "late laughs.xlsx": (in_sheet(31, 4, b"<worksheet", b"<!DOCTYPE x><worksheet"), "XML_UNSAFE"),
    "late XML.xlsx": (in_sheet(32, 4, b"</sheetData>", b"<row><c>"), "FILE_DAMAGED"),
    "three sheets.zip": (WRITERS["csv"](THREE_SHEETS), "sheets_received"),
}
LONG = f"{'Llanfair' * 30}.xlsx"
NAMES = [
    "-rf.xlsx",
    "a\nb.xlsx",
    "\u202exslx.elif.xlsx",
    "=cmd|' C calc'!A0.xlsx",
    "$(id);'\".xlsx",
    "up\\..\\..\\x.xlsx",
    "Tŷ Dŵr 😀.xlsx",
    LONG,
]
STATES = "select source_path, state from landing.delivery_state"
FIRST_FINDINGS = """
    select file_name, says, rule_id from landing.finding join landing.submission using (submission_id)
    where finding_no = 1
"""


def deliver(folder: Path) -> dict[str, str]:
    """Lay everything down; return the reason of each file that is to be refused."""
    files = SOUND | {name: data for name, (data, _) in (AT_ONCE | WHEN_READ).items()}
    files |= {name: WRITERS["xlsx"](of_provider(40 + number)) for number, name in enumerate(NAMES)}
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "half.xlsx.filepart").write_bytes(b"x")
    return {name: code for name, (_, code) in (AT_ONCE | WHEN_READ).items()}


def test_no_file_delays_or_fails_another(settings: Settings) -> None:
    assert settings.warehouse_url is not None
    engine, store = connect(settings.warehouse_url.get_secret_value()), RestrictedStore(settings.restricted_dir)
    refused = deliver(Path(settings.returns))
    collected = collect(engine, settings, lambda period: period == MONTH)
    assert collected.troubles == []
    with engine.begin() as connection:
        waiting = [one for one in ledger.submissions(connection, MONTH) if one.state != "refused"]
    flaws = refusals(read(waiting, Archive(settings.archive_dir), store, settings))
    with engine.begin() as connection:
        for submission_id, findings in flaws.items():
            ledger.record_refusal(connection, submission_id, findings)
    check(engine, store, MONTH, date(2026, 11, 1))
    with engine.connect() as connection:
        states = {path: state for path, state in connection.execute(sa.text(STATES))}
        reasons = {name: (says, rule) for name, says, rule in connection.execute(sa.text(FIRST_FINDINGS))}
    assert states == {**dict.fromkeys([*SOUND, *NAMES], "accepted"), **dict.fromkeys(refused, "refused")}
    assert {name: says for name, (says, _) in reasons.items()} == refused
    assert {rule for _, rule in reasons.values()} <= {rule.id for rule in CONTRACT.rules}


def test_a_sheet_that_reaches_too_far_is_named_with_its_limits(tmp_path: Path) -> None:
    path = tmp_path / "return"
    path.write_bytes(WHEN_READ["late corner.xlsx"][0])
    [finding] = flaw_findings(1, read_file(Job(1, path, Limits(), None, "LITE", MONTH)))
    assert finding.sheet == "FINANCE"
    assert "100,000 rows" in say(CONTRACT, finding, "en")[0]
