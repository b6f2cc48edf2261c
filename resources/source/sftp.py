"""SFTP, through paramiko. A server is talked to only where its host key is one that was written down before."""

import base64
import hashlib
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, unquote

from resources.source.access import Access, secret_in
from resources.source.errors import Passing, SourceError
from resources.source.place import Entry, Opened

if TYPE_CHECKING:
    from collections.abc import Callable

    import paramiko

_KNOWN_HOSTS = Path("~/.ssh/known_hosts")
_PORT = 22
_AHEAD = 32
"""Requests for pieces of a file that are under way at once."""

Result = TypeVar("Result")


class Sftp:
    """A folder on an SSH server."""

    def __init__(self, address: SplitResult, shown: str, access: Access) -> None:
        """Note where it is; nothing is asked yet."""
        self._host, self._port = str(address.hostname), address.port or _PORT
        self._user = unquote(address.username) if address.username else None
        path = unquote(address.path).rstrip("/") or "/"
        self._root = (path[3:] or ".") if path.startswith("/~/") or path == "/~" else path
        self._shown, self._access = shown, access
        self._client: paramiko.SSHClient | None = None
        self._session: paramiko.SFTPClient | None = None

    def must_be_there(self) -> None:
        """Raise where there is no such folder, or the server is not the one that it should be."""
        try:
            mode = self._ask(lambda files: files.stat(self._root)).st_mode or 0
        except FileNotFoundError:
            raise SourceError(
                f"There is no folder of returns at {self._shown}: create it, or set DAYOPS_RETURNS."
            ) from None
        except PermissionError:
            raise SourceError(f"{self._shown} may not be read by this user: ask whoever runs the server.") from None
        if not stat.S_ISDIR(mode):
            raise SourceError(f"{self._shown} is a file: name the folder that it lies in.")

    def entries(self) -> Iterator[Entry]:
        """Yield every file."""
        folders = [""]
        while folders:
            folder = folders.pop()
            for about in self._ask(lambda files, folder=folder: files.listdir_attr(self._path(folder))):  # type: ignore[misc]
                name = f"{folder}/{about.filename}".lstrip("/")
                if stat.S_ISDIR(about.st_mode or 0):
                    folders.append(name)
                else:
                    yield _entry(name, about)

    def info(self, name: str) -> Entry:
        """Return what is known of one file by now."""
        return _entry(name, self._ask(lambda files: files.lstat(self._path(name))))

    def names(self, folder: str) -> list[str]:
        """Return the names of what lies in one folder."""
        return self._ask(lambda files: files.listdir(self._path(folder)))

    def open(self, name: str, at: int) -> Opened:
        """Open a file, from byte `at` on."""
        return self._ask(lambda files: self._opened(files, name, at))

    def _opened(self, files: "paramiko.SFTPClient", name: str, at: int) -> Opened:
        stream = files.open(self._path(name), "rb")
        stream.settimeout(self._access.read_seconds)
        about = stream.stat()
        stream.seek(at)
        stream.prefetch(about.st_size, max_concurrent_requests=_AHEAD)
        return Opened(stream, at, _mark(about), about.st_size)

    def passing(self, error: Exception) -> bool:
        """Tell whether an error comes of the connection rather than of the file; then the connection is let go."""
        is_passing = not isinstance(error, (FileNotFoundError, PermissionError)) and _is_of_connection(error)
        if is_passing:
            self.close()
        return is_passing

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}" if name else self._root

    # --- the connection -----------------------------------------------------------------------------------------------

    def _ask(self, what: "Callable[[paramiko.SFTPClient], Result]") -> Result:
        try:
            return what(self._connected())
        except SourceError:
            raise
        except Exception as error:
            if self.passing(error):
                reason = str(error) or type(error).__name__
                raise Passing(f"{self._shown} does not answer as it should: {reason}") from error
            raise

    def _connected(self) -> "paramiko.SFTPClient":
        if self._session is None:
            self._client, self._session = self._call_up()
        return self._session

    def _call_up(self) -> "tuple[paramiko.SSHClient, paramiko.SFTPClient]":
        import paramiko

        client = self._guarded()
        try:
            client.connect(self._host, self._port, timeout=self._access.connect_seconds, **self._credentials())
            session = client.open_sftp()
            session.get_channel().settimeout(self._access.read_seconds)  # type: ignore[union-attr]
        except paramiko.BadHostKeyException as error:
            client.close()
            raise SourceError(self._other_key(error.key)) from None
        except (paramiko.AuthenticationException, paramiko.PasswordRequiredException) as error:
            client.close()
            raise SourceError(self._refused(error)) from None
        except BaseException:
            client.close()
            raise
        return client, session

    def _guarded(self) -> "paramiko.SSHClient":
        """Return a client that knows the host keys that were written down and trusts no other."""
        import paramiko

        client, file = paramiko.SSHClient(), self._known_hosts()
        try:
            client.load_host_keys(str(file))
        except FileNotFoundError:
            pass  # no key is known, which is told once the server has shown its own
        except (OSError, ValueError, paramiko.SSHException) as error:
            raise SourceError(f"{file} should hold host keys and cannot be read: {error}.") from None
        client.set_missing_host_key_policy(_Refusal(self._no_key))  # type: ignore[arg-type]
        return client

    def _known_hosts(self) -> Path:
        return self._access.known_hosts_file or _KNOWN_HOSTS.expanduser()

    def _credentials(self) -> dict[str, Any]:
        key, password = self._access.key_file, self._access.password_file
        is_named = key is not None or password is not None
        if key is not None and not key.is_file():
            raise SourceError(f"{key} should hold the private key for {self._shown} and is not there.")
        secret = secret_in(password) if password else None
        wait = self._access.connect_seconds
        return {
            "username": self._user,
            "key_filename": str(key) if key else None,
            "passphrase": secret if key else None,
            "password": None if key else secret,
            "allow_agent": not is_named,
            "look_for_keys": not is_named,
            "banner_timeout": wait,
            "auth_timeout": wait,
            "channel_timeout": wait,
        }

    def close(self) -> None:
        """Hang up."""
        client, self._client, self._session = self._client, None, None
        if client is not None:
            with suppress(Exception):
                client.close()

    # --- what is said -------------------------------------------------------------------------------------------------

    def _no_key(self, key: "paramiko.PKey") -> str:
        return (
            f"The host key of {self._shown} is not known ({key.get_name()}, {_fingerprint(key)}), so nothing is sent "
            f"there. Ask whoever runs the server whether that is its key; if so: {self._how_to_add()}"
        )

    def _other_key(self, key: "paramiko.PKey") -> str:
        return (
            f"{self._shown} shows another host key ({key.get_name()}, {_fingerprint(key)}) than {self._known_hosts()} "
            "has for it: it may be another server, so nothing is sent there. Ask whoever runs it; where its key is "
            f"new: ssh-keygen -f {self._known_hosts()} -R '{self._named()}'; {self._how_to_add()}"
        )

    def _named(self) -> str:
        return self._host if self._port == _PORT else f"[{self._host}]:{self._port}"

    def _how_to_add(self) -> str:
        return f"ssh-keyscan -p {self._port} {self._host} >> {self._known_hosts()}"

    def _refused(self, error: Exception) -> str:
        import paramiko

        if isinstance(error, paramiko.PasswordRequiredException):
            return (
                f"{self._access.key_file or 'The private key'} is locked: put its passphrase in a file and name that "
                "in DAYOPS_RETURNS_PASSWORD_FILE."
            )
        return (
            f"{self._shown} does not let {self._user or 'this user'} in: name the user in the address "
            "(sftp://user@host/folder) and the key in DAYOPS_RETURNS_KEY_FILE, or the password in "
            "DAYOPS_RETURNS_PASSWORD_FILE."
        )


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Refuses every key that is not known, in words; in the shape that paramiko asks for."""

    words: "Callable[[paramiko.PKey], str]"

    def missing_host_key(self, client: object, hostname: str, key: "paramiko.PKey") -> None:
        raise SourceError(self.words(key))


def _fingerprint(key: "paramiko.PKey") -> str:
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


def _is_of_connection(error: Exception) -> bool:
    """Tell the loss of a connection from an answer of the server about one file."""
    import paramiko

    if isinstance(error, paramiko.SFTPError):
        return True
    return isinstance(error, (paramiko.SSHException, EOFError, TimeoutError, OSError))


def _entry(name: str, about: "paramiko.SFTPAttributes") -> Entry:
    when = None if about.st_mtime is None else datetime.fromtimestamp(about.st_mtime, UTC)
    mode = about.st_mode or 0
    return Entry(name, about.st_size, when, _mark(about), is_file=not mode or stat.S_ISREG(mode) or stat.S_ISLNK(mode))


def _mark(about: "paramiko.SFTPAttributes") -> str:
    return f"{about.st_size}-{about.st_mtime}"
