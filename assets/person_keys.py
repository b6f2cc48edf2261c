"""The key of people's references, between where it is kept, the warehouse that knows its name, and the archive's book.

This is no stage: stages that load ask for the key here. What a key does is said in `expectations.pseudonyms`, how
another takes its place in `rekey`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.pseudonyms import PersonKey
    from resources.archive import Archive
    from resources.settings import Settings


def key_at_hand(engine: "sa.Engine", settings: "Settings") -> "PersonKey":
    """Return the key at hand.

    Raises:
        PersonKeyError: It is missing, or not the one that the warehouse's references are kept under.
    """
    from resources.person_key import find_key
    from warehouse import persons

    with engine.begin() as connection:
        return find_key(settings, persons.in_force(connection))


def book_keys(engine: "sa.Engine", archive: "Archive") -> None:
    """Enter in the archive's book which key came into force when, as far as it does not have it yet."""
    from warehouse import persons

    with engine.begin() as connection:
        known = persons.keys(connection)
    booked = {one.fingerprint for one in archive.person_keys()}
    new = [one for one in known if one.fingerprint not in booked]
    if new:
        archive.tell_keys(new)


def note_keys(engine: "sa.Engine", archive: "Archive") -> None:
    """Note again which key was in force when, in a warehouse that has lost it."""
    from warehouse import persons

    with engine.begin() as connection:
        persons.note_booked(connection, list(archive.person_keys()))


def must_be_at_hand(settings: "Settings", archive: "Archive") -> None:
    """See that the key is at hand that the archive's book tells of last: a rebuild keeps references under that.

    Raises:
        PersonKeyError: It is missing, or another one.
    """
    from resources.person_key import find_key

    booked = list(archive.person_keys())
    if booked:
        find_key(settings, booked[-1])
