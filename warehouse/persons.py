"""References of people: kept under one key of the warehouse's own, which it knows by name and fingerprint alone.

All rows stand under the key in force, so that one person counts once. A load holds that key to the end of its
transaction; a rotation changes every row and the key in force in one transaction, which loads wait for.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import Connection, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from expectations.contract import Sheet
from expectations.pseudonyms import KeyInForce, PersonKey, PersonKeyError, is_sent_shape, keyed_columns
from warehouse import landing  # noqa: F401 - its tables hang on the metadata
from warehouse.metadata import metadata
from warehouse.state import PERSON_REFS, state_hashes
from warehouse.tables import FACT_SHEETS

if TYPE_CHECKING:
    import pyarrow as pa

_KEY = metadata.tables["restricted.person_key"]

TABLES = tuple(sheet.table for sheet in FACT_SHEETS if keyed_columns(sheet.columns))
"""The tables with a row about a person."""


# --- the key in force -------------------------------------------------------------------------------------------------


def keys(c: Connection) -> list[KeyInForce]:
    """Return every key that rows have stood under, the one in force last."""
    return [KeyInForce(**row) for row in c.execute(select(_KEY).order_by(_KEY.c.in_force_from)).mappings()]


def in_force(c: Connection) -> KeyInForce | None:
    """Return the key that rows stand under; None where there has never been a row about a person."""
    return next((one for one in keys(c) if one.retired_at is None), None)


def note_booked(c: Connection, booked: Sequence[KeyInForce]) -> None:
    """Note again which key was in force when, as the archive's book tells it in the order of time."""
    if booked and in_force(c) is None:
        ends = [after.in_force_from for _, after in pairwise(booked)]
        rows = [
            {
                "key_id": one.key_id,
                "fingerprint": one.fingerprint,
                "in_force_from": one.in_force_from,
                "retired_at": end,
            }
            for one, end in zip(booked, [*ends, None], strict=True)
        ]
        c.execute(insert(_KEY).on_conflict_do_nothing(), rows)


_FIRST = """
    insert into restricted.person_key (key_id, fingerprint, in_force_from)
    select %(key_id)s, %(fingerprint)s, now()
     where not exists (select from restricted.person_key)
    on conflict do nothing
"""

_HELD = "select key_id, fingerprint from restricted.person_key where retired_at is null for share"


def hold(connection: psycopg.Connection[Any], key: PersonKey) -> None:
    """Keep the key in force from being replaced until the transaction ends; the first key there is comes into force.

    Raises:
        PersonKeyError: Rows stand under another key.
    """
    connection.execute(_FIRST, {"key_id": key.key_id, "fingerprint": key.fingerprint})
    # Where a rotation was waited for, what it brought into force is seen by asking again.
    held = connection.execute(_HELD).fetchone() or connection.execute(_HELD).fetchone()
    if held is None or held[1] != key.fingerprint:
        raise PersonKeyError(other_key(key, held[0] if held else "none"))


def other_key(key: PersonKey, known: str) -> str:
    """Return what is said where rows stand under another key than the one at hand."""
    return f"The key at hand is {key.key_id}, and the references of people in the warehouse are kept under {known}."


# --- keyed rows -------------------------------------------------------------------------------------------------------


def keyed(sheet: Sheet, rows: "pa.Table", key: PersonKey) -> "pa.Table | None":
    """Return the rows with what is kept in place of what was sent; None where something has not the shape of that.

    Each different reference is keyed once, however many rows it stands in.
    """
    for name in keyed_columns(sheet.columns):
        column = _keyed(rows[name], key)
        if column is None:
            return None
        rows = rows.set_column(rows.schema.get_field_index(name), name, column)
    return rows


def _keyed(column: "pa.ChunkedArray", key: PersonKey) -> "pa.Array | None":
    import pyarrow as pa

    if not len(column):
        return pa.array([], pa.string())
    encoded = pa.concat_arrays(column.chunks).dictionary_encode()
    sent = [str(one) for one in encoded.dictionary.to_pylist()]
    if not all(map(is_sent_shape, sent)):
        return None
    return pa.array([key.kept(one) for one in sent], pa.string()).take(encoded.indices)


# --- rotation ---------------------------------------------------------------------------------------------------------

_WITH_ROWS = " union ".join(f"select submission_id from {table}" for table in TABLES)  # noqa: S608 - our own names


def submissions(c: Connection) -> list[int]:
    """Return the submissions with a row about a person in the warehouse."""
    return sorted(c.scalars(text(_WITH_ROWS)))


_MAP = "create temp table rekeyed (was text primary key, becomes text not null unique) on commit drop"

_UNKNOWN = " union ".join(
    f"select person_ref from {table} where not exists (select from rekeyed where was = person_ref)"  # noqa: S608
    for table in TABLES
)


_PEOPLE = " union ".join(f"select person_ref from {table}" for table in TABLES)  # noqa: S608


def rekey(c: Connection, old: PersonKey, new: PersonKey, sent: Iterable[str]) -> int:
    """Keep all references under another key, and bring that into force; return how many people there are.

    `sent` has every reference as it was sent: what is kept under one key cannot be told from what is kept under
    another. Loads wait until the transaction ends, and then find the new key in force.

    Raises:
        PersonKeyError: Rows stand under neither key, the new one was in force before, or a reference was not given.
    """
    _must_be_replaceable(c, old, new)
    _note_map(c, {old.kept(one): new.kept(one) for one in set(sent)})
    unknown = c.scalar(text(f"select count(*) from ({_UNKNOWN}) as unknown"))  # noqa: S608 - our own query
    if unknown:
        raise PersonKeyError(f"{unknown} people stand in no file that was read, so nothing was changed.")
    before = _told(c)
    for table in TABLES:
        c.execute(text(f"update {table} set person_ref = becomes from rekeyed where was = person_ref"))  # noqa: S608
    if _told(c) != before:
        raise RuntimeError("The rows of people would not be the same after rotation, so nothing was changed.")
    _replace(c, new)
    return c.scalar(text(f"select count(*) from ({_PEOPLE}) as people")) or 0  # noqa: S608 - our own query


def _must_be_replaceable(c: Connection, old: PersonKey, new: PersonKey) -> None:
    known = c.execute(select(_KEY).where(_KEY.c.retired_at.is_(None)).with_for_update()).mappings().one_or_none()
    if known is None or known["fingerprint"] != old.fingerprint:
        raise PersonKeyError(other_key(old, known["key_id"] if known else "none"))
    _must_be_new(c, new)


def _must_be_new(c: Connection, new: PersonKey) -> None:
    if any(one.fingerprint == new.fingerprint for one in keys(c)):
        raise PersonKeyError(f"The key {new.key_id} is or was in force here: a new one is wanted.")


def _note_map(c: Connection, becomes: dict[str, str]) -> None:
    c.exec_driver_sql(_MAP)
    raw = c.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("the warehouse is reached through psycopg alone")
    with raw.cursor() as cursor, cursor.copy("copy rekeyed from stdin") as copy:
        for pair in becomes.items():
            copy.write_row(pair)
    c.exec_driver_sql("analyze rekeyed")


def _told(c: Connection) -> dict[str, str]:
    """Return what the state hash says of the rows about people, which is the same under every key."""
    return state_hashes(c, only={*TABLES, PERSON_REFS})


def _replace(c: Connection, new: PersonKey) -> None:
    now = datetime.now(UTC)
    c.execute(_KEY.update().where(_KEY.c.retired_at.is_(None)).values(retired_at=now))
    c.execute(insert(_KEY), {"key_id": new.key_id, "fingerprint": new.fingerprint, "in_force_from": now})


def let_go(c: Connection, new: PersonKey) -> int:
    """Take out all rows about people, kept under a key that is lost, and bring another into force.

    Their submissions are loaded anew by the next night, from what was read of them; return how many there are.
    """
    _must_be_new(c, new)
    lost = submissions(c)
    c.execute(_LOAD_AGAIN, {"lost": lost})
    for table in TABLES:
        c.execute(delete(metadata.tables[table]))
    _replace(c, new)
    return len(lost)


_LOAD_AGAIN = text("""
    update landing.submission set loaded_version = null
     where submission_id = any(:lost) and state in ('accepted', 'queried')
""")
