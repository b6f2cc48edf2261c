"""Passwords of those who log in to the warehouse: given in a file or variable, else made up and kept in a private file.

Which roles there are is said in `warehouse.roles`; here a role is its name. Passwords are made up for the embedded
server alone: on a server of someone else's a role without a given password stays without a login.
"""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from resources.restricted import write_privately
from resources.settings import LEAST_PASSWORD, Settings, SettingsError, is_password


@dataclass(frozen=True, slots=True)
class Login:
    """A password, and where whoever looks for it finds it."""

    place: str
    password: str = field(repr=False)


def login_of(settings: Settings, role: str) -> Login | None:
    """Return the login of `role` (such as dayops_analyst); None where no password was given and none may be made up.

    Raises:
        SettingsError: The file that is named cannot be read, or holds no password.
    """
    login = _given(settings, role.removeprefix("dayops_")) or _own(settings, role)
    if login is not None and not is_password(login.password):
        raise SettingsError(f"{login.place} holds no password: {LEAST_PASSWORD} or more characters are wanted.")
    return login


def _given(settings: Settings, name: str) -> Login | None:
    file: Path | None = getattr(settings, f"{name}_password_file")
    if file is not None:
        return Login(str(file), _read(file))
    password = getattr(settings, f"{name}_password")
    return None if password is None else Login(f"DAYOPS_{name.upper()}_PASSWORD", password.get_secret_value())


def _own(settings: Settings, role: str) -> Login | None:
    if settings.warehouse_url is not None:
        return None
    settings.login_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = settings.login_dir / role
    if not file.exists():
        _write(file, secrets.token_urlsafe(24))
    return Login(str(file), _read(file))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError(f"{file} should hold a password and cannot be read: {reason}.") from None


def _write(file: Path, password: str) -> None:
    """Writes it whole or not at all, for its owner alone."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    write_privately(fresh, f"{password}\n")
    fresh.rename(file)
