"""What a host's robots.txt (RFC 9309) asks of us, fetched once a round."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from protego import Protego

from exhibition.storefront.fetching.user_agent import NAME
from exhibition.storefront.rules.fetching import FetchFailed

if TYPE_CHECKING:
    from exhibition.storefront.fetching.fetcher import Fetcher

ALL, NOTHING = "", "User-agent: *\nDisallow: /"


class Robots:
    """Remembers for the length of a round what each host asks.

    A host without a robots.txt asks nothing; one that cannot give it at present (5xx), or gives too much to be read,
    is left alone (RFC 9309, 2.3.1.4). One that does not answer at all is found out by the link itself.
    """

    def __init__(self, fetcher: "Fetcher") -> None:
        self.fetcher = fetcher
        self._known: dict[tuple[str, str], Protego] = {}

    def allows(self, address: str, turn: Callable[[], None]) -> bool:
        """Whether we may ask for the address; ``turn`` waits until the host may be asked for its robots.txt."""
        parts = urlsplit(address)
        key = (parts.scheme, parts.netloc)
        if key not in self._known:
            turn()
            self._known[key] = Protego.parse(self._read(urljoin(address, "/robots.txt")))
        return self._known[key].can_fetch(address, NAME)

    def _read(self, address: str) -> str:
        try:
            return self.fetcher.get(address).content.decode("utf-8-sig", "replace")
        except FetchFailed as failed:
            is_there = failed.code == "too_large" or (failed.status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
            return NOTHING if is_there else ALL
