"""References of people: kept under one key at a time that is nowhere but in its own place, and can be replaced."""

import hashlib
import hmac
import stat
from pathlib import Path

import pyarrow as pa
import pytest
from operating import Command, Operation
from sqlalchemy import text
from warehouse_makers import KEY, a_submission, judged, loader, the_warehouse

from assets.person_keys import book_keys, key_at_hand, must_be_at_hand
from assets.rekey import let_go, rekey
from expectations.contract import Text
from expectations.months import first_day
from expectations.pseudonyms import PersonKey, PersonKeyError, is_keyed
from expectations.rules import CONTRACT
from makers import PERIOD, PERSON, a_return, a_row
from resources.person_key import find_key, new_key, own_file
from resources.settings import Settings, load_settings
from warehouse import facts, indicators, persons

OTHER = PersonKey(bytes(32))
REFS = "select person_ref from restricted.person order by 1"


def a_night(operation: Operation) -> Operation:
    """Take in two full returns of two providers that share one person, and a version that is replaced."""
    person = a_return(PEOPLE=[a_row("PEOPLE")], ATTENDANCE=[a_row("ATTENDANCE")])
    operation.deliver("one", person)
    operation.deliver("two", person | {"RETURN": [a_row("RETURN", submission_no="2")]}, hours=1)
    operation.deliver("other", person | {"RETURN": [a_row("RETURN", provider_id="DOP00002")]})
    operation.night()
    return operation


# --- the key ----------------------------------------------------------------------------------------------------------


def test_a_reference_is_kept_as_the_hmac_of_what_was_sent_cut_to_128_bits() -> None:
    whole = hmac.new(bytes(range(32)), b"dayops person_ref 1\0" + b"0123456789abcdef", hashlib.sha256)
    assert KEY.kept("0123456789abcdef") == whole.hexdigest()[:32] == "7f722ce60e6e50ed6ce107105eae1814"


def test_a_key_is_shown_by_its_name_alone() -> None:
    assert KEY.secret.hex() not in repr(KEY) + str(KEY)
    assert KEY.fingerprint.startswith(KEY.key_id)
    assert KEY.fingerprint != OTHER.fingerprint


@pytest.mark.parametrize("written", ["", "secret", "0" * 63, "0" * 65, "g" * 64])
def test_what_is_no_key_is_refused_without_being_told(written: str) -> None:
    with pytest.raises(PersonKeyError, match=r"keys/dayops\.key holds no key: 64 hexadecimal digits") as caught:
        PersonKey.of_text(written, "keys/dayops.key")
    assert not written or written not in str(caught.value)


def test_references_of_people_and_nothing_else_are_keyed() -> None:
    keyed = {(sheet.name, one.name) for sheet in CONTRACT.sheets for one in sheet.columns if is_keyed(one.kind)}
    assert keyed == {("PEOPLE", "person_ref"), ("ATTENDANCE", "person_ref")}
    assert not is_keyed(Text())


def test_each_different_reference_is_keyed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def twice(_: PersonKey, sent: str) -> str:
        asked.append(sent)
        return sent * 2

    monkeypatch.setattr(PersonKey, "kept", twice)
    parts = [pa.table({"person_ref": refs}) for refs in ([PERSON, "f" * 16], [PERSON] * 1000)]
    keyed = persons.keyed(CONTRACT.sheet("ATTENDANCE"), pa.concat_tables(parts), KEY)
    assert keyed is not None
    assert keyed["person_ref"].to_pylist() == [PERSON * 2, "f" * 32, *[PERSON * 2] * 1000]
    assert sorted(asked) == [PERSON, "f" * 16]


# --- where it is found ------------------------------------------------------------------------------------------------


def test_the_first_load_makes_a_key_for_its_owner_alone(operation: Operation) -> None:
    a_night(operation)
    file = own_file(operation.settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert sorted(path.name for path in file.parent.iterdir()) == ["cells", "judged", "person.key"]
    key = PersonKey.of_text(file.read_text(), "it")
    assert operation.rows(REFS) == [(key.kept(PERSON),)] * 3
    assert operation.rows("select key_id, fingerprint, retired_at from restricted.person_key") == [
        (key.key_id, key.fingerprint, None)
    ]


def a_key_file(folder: Path, key: PersonKey) -> Path:
    file = folder / "a.key"
    file.write_text(f"{key.secret.hex().upper()}\n")
    return file


def test_a_key_may_stand_in_a_file_or_in_a_variable(tmp_path: Path) -> None:
    home, none = {"DAYOPS_HOME": str(tmp_path)}, tmp_path / "none.toml"
    in_file = {"DAYOPS_PERSON_KEY_FILE": str(a_key_file(tmp_path, KEY))}
    in_variable = {"DAYOPS_PERSON_KEY": OTHER.secret.hex()}
    assert find_key(load_settings(environ=home | in_file, file=none), None) == KEY
    settings = load_settings(environ=home | in_file | in_variable, file=none)
    assert find_key(settings, None) == OTHER
    assert OTHER.secret.hex() not in repr(settings) + str(settings.model_dump())
    assert not own_file(settings).exists()


def test_a_file_that_is_named_is_not_made(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, person_key_file=tmp_path / "gone.key")
    with pytest.raises(PersonKeyError, match=r"gone\.key is not there"):
        find_key(settings, None)
    assert list(tmp_path.iterdir()) == []


def test_another_key_than_the_one_in_force_is_refused_before_anything_is_loaded(operation: Operation) -> None:
    a_night(operation)
    known = key_at_hand(operation.engine, operation.settings)
    other = operation.settings.model_copy(update={"person_key_file": a_key_file(operation.settings.home, OTHER)})
    with pytest.raises(PersonKeyError, match=f"a.key.*is {OTHER.key_id}.*kept under {known.key_id}"):
        key_at_hand(operation.engine, other)


def test_rows_are_never_loaded_under_two_keys(database: str) -> None:
    with the_warehouse(database) as c:
        submissions = [a_submission(c, name, submission_no=number) for number, name in enumerate("ab", 1)]
    with loader(database) as raw:
        facts.load(raw, submissions[0], first_day("2026-08"), judged(), KEY)
        with pytest.raises(PersonKeyError, match=f"at hand is {OTHER.key_id}.*kept under {KEY.key_id}"):
            facts.load(raw, submissions[1], first_day("2026-08"), judged(), OTHER)
        facts.load(raw, submissions[1], first_day("2026-08"), judged("CARERS"), OTHER)
        assert raw.execute("select count(*), count(distinct submission_id) from restricted.person").fetchone() == (3, 1)


def test_a_key_that_is_gone_is_not_made_anew(operation: Operation) -> None:
    a_night(operation)
    own_file(operation.settings).unlink()
    with pytest.raises(PersonKeyError, match=r"person.key is not there"):
        key_at_hand(operation.engine, operation.settings)


def test_the_archive_tells_which_key_was_in_force_and_never_the_key(operation: Operation) -> None:
    a_night(operation)
    book_keys(operation.engine, operation.archive)
    key = key_at_hand(operation.engine, operation.settings)
    assert [one.fingerprint for one in operation.archive.person_keys()] == [key.fingerprint]
    for path in operation.archive.folder.rglob("*"):
        assert path.is_dir() or key.secret.hex().encode() not in path.read_bytes()


def test_a_rebuild_wants_the_key_that_the_archive_tells_of(operation: Operation, tmp_path: Path) -> None:
    a_night(operation)
    other = operation.settings.model_copy(update={"home": tmp_path / "other"})
    with pytest.raises(PersonKeyError, match=r"person\.key is not there"):
        must_be_at_hand(other, operation.archive)
    must_be_at_hand(operation.settings, operation.archive)


# --- another key ------------------------------------------------------------------------------------------------------


def figures(operation: Operation) -> list[tuple[object, ...]]:
    with operation.engine.begin() as c:
        assert indicators.indicate(c, first_day(PERIOD)) > 0
    return operation.rows("select * from mart_v1.indicator order by 1, 2, 3, 4, 5, 6, 7")


def test_after_rotation_all_stands_under_the_new_key_and_says_the_same(operation: Operation) -> None:
    a_night(operation)
    old = key_at_hand(operation.engine, operation.settings)
    hashes, told = operation.hashes(), figures(operation)
    assert rekey(operation.engine, operation.settings, old, OTHER) == 1
    assert operation.rows(REFS) == [(OTHER.kept(PERSON),)] * 3
    assert operation.rows("select distinct person_ref from restricted.attendance") == [(OTHER.kept(PERSON),)]
    hashes["mart_v1.indicator"] = operation.hashes()["mart_v1.indicator"]
    assert {name for name, one in operation.hashes().items() if hashes[name] != one} <= {"mart_v1.indicator"}
    assert figures(operation) == told
    assert operation.months() == []
    keys = operation.rows("select key_id, retired_at is null from restricted.person_key order by in_force_from")
    assert keys == [(old.key_id, False), (OTHER.key_id, True)]
    assert [one.key_id for one in operation.archive.person_keys()] == [old.key_id, OTHER.key_id]


def test_rotation_reads_the_archive_where_the_restricted_store_is_gone(operation: Operation) -> None:
    a_night(operation)
    old = key_at_hand(operation.engine, operation.settings)
    for file in operation.store.folder.rglob("*.arrow"):
        file.unlink()
    rekey(operation.engine, operation.settings, old, OTHER)
    assert operation.rows(REFS) == [(OTHER.kept(PERSON),)] * 3


def test_a_person_who_stands_in_no_file_stops_the_rotation(operation: Operation) -> None:
    a_night(operation)
    old = key_at_hand(operation.engine, operation.settings)
    with operation.engine.begin() as c:
        c.execute(text("update restricted.person set person_ref = repeat('0', 32) where row_number > 0"))
    before = operation.rows(REFS)
    with pytest.raises(PersonKeyError, match="1 people stand in no file"):
        rekey(operation.engine, operation.settings, old, OTHER)
    assert operation.rows(REFS) == before
    assert operation.rows("select key_id from restricted.person_key") == [(old.key_id,)]


def test_two_people_who_would_become_one_stop_the_rotation(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_night(operation)
    old = key_at_hand(operation.engine, operation.settings)
    monkeypatch.setattr(
        persons, "_told", lambda c: {"at": str(c.scalar(text("select max(person_ref) from restricted.person")))}
    )
    before = operation.rows(REFS)
    with pytest.raises(RuntimeError, match="would not be the same"):
        rekey(operation.engine, operation.settings, old, OTHER)
    assert operation.rows(REFS) == before


def test_a_key_that_was_in_force_does_not_come_back(operation: Operation) -> None:
    a_night(operation)
    old = key_at_hand(operation.engine, operation.settings)
    rekey(operation.engine, operation.settings, old, OTHER)
    with pytest.raises(PersonKeyError, match="is or was in force"):
        rekey(operation.engine, operation.settings, OTHER, old)


def test_a_load_waits_for_a_rotation_and_then_knows_the_new_key(database: str) -> None:
    with the_warehouse(database) as c:
        first, second = (a_submission(c, name, submission_no=number) for number, name in enumerate("ab", 1))
    with loader(database) as raw, loader(database) as late:
        facts.load(raw, first, first_day("2026-08"), judged(), KEY)
        late.execute("set lock_timeout = '100ms'")
        with the_warehouse(database) as c:
            persons.rekey(c, KEY, OTHER, [f"{number:016x}" for number in range(5)])
            with pytest.raises(facts.LoadError, match="55P03"):
                facts.load(late, second, first_day("2026-08"), judged(), KEY)
        with pytest.raises(PersonKeyError, match=f"kept under {OTHER.key_id}"):
            facts.load(late, second, first_day("2026-08"), judged(), KEY)
        facts.load(late, second, first_day("2026-08"), judged(), OTHER)
        assert late.execute("select count(distinct person_ref) from restricted.person").fetchone() == (3,)


def test_where_the_key_is_lost_the_next_night_loads_all_rows_of_people_anew(operation: Operation) -> None:
    a_night(operation)
    before = operation.hashes()
    own_file(operation.settings).write_text(OTHER.secret.hex())
    assert let_go(operation.engine, operation.settings, OTHER) == 3
    assert operation.rows(REFS) == []
    assert operation.months() == [PERIOD]
    assert operation.rows(REFS) == [(OTHER.kept(PERSON),)] * 3
    assert operation.hashes() == before


def test_a_warehouse_rebuilt_after_rotation_is_the_same(
    operation: Operation, empty_database: str, tmp_path: Path
) -> None:
    a_night(operation)
    rekey(operation.engine, operation.settings, key_at_hand(operation.engine, operation.settings), OTHER)
    own_file(operation.settings).write_text(OTHER.secret.hex())
    other = operation.rebuilt(empty_database, tmp_path / "other")
    assert other.hashes() == operation.hashes()
    keys = "select key_id, retired_at from restricted.person_key order by in_force_from"
    assert other.rows(keys) == operation.rows(keys)
    assert other.rows(REFS) == operation.rows(REFS)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_makes_the_new_key_and_puts_it_in_its_place(operation: Operation, dayops: Command) -> None:
    a_night(operation)
    old, before = key_at_hand(operation.engine, operation.settings), operation.hashes()
    ran = dayops("warehouse", "rekey")
    assert ran.exit_code == 0, ran.output
    new = key_at_hand(operation.engine, operation.settings)
    assert new != old
    assert f"references of 1 people are kept under {new.key_id} now; before, it was {old.key_id}" in ran.output
    assert operation.rows(REFS) == [(new.kept(PERSON),)] * 3
    assert operation.hashes() == before
    assert [path.name for path in own_file(operation.settings).parent.glob("person.key*")] == ["person.key"]
    assert new.secret.hex() not in ran.output


def test_a_rotation_that_was_cut_short_after_the_warehouse_changed_is_brought_to_its_end(
    operation: Operation, dayops: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_night(operation)
    old = key_at_hand(operation.engine, operation.settings)
    with monkeypatch.context() as patched:
        patched.setattr("assets.rekey.book_keys", lambda *_: (_ for _ in ()).throw(OSError(28, "full", "book")))
        assert dayops("warehouse", "rekey").exit_code == 1
    assert PersonKey.of_text(own_file(operation.settings).read_text(), "it") == old
    new = key_at_hand(operation.engine, operation.settings)
    assert new != old
    assert PersonKey.of_text(own_file(operation.settings).read_text(), "it") == new


def test_a_key_that_a_setting_names_wants_a_new_file(
    operation: Operation, dayops: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DAYOPS_PERSON_KEY_FILE", str(a_key_file(tmp_path, KEY)))
    named = operation.settings.model_copy(update={"person_key_file": tmp_path / "a.key"})
    a_night(Operation(named, operation.today))
    assert dayops("warehouse", "rekey").exit_code == 2
    (tmp_path / "new.key").write_text(new_key().secret.hex())
    ran = dayops("warehouse", "rekey", "--to", str(tmp_path / "new.key"))
    assert ran.exit_code == 0, ran.output
    assert f"{tmp_path / 'a.key'} must hold the new key" in ran.output
    refused = dayops("warehouse", "rekey", "--to", str(tmp_path / "new.key"))
    assert refused.exit_code == 1
    assert "The key at hand" in refused.output
    (tmp_path / "a.key").write_text((tmp_path / "new.key").read_text())
    assert not own_file(operation.settings).exists()
    assert "kept under" not in dayops("doctor").output


def test_the_doctor_says_which_key_is_in_force_or_what_is_wrong_with_it(operation: Operation, dayops: Command) -> None:
    Path(operation.settings.returns).mkdir(parents=True)
    assert "none is in force" in dayops("doctor").output
    a_night(operation)
    assert key_at_hand(operation.engine, operation.settings).key_id in dayops("doctor").output
    own_file(operation.settings).write_text(OTHER.secret.hex())
    ran = dayops("doctor")
    assert ran.exit_code == 1
    assert f"is {OTHER.key_id}, and references of people are kept under" in ran.output


# --- what is refused and comes again ----------------------------------------------------------------------------------


def test_a_refused_row_about_a_person_is_found_again_in_the_version_that_replaces_it(operation: Operation) -> None:
    wrong = a_return(PEOPLE=[a_row("PEOPLE", gender="Q")], ATTENDANCE=[a_row("ATTENDANCE")])
    operation.deliver("one", wrong)
    operation.night()
    right = a_return() | {"RETURN": [a_row("RETURN", submission_no="2")]}
    operation.deliver("two", right, hours=1)
    operation.night()
    assert ("PEOPLE", "resubmission") in operation.rows("select sheet, admitted_by from landing.readmission")
