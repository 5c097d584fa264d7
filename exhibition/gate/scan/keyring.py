"""The keys that passes may be signed with, remembered by each process for each database.

When a token does not verify, the keys are read once more from the database, so a new key (or a database restored under
a running server) is known at the first scan that needs it; valid tokens never cost a read.
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
    """Read the text from a scanner, trying every key there is."""
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
