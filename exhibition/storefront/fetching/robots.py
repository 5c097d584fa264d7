"""The rules of a host's robots.txt (RFC 9309), fetched once a round."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from exhibition.core.confined.calls import confined
from exhibition.core.errors import Refused
from exhibition.storefront.fetching.user_agent import NAME
from exhibition.storefront.rules import robots
from exhibition.storefront.rules.fetching import FetchFailed

if TYPE_CHECKING:
    from exhibition.storefront.fetching.fetcher import Fetcher

ALL, NOTHING = "", "User-agent: *\nDisallow: /"

SECONDS = 2
"""A stranger's patterns may take any time to match."""
_allows = confined(robots.allows, seconds=SECONDS)


class Robots:
    """The rules of each host, remembered for one round.

    A host without a robots.txt allows everything; one that cannot deliver it at present (5xx), or whose file is too
    large or takes too long to follow, is left alone (RFC 9309, 2.3.1.4). A host that does not answer at all is left to
    the check of the link itself.
    """

    def __init__(self, fetcher: "Fetcher") -> None:
        self.fetcher = fetcher
        self._known: dict[tuple[str, str], str] = {}

    def allows(self, address: str, turn: Callable[[], None]) -> bool:
        """Whether we may fetch the address; ``turn`` waits until the host may be asked for its robots.txt."""
        parts = urlsplit(address)
        key = (parts.scheme, parts.netloc)
        if key not in self._known:
            turn()
            self._known[key] = self._read(urljoin(address, "/robots.txt"))
        rules = self._known[key]
        try:
            return not rules or _allows(rules, address, NAME)
        except Refused:
            return False

    def _read(self, address: str) -> str:
        try:
            return self.fetcher.get(address).content.decode("utf-8-sig", "replace")
        except FetchFailed as failed:
            is_there = failed.code == "too_large" or (failed.status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
            return NOTHING if is_there else ALL
