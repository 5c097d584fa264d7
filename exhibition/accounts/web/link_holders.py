"""People without an account who act for an exhibitor by a secret link, after opening its pages in this browser.

The session keeps the link's secret, which is looked up at each request: what the link may do ends where it ends.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, session

from exhibition.accounts.audit import Actor

SESSION_KEY = "link"


@dataclass(frozen=True)
class LinkHolder:
    """Whoever has the link: at one edition, for one exhibitor."""

    actor: Actor
    exhibitor_id: int
    exhibition_id: int


finders: list[Callable[[str], LinkHolder | None]] = []
"""What the packages with secret links say of a secret; None: it is not theirs, or acts for nobody."""


def present() -> LinkHolder | None:
    """The holder of the link that was opened in this browser."""
    if "link_holder" not in g:
        secret = session.get(SESSION_KEY)
        found = (find(secret) for find in finders) if isinstance(secret, str) else iter(())
        g.link_holder = next((holder for holder in found if holder is not None), None)
    return g.link_holder


def enter(secret: str) -> None:
    """Let this browser act by the link from now on."""
    session[SESSION_KEY] = secret
    g.pop("link_holder", None)


def leave() -> None:
    """Forget the link in this browser."""
    session.pop(SESSION_KEY, None)
    g.pop("link_holder", None)
