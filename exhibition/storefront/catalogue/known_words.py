"""Words from all listings, for guessing the meaning of a mistyped search.

Every change of a listing writes its new words in its own transaction. Words stay when their listing goes: a guess only
counts when it finds something.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.sql.upserts import add_missing
from exhibition.storefront.models import Listing, ListingWord
from exhibition.storefront.rules import search_words
from exhibition.storefront.rules.search_words import Speller

ROWS_AT_ONCE = 400
READ_AGAIN = timedelta(minutes=1)
"""After this time the words are read again even if the newest is the same: two shops may write at the same moment."""


@dataclass
class _Kept:
    """The speller that this process has built, and the newest word in it."""

    newest: tuple[int, str] | None = None
    speller: Speller | None = None
    read_at: datetime | None = None


_lock = threading.Lock()
_known: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def _texts(session: Session) -> list[str]:
    """The titles and descriptions that this flush writes."""
    texts = []
    for one in (*session.new, *session.dirty):
        if not isinstance(one, Listing):
            continue
        history = inspect(one).attrs
        if history.title.history.has_changes() or history.description.history.has_changes():
            texts += [one.title, one.description or ""]
    return texts


def _learn(session: Session, _flush: UOWTransaction) -> None:
    """Insert the new words, always in the same order, so that two writers cannot deadlock."""
    found = sorted(search_words.known(" ".join(_texts(session))))
    connection = session.connection() if found else None
    if connection is None:
        return
    for start in range(0, len(found), ROWS_AT_ONCE):
        some = found[start : start + ROWS_AT_ONCE]
        there = set(connection.scalars(select(ListingWord.word).where(ListingWord.word.in_(some))))
        if rows := [{"word": word} for word in some if word not in there]:
            add_missing(connection, ListingWord, rows)


event.listen(Session, "after_flush", _learn)


def speller() -> Speller:
    """A speller that knows the words of all listings; read again only when there are new ones."""
    kept = _known.setdefault(db.engine, _Kept())
    row = db.session.execute(select(ListingWord.id, ListingWord.word).order_by(ListingWord.id.desc()).limit(1)).first()
    newest = (row[0], row[1]) if row else None
    with _lock:
        fresh = kept.read_at is not None and clock.now() - kept.read_at < READ_AGAIN
        if kept.speller is None or kept.newest != newest or not fresh:
            kept.speller = Speller(db.session.scalars(select(ListingWord.word)))
            kept.newest, kept.read_at = newest, clock.now()
        return kept.speller
