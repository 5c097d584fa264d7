"""Which passes this browser has got lately, kept in its own session cookie: who goes back and sends the form again is
led to the pass that is there, and nobody else is.
"""

import time

from flask import session

from exhibition.visitors.registration.party import Issued, Party

KEY = "passes"
MOST = 6
KEPT_S = 12 * 60 * 60
DIGEST_LENGTH = 16


def _kept() -> list[tuple[str, str, int]]:
    """Digest of the party, manage key and moment of each."""
    now = time.time()
    return [(digest, key, at) for digest, key, at in session.get(KEY, []) if now - at < KEPT_S]


def _digest(party: Party) -> str:
    return party.digest()[:DIGEST_LENGTH]


def keep(party: Party, issued: Issued) -> None:
    """Remember that this browser has got this pass for this party."""
    kept = [one for one in _kept() if one[1] != issued.manage_key]
    session[KEY] = [*kept, (_digest(party), issued.manage_key, int(time.time()))][-MOST:]


def of_same(party: Party) -> str | None:
    """The manage key of the pass that this browser has got for the same party; None if for no such."""
    wanted = _digest(party)
    return next((key for digest, key, _at in reversed(_kept()) if digest == wanted), None)


def has(manage_key: str) -> bool:
    """Whether this browser has got the pass with this manage key."""
    return any(key == manage_key for _digest, key, _at in _kept())
