"""Another key for the references of people: afterwards all of them are kept under it, or nothing has changed.

This is no stage: it is an operator's decision. Where keys are kept does not belong here.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from assets.person_keys import book_keys

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.pseudonyms import PersonKey
    from resources.restricted import RestrictedStore
    from resources.settings import Settings
    from warehouse.ledger import Submission


def rekey(engine: "sa.Engine", settings: "Settings", old: "PersonKey", new: "PersonKey") -> int:
    """Keep all references of people under another key; return how many people there are.

    What was sent is read again: from the restricted store, or from the archive where it is not there.

    Raises:
        PersonKeyError: It cannot be done; nothing has changed.
    """
    from assets.read import read
    from resources.archive import Archive
    from resources.restricted import RestrictedStore
    from warehouse import ledger, persons

    archive, store = Archive(settings.archive_dir), RestrictedStore(settings.restricted_dir)
    with engine.begin() as connection:
        concerned = ledger.submissions_of(connection, persons.submissions(connection))
        read(concerned, archive, store, settings)
        people = persons.rekey(connection, old, new, sent(store, concerned))
    book_keys(engine, archive)
    return people


def let_go(engine: "sa.Engine", settings: "Settings", new: "PersonKey") -> int:
    """Have every row about people loaded anew under another key by the next night; return how many submissions."""
    from resources.archive import Archive
    from warehouse import persons

    with engine.begin() as connection:
        submissions = persons.let_go(connection, new)
    book_keys(engine, Archive(settings.archive_dir))
    return submissions


def sent(store: "RestrictedStore", submissions: "Iterable[Submission]") -> set[str]:
    """Return every reference of a person in these submissions, as it was sent and understood."""
    from expectations.sheets import PERSON_REF
    from expectations.written import parse
    from resources.restricted import read_sheets

    texts: set[str] = set()
    for one in submissions:
        for sheet in read_sheets(store.cells(one.sha256)).values():
            if "person_ref" in sheet.table.column_names:
                texts |= {text for text in sheet.table["person_ref"].unique().to_pylist() if text}
    return {str(parsed.value) for parsed in (parse(PERSON_REF, text) for text in texts) if parsed.value}
