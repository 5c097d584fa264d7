"""Fetching from shops: the only way this application asks a server that somebody else has named.

Only public addresses are asked, only over HTTP and HTTPS on their own ports, and never for long or for much. Names are
resolved once, every address they give is judged, and the connection goes to the address that was judged, so an answer
that changes in between gains nothing. Each redirect is judged anew. No proxy variable is honoured.
"""

import ipaddress
import re
import threading
import time
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from socket import SHUT_RDWR, gaierror, socket
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from AntiSSRF import AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECT_SECONDS = 5
WHOLE_SECONDS = 20
MOST_BYTES = 5 * 1024 * 1024
"""Of one file, after decompression."""
MOST_REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
CHUNK = 64 * 1024
_LOOPBACK = ["127.0.0.0/8", "::1/128"]
_NOT_UNICAST = ["::/96", "::ffff:0:0:0/96", "4000::/2", "8000::/1"]
"""IPv4 inside IPv6 by old translations, and what is no global unicast; the library's own list is without them."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ODD = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f]")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|\d+)$", re.IGNORECASE)

Destination = tuple[str, int]


class FetchFailed(Exception):
    """Nothing usable came back. ``code`` is one of ``address_refused``, ``unreachable``, ``too_slow``, ``too_large``,
    ``too_many_redirects``, ``status``; ``status`` is the HTTP status where there was an answer.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Fetched:
    address: str
    """Where it came from in the end, after redirects."""
    content: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
    """The shop answered that nothing has changed since ``etag`` or ``last_modified``."""


@dataclass(frozen=True)
class Fetcher:
    """Fetches one address at a time.

    ``allowed`` names destinations (host and port) on this very machine that may be asked although they are private:
    for tests and for trying a shop at home. Nothing that runs unattended may give any.
    """

    allowed: Collection[Destination] = ()
    user_agent: str = "Exhibition/1.0 (listings of a fair)"
    whole_seconds: float = WHOLE_SECONDS
    most_bytes: int = MOST_BYTES
    _policies: dict[bool, AntiSSRFPolicy] = field(default_factory=lambda: {False: _public(), True: _this_machine()})

    def get(self, address: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """The content at the address. Raises FetchFailed; see there for the codes."""
        ends = time.monotonic() + self.whole_seconds
        headers = {"User-Agent": self.user_agent, "Accept-Encoding": "gzip", "Accept": "*/*"}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        for _ in range(MOST_REDIRECTS + 1):
            with self._answer(address, headers, ends) as answer:
                if answer.status_code in _REDIRECTS and "Location" in answer.headers:
                    address = urljoin(address, answer.headers["Location"])
                    continue
                if answer.status_code == HTTPStatus.NOT_MODIFIED and (etag or last_modified):
                    return Fetched(address, b"", etag=etag, last_modified=last_modified, unchanged=True)
                if answer.status_code != HTTPStatus.OK:
                    raise FetchFailed("status", f"The server answered {answer.status_code}.", status=answer.status_code)
                return Fetched(
                    address,
                    self._content(answer, ends),
                    answer.headers.get("Content-Type", ""),
                    answer.headers.get("ETag"),
                    answer.headers.get("Last-Modified"),
                )
        raise FetchFailed("too_many_redirects", f"The address led on more than {MOST_REDIRECTS} times.")

    def status(self, address: str, *, method: str = "HEAD") -> int:
        """The HTTP status at the address after redirects; of the content nothing is read. Raises FetchFailed."""
        ends = time.monotonic() + self.whole_seconds
        headers = {"User-Agent": self.user_agent, "Accept": "*/*"}
        for _ in range(MOST_REDIRECTS + 1):
            with self._answer(address, headers, ends, method) as answer:
                if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                    return answer.status_code
                address = urljoin(address, answer.headers["Location"])
        raise FetchFailed("too_many_redirects", f"The address led on more than {MOST_REDIRECTS} times.")

    @contextmanager
    def _answer(
        self, address: str, headers: dict[str, str], ends: float, method: str = "GET"
    ) -> Iterator[requests.Response]:
        destination = check(address, self.allowed)
        left = ends - time.monotonic()
        if left <= 0:
            raise _too_slow()
        session = self._policies[destination in self.allowed].get_antissrf_session()
        session.trust_env = False
        sockets = _watch(session)
        alarm = threading.Timer(left, _hang_up, [sockets])
        alarm.daemon = True
        alarm.start()
        try:
            with session.request(
                method,
                address,
                headers=headers,
                timeout=(min(CONNECT_SECONDS, left), left),
                allow_redirects=False,
                stream=True,
            ) as answer:
                yield answer
        except AntiSSRFError as error:
            raise FetchFailed("address_refused", "This address is not on the public internet.") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, gaierror, OSError, ValueError) as error:
            if time.monotonic() >= ends or isinstance(error, requests.Timeout):
                raise _too_slow() from error
            raise FetchFailed("unreachable", "The server cannot be reached or broke off.") from error
        finally:
            alarm.cancel()
            session.close()

    def _content(self, answer: requests.Response, ends: float) -> bytes:
        """Read as far as allowed; what is packed is unpacked piece by piece, so that a small bomb stays small."""
        content = bytearray()
        while True:
            piece = answer.raw.read(CHUNK, decode_content=True)
            if time.monotonic() >= ends:
                raise _too_slow()
            if not piece:
                return bytes(content)
            content += piece
            if len(content) > self.most_bytes:
                raise FetchFailed("too_large", f"This is larger than {self.most_bytes // (1024 * 1024)} MB.")


def check(address: str, allowed: Collection[Destination] = ()) -> Destination:
    """Judge an address by how it is written; raises FetchFailed ``address_refused``. Names are judged on resolving."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise FetchFailed("address_refused", "This is not a web address.") from None
    if parts.scheme not in PORTS or not host or _ODD.search(address):
        raise FetchFailed("address_refused", "Only addresses that begin with http:// or https:// can be read.")
    if "@" in parts.netloc:
        raise FetchFailed("address_refused", "The address must not contain a user name or password.")
    if (host, port) in allowed:
        return host, port
    if port != PORTS[parts.scheme]:
        raise FetchFailed("address_refused", "Only the ports 80 (http) and 443 (https) are asked.")
    if "%" in host or (_NUMERIC.search(_settled(host).rpartition(".")[2]) and not _is_address(host)):
        raise FetchFailed("address_refused", "This address is not on the public internet.")
    return host, port


def _settled(host: str) -> str:
    """Full-width digits are digits to a resolver, and a final dot changes nothing."""
    return unicodedata.normalize("NFKC", host).rstrip(".")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _public() -> AntiSSRFPolicy:
    policy = AntiSSRFPolicy(PolicyConfigOptions.EXTERNAL_ONLY_LATEST)
    policy.allow_plain_text_http = True
    policy.add_xff_header = False
    policy.add_denied_addresses(_NOT_UNICAST)
    return policy


def _this_machine() -> AntiSSRFPolicy:
    policy = AntiSSRFPolicy(PolicyConfigOptions.INTERNAL_ONLY)
    policy.allow_plain_text_http = True
    policy.add_allowed_addresses(_LOOPBACK)
    return policy


def _too_slow() -> FetchFailed:
    return FetchFailed("too_slow", f"The server took longer than {WHOLE_SECONDS} seconds.")


def _watch(session: requests.Session) -> list[socket]:
    """Let the session's connections leave their sockets here.

    Timeouts of a socket start anew with each byte; only hanging up ends an answer that drips.
    """
    sockets: list[socket] = []

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain  # pyright: ignore[reportAssignmentType] — urllib3 declares protocols its own classes do not fit

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure  # pyright: ignore[reportAssignmentType] — the same

    pools: dict[str, Any] = {"http": PlainPool, "https": SecurePool}
    for adapter in session.adapters.values():
        assert isinstance(adapter, HTTPAdapter)
        adapter.poolmanager.pool_classes_by_scheme = pools
    return sockets


def _hang_up(sockets: list[socket]) -> None:
    for one in sockets:
        try:
            one.shutdown(SHUT_RDWR)
        except OSError:
            continue
