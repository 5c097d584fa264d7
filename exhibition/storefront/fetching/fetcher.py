"""Fetching from shops: the only way this application sends a request to a server that somebody else has named.

Only public addresses are fetched, only over HTTP and HTTPS on their standard ports, within limits of time and size.
Names are resolved once, every resulting address is checked, and the connection goes to the checked address, so a DNS
answer that changes in between gains nothing. Each redirect is checked again. No proxy variable is honoured.
"""

import re
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from socket import SHUT_RDWR, socket
from typing import Any
from urllib.parse import urljoin

import requests
import urllib3
from AntiSSRF import AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from exhibition.storefront.rules.fetching import MOST_BYTES, Destination, Fetched, FetchFailed, check

CONNECT_SECONDS = 5
WHOLE_SECONDS = 20
MOST_REDIRECTS = 3
CHUNK = 64 * 1024
_LOOPBACK = ["127.0.0.0/8", "::1/128"]
_NOT_UNICAST = ["::/96", "::ffff:0:0:0/96", "4000::/2", "8000::/1"]
"""IPv4 inside IPv6 by old translations, and ranges that are not global unicast; the library's own list lacks them."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Fetcher:
    """Fetches one address at a time.

    ``allowed`` names destinations (host and port) on this very machine that may be fetched although they are private:
    for tests and for trying out a local shop. Nothing that runs unattended may pass any.
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
                    products=_products(answer),
                )
        raise FetchFailed("too_many_redirects", f"The address led on more than {MOST_REDIRECTS} times.")

    def status(self, address: str, *, method: str = "HEAD") -> int:
        """The HTTP status at the address after redirects; the content is not read. Raises FetchFailed."""
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
            with _request(session, method, address, headers, left) as answer:
                yield answer
        except AntiSSRFError as error:
            raise FetchFailed("address_refused", "This address is not on the public internet.") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if time.monotonic() >= ends or isinstance(error, requests.Timeout):
                raise _too_slow() from error
            raise FetchFailed("unreachable", "The server cannot be reached or broke off.") from error
        finally:
            alarm.cancel()
            session.close()

    def _content(self, answer: requests.Response, ends: float) -> bytes:
        """Read up to the limit; compressed content is unpacked piece by piece, so that no bomb grows large."""
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


def _request(
    session: requests.Session, method: str, address: str, headers: dict[str, str], seconds: float
) -> requests.Response:
    try:
        return session.request(
            method,
            address,
            headers=headers,
            timeout=(min(CONNECT_SECONDS, seconds), seconds),
            allow_redirects=False,
            stream=True,
        )
    except requests.RequestException:
        raise
    except ValueError as error:  # a name that cannot be resolved, or a redirect to an invalid address
        raise FetchFailed("address_refused", "This is not a web address, or it leads to what is none.") from error


def _products(answer: requests.Response) -> int | None:
    total = answer.headers.get("X-WP-Total", "")
    return int(total) if re.fullmatch(r"[0-9]{1,6}", total) else None


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
    """Have the session's connections leave their sockets here.

    A socket's timeout restarts with each byte; only closing the socket ends an answer that drips.
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
