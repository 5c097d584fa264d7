"""What a list at the desk is narrowed to, when many were made at once by one sender or machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True)
class Narrowing:
    """What the list is narrowed to; false when to nothing."""

    origin: str = ""
    """The keyed digest of a network address, as in ``core.web.senders``."""
    since: datetime | None = None
    until: datetime | None = None
    contact: str = ""
    """An e-mail address, its end from the @ on, or a phone number in E.164."""

    def __bool__(self) -> bool:
        return bool(self.origin or self.since or self.until or self.contact)

    def as_json(self) -> dict[str, str]:
        """For the audit trail, without the contact itself, because nothing can be erased from the trail."""
        kind = "domain" if self.contact.startswith("@") else "email" if "@" in self.contact else "phone"
        said = {
            "origin": self.origin,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "contact": kind if self.contact else "",
        }
        return {name: value for name, value in said.items() if value}

    def stored(self) -> dict[str, Any]:
        """Whole, for a row of its own that is erased when it is done with."""
        since, until = (moment.isoformat() if moment else "" for moment in (self.since, self.until))
        return {"origin": self.origin, "since": since, "until": until, "contact": self.contact}

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Self:
        """What was ``stored``."""
        moments = {name: datetime.fromisoformat(kept[name]) if kept[name] else None for name in ("since", "until")}
        return cls(**{**kept, **moments})


EVERYTHING = Narrowing()


def conditions(
    narrowing: Narrowing,
    *,
    origin: InstrumentedAttribute[str | None],
    created_at: InstrumentedAttribute[datetime],
    email: ColumnElement[str] | InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    phone: ColumnElement[str] | InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
) -> list[ColumnElement[bool]]:
    """What holds for the rows that match, in the columns of a table."""
    holds: list[ColumnElement[bool]] = []
    if narrowing.origin:
        holds.append(origin == narrowing.origin)
    if narrowing.since:
        holds.append(created_at >= narrowing.since)
    if narrowing.until:
        holds.append(created_at <= narrowing.until)
    contact = narrowing.contact.casefold()
    if contact.startswith("@"):
        holds.append(func.lower(email).endswith(contact, autoescape=True))
    elif "@" in contact:
        holds.append(func.lower(email) == contact)
    elif contact:
        holds.append(phone == contact)
    return holds
