"""The submission that a reply is about: whose it is, what it is called in their file, and where its reply goes.

What was found in it does not belong here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from expectations.findings import submission_id_of
from expectations.wording import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class TheirSheet:
    """What the provider calls a sheet, and the header of each of its columns as they wrote it."""

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The submission before this one, and what was found in it, by severity."""

    submission_no: int
    state: str
    rows_quarantined: int
    count_by_severity: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Subject:
    """The submission that a reply is about; what its RETURN sheet says is None where that cannot be read.

    `is_trial`: it was looked at before it is sent, and nothing of it is taken in.
    """

    sha256: str
    state: str
    file_name: str
    received_at: datetime | None = None
    provider_id: str | None = None
    provider_name_en: str | None = None
    provider_name_cy: str | None = None
    period: str | None = None
    submission_no: int | None = None
    language: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    earlier: Earlier | None = None
    is_trial: bool = False

    @property
    def submission_id(self) -> int:
        """Return the submission's number in the ledger."""
        return submission_id_of(self.sha256)

    @property
    def reference(self) -> str:
        """Return what the provider can quote: the beginning of the file's hash."""
        return self.sha256[:12]

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return both languages, the one that the provider chose first."""
        return tuple(sorted(LANGUAGES, key=lambda language: language != (self.language or "en")))


def reply_name(subject: Subject) -> str:
    """Return the reply's name: month / provider, submission number and the beginning of the file's hash."""
    folder = _safe(subject.period) or "unidentified"
    return f"{folder}/{_safe(subject.provider_id) or 'unknown'}-{subject.submission_no or 0}-{subject.reference}"


def _safe(name: str | None) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "", name or "")
