"""Collecting: bytes into the archive once, and whose each file is from its own RETURN sheet or not at all."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
import sqlalchemy as sa

from assets.collect import Collected, collect, recollect
from assets.identity import settle
from bench.stand_ins import Fault, Shelf, web
from expectations.sheets import RETURN
from resources.returns import Named
from resources.settings import Settings
from resources.writing import xlsx_bytes
from warehouse import ledger
from warehouse.connection import connect

GOOD = {
    "return_id": "0b7e0a4e-6f0c-4c8e-9a53-0d6b7b0a2f11",
    "spec_version": "1.0",
    "provider_id": "DOP00017",
    "provider_name_en": "Hafan",
    "provider_sector": "THIRD",
    "lead_la": "W06000023",
    "period": "2026-08",
    "submission_no": "1",
    "profile": "LITE",
    "nil_return": "FALSE",
    "prepared_by_role": "Manager",
    "declared_on": "2026-09-03",
    "language": "cy",
}


def is_month(period: str) -> bool:
    return "2019-04" <= period <= "2026-10"


def a_named(**changes: str | None) -> Named:
    texts = {**{column.name: None for column in RETURN.columns}, **GOOD, **changes}
    return Named(dict(texts), {name: at for at, name in enumerate(texts, 1)}, 2)


def a_file(**changes: str | None) -> bytes:
    texts = {**GOOD, **changes}
    return xlsx_bytes({"RETURN": [list(texts), list(texts.values())]})


@pytest.fixture
def engine(settings: Settings) -> sa.Engine:
    assert settings.warehouse_url is not None
    Path(settings.returns).mkdir(parents=True)
    return connect(settings.warehouse_url.get_secret_value())


def deliver(settings: Settings, name: str, content: bytes, day: int = 3) -> None:
    path = Path(settings.returns) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    sent = datetime(2026, 9, day, tzinfo=UTC).timestamp()
    os.utime(path, (sent, sent))


def gathered(engine: sa.Engine, settings: Settings) -> Collected:
    return collect(engine, settings, is_month)


def states(engine: sa.Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(sa.text("select source_path, state from landing.delivery_state"))
        return {path: state for path, state in rows}


def test_a_sound_return_row_gives_the_identity() -> None:
    identity, findings = settle(1, a_named(provider_id=" dop00017 ", period="Awst 2026"), is_month)
    assert identity is not None
    assert (identity.provider_id, identity.period, identity.submission_no) == ("DOP00017", "2026-08", 1)
    assert not findings


@pytest.mark.parametrize(
    ("changes", "rule", "says"),
    [
        ({"provider_id": "Hafan"}, "V06", "wrong_shape"),
        ({"provider_id": None}, "V03", "blank"),
        ({"period": "August"}, "V06", "not_month"),
        ({"submission_no": "first"}, "V03", "not_number"),
        ({"submission_no": "2.5"}, "V07", "not_whole"),
        ({"submission_no": "0"}, "V07", "out_of_bounds"),
        ({"profile": "BIG"}, "V06", "not_in_list"),
        ({"spec_version": "0.9"}, "V02", "version_unknown"),
        ({"period": "2026-11"}, "V02", "month_not_over"),
        ({"period": "2018-01"}, "V02", "profile_month"),
    ],
)
def test_a_return_that_cannot_be_placed_is_refused_at_the_cell_that_says_why(
    changes: dict[str, str | None], rule: str, says: str
) -> None:
    _, findings = settle(1, a_named(**changes), is_month)
    column = "profile" if says == "profile_month" else next(iter(changes))
    assert [(one.rule, one.says, one.sheet, one.row, one.column) for one in findings] == [
        (rule, says, "RETURN", 2, column)
    ]


def test_everything_that_hides_the_identity_is_said_at_once() -> None:
    identity, findings = settle(1, a_named(provider_id="x", period="y"), is_month)
    assert identity is None
    assert {finding.column for finding in findings} == {"provider_id", "period"}


def test_new_files_are_archived_identified_and_noted(engine: sa.Engine, settings: Settings) -> None:
    deliver(settings, "Hafan/august.xlsx", a_file())
    found = gathered(engine, settings)
    assert (found.listed, found.new, dict(found.months)) == (1, 1, {"2026-08": 1})
    with engine.connect() as connection:
        [submission] = ledger.submissions(connection, "2026-08")
        assert ledger.due_months(connection) == ["2026-08"]
    assert (submission.provider_id, submission.received_at) == ("DOP00017", datetime(2026, 9, 3, tzinfo=UTC))
    assert (settings.archive_dir / submission.sha256[:2] / submission.sha256).read_bytes() == a_file()


def test_nothing_new_is_a_cheap_night(engine: sa.Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(settings, "august.xlsx", a_file())
    gathered(engine, settings)
    monkeypatch.setattr("resources.archive.Archive.keep", lambda *_: pytest.fail("a known file was fetched again"))
    assert gathered(engine, settings).new == 0


def test_the_same_bytes_under_another_name_are_a_duplicate(engine: sa.Engine, settings: Settings) -> None:
    deliver(settings, "august.xlsx", a_file(), day=3)
    deliver(settings, "august again.xlsx", a_file(), day=4)
    assert gathered(engine, settings).duplicates == 1
    assert states(engine)["august again.xlsx"] == "duplicate"


def test_what_is_no_return_is_refused_with_its_reason(engine: sa.Engine, settings: Settings) -> None:
    deliver(settings, "holiday.xlsx", b"<html>")
    deliver(settings, "notes.xlsx", xlsx_bytes({"Notes": [["a"], ["b"]]}))
    deliver(settings, "good.xlsx", a_file())
    found = gathered(engine, settings)
    assert found.refused == {"WRONG_FILE_TYPE": 1, "sheet_missing": 1}
    assert states(engine) == {"holiday.xlsx": "refused", "notes.xlsx": "refused", "good.xlsx": "received"}


def test_a_refused_file_without_a_month_is_answered(engine: sa.Engine, settings: Settings) -> None:
    deliver(settings, "notes.xlsx", xlsx_bytes({"Notes": [["a"], ["b"]]}))
    gathered(engine, settings)
    replies = [path.name.partition(".")[2] for path in settings.reply_dir.rglob("*") if path.is_file()]
    assert sorted(replies) == ["html", "jsonl", "verdict.json"]


def test_the_register_is_kept_and_is_no_return(engine: sa.Engine, settings: Settings) -> None:
    row = "DOP00017,Hafan,THIRD,DOS000001,W06000023,2026-01-01,"
    header = "provider_id,provider_name,sector,service_id,service_la,expected_from,expected_to"
    deliver(settings, "register.csv", f"{header}\n{row}\n".encode())
    found = gathered(engine, settings)
    assert (found.registered_services, found.new) == (1, 0)
    assert states(engine) == {}


def test_a_warehouse_that_was_lost_is_told_again_from_the_archive_alone(
    engine: sa.Engine, settings: Settings, empty_database: str
) -> None:
    from warehouse.connection import migrate

    deliver(settings, "august.xlsx", a_file())
    deliver(settings, "august again.xlsx", a_file(), day=4)
    gathered(engine, settings)
    migrate(empty_database)
    recollect(connect(empty_database), settings, is_month)
    assert states(connect(empty_database)) == states(engine)


def test_a_file_that_kills_its_reader_does_not_keep_the_others_from_being_known(
    engine: sa.Engine, settings: Settings
) -> None:
    bomb = BytesIO()
    bomb.write(a_file()[:400])
    deliver(settings, "a cut short.xlsx", bomb.getvalue())
    deliver(settings, "b.xlsx", a_file())
    gathered(engine, settings)
    assert states(engine) == {"a cut short.xlsx": "refused", "b.xlsx": "received"}


def test_a_name_of_a_provider_that_holds_a_persons_details_is_not_repeated() -> None:
    identity, _ = settle(1, a_named(provider_name_en="Hafan 943 476 5919"), is_month)
    assert identity is not None
    assert "943" not in str(identity.provider_name_en)


def test_a_file_that_cannot_be_fetched_is_told_and_holds_up_no_other(engine: sa.Engine, settings: Settings) -> None:
    deliver(settings, "return.xlsx", a_file())
    (Path(settings.returns) / "gone.xlsx").symlink_to(settings.home / "nowhere")
    collected = gathered(engine, settings)
    assert collected.troubles == ["gone.xlsx could not be fetched: No such file or directory"]
    assert set(states(engine)) == {"return.xlsx"}


def test_a_source_that_goes_away_on_the_way_is_told_once_and_what_came_before_is_kept(
    engine: sa.Engine, settings: Settings
) -> None:
    shelf = Shelf()
    for number in range(9):
        shelf.put(f"{number}.xlsx", a_file())
        shelf.faults[f"{number}.xlsx"].extend([Fault("down")] if number else [])
    shelf.faults[""].extend([Fault("none"), Fault("down")])
    with web(shelf) as address:
        collected = gathered(engine, settings.model_copy(update={"returns": address, "returns_tries": 1}))
    assert len(collected.troubles) == 3
    assert "no longer answers" in collected.troubles[-1]
    assert set(states(engine)) == {"0.xlsx"}


def test_a_register_that_cannot_be_used_leaves_the_one_before_in_force(engine: sa.Engine, settings: Settings) -> None:
    sound = "provider_id,provider_name,sector,service_id,service_la,expected_from,expected_to\n"
    deliver(settings, "register.csv", f"{sound}DOP00017,Hafan,THIRD,DOS000171,W06000023,2015-04-01,\n".encode())
    assert gathered(engine, settings).registered_services == 1
    deliver(settings, "register.csv", sound.encode(), day=4)
    [trouble] = gathered(engine, settings).troubles
    assert trouble == "register.csv: it has no services. The register before it stays in force."
    with engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from landing.registered_service")).scalar() == 1


def test_a_file_that_is_still_being_written_waits_until_it_has_come_to_rest(
    engine: sa.Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resources.archive import Archive

    whole, keep = a_file(), Archive.keep
    deliver(settings, "sound.xlsx", a_file(provider_id="DOP00018"))
    deliver(settings, "upload.xlsx", whole[:2000])

    def while_it_grows(archive: Archive, stream: BinaryIO, agree: Callable[[int], None]) -> tuple[str, int]:
        body = stream.read()
        if body == whole[:2000]:
            (Path(settings.returns) / "upload.xlsx").write_bytes(whole)
        return keep(archive, BytesIO(body), agree)

    with monkeypatch.context() as patched:
        patched.setattr(Archive, "keep", while_it_grows)
        collected = gathered(engine, settings)
    assert collected.troubles == ["upload.xlsx is still being written; it is fetched once it has come to rest"]
    assert states(engine) == {"sound.xlsx": "received"}
    assert not list(settings.archive_dir.glob("*.part"))
    assert gathered(engine, settings).troubles == []
    assert states(engine) == {"sound.xlsx": "received", "upload.xlsx": "received"}
