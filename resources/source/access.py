"""Who we are at a source and how long we wait for it. Secrets stay in their files, and are read when they are used."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resources.source.errors import SourceError

if TYPE_CHECKING:
    from resources.settings import Settings


@dataclass(frozen=True, slots=True)
class Access:
    """Files that hold keys and passwords (never these themselves), and the limits of asking."""

    known_hosts_file: Path | None = None
    key_file: Path | None = None
    password_file: Path | None = None
    token_file: Path | None = None
    ca_file: Path | None = None
    connect_seconds: float = 10.0
    read_seconds: float = 60.0
    tries: int = 5
    most_files: int = 100_000


def access_of(settings: "Settings") -> Access:
    """Return the access that the settings give."""
    return Access(
        known_hosts_file=settings.returns_known_hosts_file,
        key_file=settings.returns_key_file,
        password_file=settings.returns_password_file,
        token_file=settings.returns_token_file,
        ca_file=settings.returns_ca_file,
        connect_seconds=settings.returns_connect_seconds,
        read_seconds=settings.returns_read_seconds,
        tries=settings.returns_tries,
        most_files=settings.returns_most_files,
    )


def secret_in(file: Path) -> str:
    """Return the secret that a file holds.

    Raises:
        SourceError: The file cannot be read, is empty, or holds more than one line.
    """
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SourceError(f"{file} should hold the secret for the source and cannot be read: {reason}.") from None
    if not secret or not secret.isprintable():
        raise SourceError(f"{file} should hold the secret for the source, in one line, and does not.")
    return secret
