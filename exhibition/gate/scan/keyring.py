"""The keys that passes may be signed with, remembered by each process for each database.

A token that does not verify sends us back to the database once, so a new key (and a database restored under a
running server) is known at the first scan that needs it; sound tokens never pay for it.
"""

from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from exhibition.core.db import db
from exhibition.gate.rules.admission import Presented
from exhibition.gate.scan.scanned_text import ScannedText, read_token
from exhibition.visitors.keys import checking_keys
from exhibition.visitors.tokens import Key

_known: WeakKeyDictionary[Engine, dict[int, Key]] = WeakKeyDictionary()


def read(text: str) -> ScannedText:
    """Read what a scanner delivered with every key there is."""
    engine = db.engine
    keys = _known.get(engine, {})
    reading = read_token(text, keys)
    if reading.presented is not Presented.DAMAGED:
        return reading
    fresh = checking_keys()
    if fresh == keys:
        return reading
    _known[engine] = fresh
    return read_token(text, fresh)
