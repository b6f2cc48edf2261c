"""The key that references of people are kept under: where it is found, made once where none is named, and replaced.

It is in a variable, in a file that a setting names, or in the restricted store, where the first load makes it. Which
key is in force is known to the warehouse. A key is never logged, and an error tells no more than its name.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from expectations.pseudonyms import KeyInForce, PersonKey, PersonKeyError
from resources.restricted import make_private, write_privately
from resources.settings import Settings


def find_key(settings: Settings, known: KeyInForce | None) -> PersonKey:
    """Return the key at hand; where none is named and none is `known` to be in force, one is made.

    Raises:
        PersonKeyError: There is no key where it should be, or it is not the one that is known to be in force.
    """
    key = _named(settings) or _own(own_file(settings), known)
    if known is not None and key.fingerprint != known.fingerprint:
        raise PersonKeyError(
            f"The key at hand ({where(settings)}) is {key.key_id}, and references of people are kept under"
            f" {known.key_id}: put that key back, or see dayops warehouse rekey --help."
        )
    return key


def where(settings: Settings) -> str:
    """Return where the key is looked for, in words."""
    if settings.person_key is not None:
        return "DAYOPS_PERSON_KEY"
    return str(settings.person_key_file or own_file(settings))


def is_own(settings: Settings) -> bool:
    """Tell whether the key is one that dayops keeps in its own house."""
    return settings.person_key is None and settings.person_key_file is None


def own_file(settings: Settings) -> Path:
    """Return where the key lies if no other place is named."""
    return settings.restricted_dir / "person.key"


def read_key(file: Path) -> PersonKey:
    """Return the key that a file holds.

    Raises:
        PersonKeyError: There is no such file, or it holds no key.
    """
    try:
        return PersonKey.of_text(file.read_text(encoding="utf-8", errors="replace"), str(file))
    except FileNotFoundError:
        raise PersonKeyError(f"{file} is not there, and the key of people's references should be in it.") from None


def new_key() -> PersonKey:
    """Return a key made at random."""
    return PersonKey(secrets.token_bytes(32))


@contextmanager
def replacing(settings: Settings, key: PersonKey) -> Iterator[None]:
    """Have `key` take the place of the house's own once what is done in the context has succeeded.

    It is on disk before, so that it cannot be lost between the warehouse's change and this. A key that a setting names
    is replaced by whoever named it.
    """
    file = own_file(settings)
    beside = _beside(file, key.key_id)
    if not is_own(settings):
        yield
        return
    _write(beside, key)
    try:
        yield
    except PersonKeyError:
        beside.unlink()
        raise
    beside.replace(file)


def _named(settings: Settings) -> PersonKey | None:
    if settings.person_key is not None:
        return PersonKey.of_text(settings.person_key.get_secret_value(), "DAYOPS_PERSON_KEY")
    return read_key(settings.person_key_file) if settings.person_key_file is not None else None


def _own(file: Path, known: KeyInForce | None) -> PersonKey:
    """Return the house's own key, after bringing a rotation to its end that was cut short."""
    if known is not None and _beside(file, known.key_id).exists():
        _beside(file, known.key_id).replace(file)
    if known is None and not file.exists():
        _make(file)
    return read_key(file)


def _make(file: Path) -> None:
    """Make a key, unless another process has made one by then."""
    part = _beside(file, f"{os.getpid()}.part")
    _write(part, new_key())
    try:
        os.link(part, file)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _beside(file: Path, name: str) -> Path:
    return file.with_name(f"{file.name}.{name}")


def _write(file: Path, key: PersonKey) -> None:
    make_private(file.parents[:1])
    write_privately(file, key.secret.hex() + "\n")
