"""How the reference of a person is kept: keyed once more, so that what is kept is not what any provider knows them by.

Providers send a reference that was made with the national key. The warehouse keeps HMAC-SHA-256 of it under a key of
its own, cut to 128 bits: one person has one reference across providers and months, as long as the key is the same. The
key itself is in nobody's rows, books or logs; what is told of it is its fingerprint.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime

from expectations.contract import Column, Kind
from expectations.sheets import PERSON_REF

KEPT_SHAPE = "[0-9a-f]{32}"
"""What a kept reference looks like: 128 bits, so that no two people share one and rows stay short."""

KEPT_AS = "Kept as HMAC-SHA-256 of what the provider sent, under the warehouse's own key, cut to 32 digits."

_KEY_SHAPE = re.compile("[0-9a-f]{64}")
_SENT = re.compile(PERSON_REF.regex)
_PURPOSE, _PROOF = b"dayops person_ref 1\0", b"dayops key 1\0"


class PersonKeyError(RuntimeError):
    """A key of people's references that is missing, cannot be used, or is not the one that rows stand under."""


@dataclass(frozen=True, slots=True)
class PersonKey:
    """The key that references of people are kept under; it is never shown."""

    secret: bytes = field(repr=False)

    @classmethod
    def of_text(cls, text: str, where: str) -> "PersonKey":
        """Return the key that is written as 64 hexadecimal digits.

        Raises:
            PersonKeyError: That is not what stands there; `where` is told, and nothing of what stands there.
        """
        written = text.strip().lower()
        if not _KEY_SHAPE.fullmatch(written):
            raise PersonKeyError(
                f"{where} holds no key: 64 hexadecimal digits are wanted, as openssl rand -hex 32 prints."
            )
        return cls(bytes.fromhex(written))

    @property
    def fingerprint(self) -> str:
        """Return what tells this key from every other and gives nothing of it away."""
        return hashlib.sha256(hmac.digest(self.secret, _PROOF, "sha256")).hexdigest()

    @property
    def key_id(self) -> str:
        """Return the name of the key: the first digits of its fingerprint."""
        return self.fingerprint[:12]

    def kept(self, sent: str) -> str:
        """Return what is kept of the reference that a provider sent."""
        return hmac.digest(self.secret, _PURPOSE + sent.encode(), "sha256").hex()[:32]


@dataclass(frozen=True, slots=True)
class KeyInForce:
    """One key that rows stood under: its name and fingerprint, from when, and until when if it was replaced."""

    key_id: str
    fingerprint: str
    in_force_from: datetime
    retired_at: datetime | None = None


def is_keyed(kind: Kind) -> bool:
    """Tell whether a column of `kind` holds references of people."""
    return kind == PERSON_REF


def keyed_columns(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Return the names of the columns that hold references of people."""
    return tuple(column.name for column in columns if is_keyed(column.kind))


def is_sent_shape(text: str) -> bool:
    """Tell whether a text has the shape of a reference as providers send it."""
    return _SENT.fullmatch(text) is not None
