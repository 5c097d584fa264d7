"""Counting visitors' acts by the hour, without cookies and without storing who they are.

Counting is one short write that gives up rather than make a visitor wait, and never causes an error for them.
"""

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from limits import RateLimitItemPerSecond
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstrumentedAttribute

from exhibition.core import clock
from exhibition.core.config import secret_key
from exhibition.core.db import Mode, patience, transaction
from exhibition.core.extensions import limiter
from exhibition.core.sql.upserts import add_or_change
from exhibition.storefront.models import ClickSource
from exhibition.storefront.rules import seller_input

log = logging.getLogger(__name__)

WAIT_MS = 250
"""How long a visitor waits for the database to count."""
AGAIN_S = 10
"""The same visitor doing the same thing counts once within so many seconds. Not more, because a whole hall shares one
address on the fair's Wi-Fi, and many phones have the same user agent.
"""
_ONCE = RateLimitItemPerSecond(1, AGAIN_S, namespace="visit")


@dataclass(frozen=True)
class PageVisit:
    """The parts of a request needed for counting: the source named in the link, and texts to recognise a robot or a
    repetition.
    """

    source: ClickSource
    address: str
    user_agent: str
    prefetch: bool = False


def source_of(text: str) -> ClickSource:
    """The source a link names; ``qr`` is short for the booth's QR, anything else is the booth page."""
    if text == "qr":
        return ClickSource.BOOTH_QR
    return ClickSource(text) if text in set(ClickSource) else ClickSource.BOOTH_PAGE


def once(visit: PageVisit, what: str, count: Callable[[], None]) -> None:
    """Let ``count`` write, unless the request is a robot's, a prefetch or a repetition; never raises."""
    try:
        if not visit.prefetch and not seller_input.is_robot(visit.user_agent) and _first(visit, what):
            with patience(WAIT_MS):
                count()
    except Exception:  # the visitor goes on, counted or not
        log.exception("%s not counted", what)


def _first(visit: PageVisit, what: str) -> bool:
    """Whether this is no repetition; a keyed digest stands for the visitor and is forgotten after seconds."""
    if not limiter.enabled:
        return True
    text = "\0".join((visit.address, visit.user_agent, what))
    return limiter.limiter.hit(_ONCE, hmac.digest(secret_key(), text.encode("utf-8", "replace"), "sha256").hex())


@transaction(mode=Mode.CONNECTION)
def add_one(connection: Connection, counter: InstrumentedAttribute[int], **of: Any) -> None:
    """Add one to this hour's row of the counter's table; ``of`` are the other columns that make the row unique."""
    table: Any = counter.class_
    key = of | {"hour": clock.now().replace(minute=0, second=0, microsecond=0)}
    add_or_change(connection, table, key, {counter.key: 1}, {counter.key: counter + 1})
