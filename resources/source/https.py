"""HTTPS, through requests: an index page tells what there is. Nothing outside the folder is asked for, ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from resources.source.access import Access, secret_in
from resources.source.errors import Passing, SourceError
from resources.source.index import Index, read_index
from resources.source.place import Entry, Opened

if TYPE_CHECKING:
    import requests

_MOST_INDEX_BYTES = 64 << 20
_MOST_DEPTH = 8
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_PARTIAL = 206


class Https:
    """A folder of a web server with an index page."""

    def __init__(self, address: SplitResult, shown: str, access: Access) -> None:
        """Note where it is; nothing is asked yet."""
        self._shown, self._access = shown, access
        self._user = unquote(address.username) if address.username else None
        host = address.netloc.rpartition("@")[2]
        folder, _, last = address.path.rpartition("/")
        self._page = last if last.endswith(".json") else ""
        self._root = f"{address.scheme.lower()}://{host}{folder if self._page else address.path.rstrip('/')}/"
        self._made: requests.Session | None = None
        self._has_secret = access.token_file is not None or access.password_file is not None
        if self._has_secret and not self._root.startswith("https:"):
            raise SourceError(f"No password or token is sent to {shown}, where anyone could read it: use https://.")
        if access.password_file is not None and access.token_file is None and not self._user:
            raise SourceError(f"Name the user that the password is of in the address: https://user@{host}/folder/")

    def must_be_there(self) -> None:
        """Leave it to the listing, which finds out with the same request."""

    def entries(self) -> Iterator[Entry]:
        """Yield every file that the index pages tell of."""
        folders = [("", 0)]
        while folders:
            folder, depth = folders.pop()
            index = self._index(folder)
            for one in index.files:
                yield Entry(f"{folder}{one.name}", one.size_bytes, one.modified_at, one.mark)
            if depth < _MOST_DEPTH:
                folders += [(f"{folder}{name}/", depth + 1) for name in index.folders]

    def info(self, name: str) -> Entry:
        """Return size and mark of one file by now; its time is given to the minute on some pages and is left out."""
        with self._asked("HEAD", name) as answer:
            return Entry(name, _length(answer), None, _mark(answer))

    def names(self, folder: str) -> list[str]:
        """Return the names of what lies in one folder."""
        if not self._page:
            return [one.name for one in self._index(f"{folder}/" if folder else "").files]
        start = f"{folder}/" if folder else ""
        return [one.name[len(start) :] for one in self._index("").files if one.name.startswith(start)]

    def open(self, name: str, at: int) -> Opened:
        """Open a file, from byte `at` on where the server can."""
        headers = {"Range": f"bytes={at}-"} if at else {}
        answer = self._answer("GET", name, headers)
        try:
            self._must_be_well(answer, name)
        except BaseException:
            answer.close()
            raise
        starts_at = at if answer.status_code == _PARTIAL and _starts_at(answer) == at else 0
        return Opened(_Body(answer), starts_at, _mark(answer), None if starts_at else _length(answer))

    def close(self) -> None:
        """Let go of the connections."""
        session, self._made = self._made, None
        if session is not None:
            session.close()

    def passing(self, error: Exception) -> bool:
        """Tell whether an error is one of the connection."""
        import requests
        import urllib3

        return isinstance(
            error, (urllib3.exceptions.HTTPError, requests.RequestException, TimeoutError, ConnectionError)
        )

    # --- asking -------------------------------------------------------------------------------------------------------

    def _index(self, folder: str) -> Index:
        with self._asked("GET", folder or self._page, {"Accept": "application/json, text/html;q=0.9"}) as answer:
            return read_index(self._short_body(answer), answer.headers.get("Content-Type", ""))

    def _short_body(self, answer: "requests.Response") -> bytes:
        try:
            body: bytes = answer.raw.read(_MOST_INDEX_BYTES + 1, decode_content=True)
        except Exception as error:
            if self.passing(error):
                raise Passing(f"the index page of {self._shown} was cut off") from error
            raise
        if len(body) > _MOST_INDEX_BYTES:
            raise SourceError(f"the index page of {self._shown} is longer than {_MOST_INDEX_BYTES >> 20} MiB")
        return body

    @contextmanager
    def _asked(self, method: str, name: str, headers: dict[str, str] | None = None) -> "Iterator[requests.Response]":
        answer = self._answer(method, name, headers or {})
        try:
            self._must_be_well(answer, name)
            yield answer
        finally:
            answer.close()

    def _answer(self, method: str, name: str, headers: dict[str, str]) -> "requests.Response":
        url = self._root + quote(name)
        for _ in range(_MOST_REDIRECTS):
            answer = self._sent(method, url, headers)
            if answer.status_code not in _REDIRECTS:
                return answer
            answer.close()
            url = self._further(url, answer.headers.get("Location", ""))
        raise SourceError(f"{self._shown} sends on and on to other addresses.")

    def _sent(self, method: str, url: str, headers: dict[str, str]) -> "requests.Response":
        import requests

        wait = (self._access.connect_seconds, self._access.read_seconds)
        verify: bool | str = str(self._access.ca_file) if self._access.ca_file else True
        try:
            return self._session.request(
                method, url, headers=headers, timeout=wait, verify=verify, stream=True, allow_redirects=False
            )
        except requests.exceptions.SSLError as error:
            raise SourceError(
                f"The certificate of {self._shown} is not trusted ({_reason(error)}): name the certificate of "
                "who issued it in DAYOPS_RETURNS_CA_FILE, or ask whoever runs the server."
            ) from None
        except requests.RequestException as error:
            raise Passing(f"{self._shown} does not answer ({type(error).__name__})") from error

    def _further(self, url: str, to: str) -> str:
        """Return where a redirect leads, which must be within the folder of the same server."""
        there = urljoin(url, to)
        if not there.startswith(self._root) or ".." in unquote(there):
            parts = urlsplit(there)
            raise SourceError(
                f"{self._shown} sends on to {parts.scheme}://{parts.hostname or ''}, which is not followed: where "
                "that is right, name it in DAYOPS_RETURNS."
            )
        return there

    @property
    def _session(self) -> "requests.Session":
        import requests

        if self._made is None:
            self._made = requests.Session()
            self._made.auth = self._signed
            # Bytes as they lie there: a body that is packed on the way has another length.
            self._made.headers.update({"Accept-Encoding": "identity", "User-Agent": "dayops"})
        return self._made

    def _signed(self, request: Any) -> Any:
        """Put the secret on a request, read from its file each time: it may have been renewed."""
        from requests.auth import HTTPBasicAuth

        if self._access.token_file is not None:
            request.headers["Authorization"] = f"Bearer {secret_in(self._access.token_file)}"
        elif self._access.password_file is not None and self._user:
            password = secret_in(self._access.password_file)
            HTTPBasicAuth(self._user.encode(), password.encode())(request)
        return request

    def _must_be_well(self, answer: "requests.Response", name: str) -> None:
        status = answer.status_code
        what = f"{name} at {self._shown}" if name else self._shown
        match status:
            case 200 | 206:
                return
            case 401 | 403:
                raise SourceError(
                    f"{what} may not be read ({status}): see DAYOPS_RETURNS_TOKEN_FILE or "
                    "DAYOPS_RETURNS_PASSWORD_FILE, and whether the server lists the folder (autoindex on)."
                )
            case 404 | 410:
                raise SourceError(f"There is no {what} ({status}): see DAYOPS_RETURNS.")
            case 408 | 425 | 429 | 416:
                raise Passing(f"{what} is not to be had just now ({status})", _asked_wait(answer))
            case _ if status >= 500:
                raise Passing(f"{what} is not to be had just now ({status})", _asked_wait(answer))
            case _:
                raise SourceError(f"{what} is not given out ({status}).")


class _Body:
    """The body of an answer, which is an error where it is shorter than it should be."""

    def __init__(self, answer: "requests.Response") -> None:
        self._answer = answer

    def read(self, size: int, /) -> bytes:
        piece: bytes = self._answer.raw.read(size, decode_content=False)
        return piece

    def close(self) -> None:
        self._answer.close()


def _length(answer: "requests.Response") -> int | None:
    text = answer.headers.get("Content-Length", "")
    return int(text) if text.isdigit() else None


def _starts_at(answer: "requests.Response") -> int:
    text = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(text) if text.isdigit() else -1


def _mark(answer: "requests.Response") -> str:
    return answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""


def _asked_wait(answer: "requests.Response") -> float | None:
    """Return the seconds that the server asks for, which it gives as a number or as a time of day."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _reason(error: Exception) -> str:
    text = str(error)
    return text.partition("certificate verify failed: ")[2].partition(" (_ssl")[0] or "it cannot be checked"
