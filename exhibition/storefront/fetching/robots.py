"""What a host's robots.txt (RFC 9309) asks of us, fetched once a round."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from exhibition.storefront.fetching.user_agent import NAME

if TYPE_CHECKING:
    from exhibition.storefront.fetching.fetcher import Fetcher


class Robots:
    """Remembers for the length of a round what each host asks.

    A host without a readable robots.txt asks nothing; one that does not answer at all is found out by the link itself.
    """

    def __init__(self, fetcher: "Fetcher") -> None:
        self.fetcher = fetcher
        self._known: dict[tuple[str, str], RobotFileParser | None] = {}

    def allows(self, address: str, turn: Callable[[], None]) -> bool:
        """Whether we may ask for the address; ``turn`` waits until the host may be asked for its robots.txt."""
        parts = urlsplit(address)
        key = (parts.scheme, parts.netloc)
        if key not in self._known:
            turn()
            self._known[key] = self._read(urljoin(address, "/robots.txt"))
        rules = self._known[key]
        return rules is None or rules.can_fetch(NAME, address)

    def _read(self, address: str) -> RobotFileParser | None:
        from exhibition.storefront.fetching.fetcher import FetchFailed

        try:
            content = self.fetcher.get(address).content
        except FetchFailed:
            return None
        rules = RobotFileParser(address)
        rules.parse(content.decode("utf-8", "replace").splitlines())
        return rules
