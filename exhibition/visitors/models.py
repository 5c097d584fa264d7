"""Time slots, registrations and passes. People's names and addresses sit in a table of their own."""

import enum
from datetime import datetime
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    column,
    false,
    func,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Moment, choice
from exhibition.visitors.rules import LAST_GENERATION

LARGEST_PARTY = 10
LARGEST_GROUP = 2000
"""People that one group may register."""


class SlotState(enum.StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    """Not bookable and not admitted, e.g. while the hall is disinfected."""


class PassState(enum.StrEnum):
    VALID = "valid"
    CANCELLED = "cancelled"
    """By the visitor."""
    REVOKED = "revoked"
    """By the organizer."""


class MessageKind(enum.StrEnum):
    """The kinds of mails about a registration, by its id, in the outbox."""

    PASS = "visitor.pass"
    MOVED = "visitor.moved"
    ALREADY = "visitor.already"
    """Somebody wanted a second pass for the day with the same number or address; this is the one there is."""
    CANCELLED = "visitor.cancelled"
    CALLED_OFF = "visitor.called_off"
    POSTPONED = "visitor.postponed"
    TAKES_PLACE = "visitor.takes_place"
    """After all: it was called off or postponed by mistake, or has new days."""
    CLOSED = "visitor.closed"
    """A disinfection round leaves nothing of the session, or the organizers closed it; the visitor is asked to move."""
    REOPENED = "visitor.reopened"
    """A session that was closed is open again."""
    PLACE = "visitor.place"
    """The fair takes place somewhere else."""
    CHANGED = "visitor.changed"
    """The party has another number of people, so the QR code is a new one."""


class TimeSlot(Base):
    """A dated window. ``capacity`` and ``issued`` count people, not passes."""

    __tablename__ = "time_slot"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "number"),
        UniqueConstraint("exhibition_id", "starts_at"),
        CheckConstraint("0 <= issued AND issued <= capacity", name="issued"),
        CheckConstraint("starts_at < ends_at", name="window"),
        CheckConstraint("number BETWEEN 1 AND 65535", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    number: Mapped[int]
    """The slot's number in the token: two bytes, unique in the edition."""
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    capacity: Mapped[int]
    issued: Mapped[int] = mapped_column(default=0)
    state: Mapped[SlotState] = mapped_column(choice(SlotState), default=SlotState.OPEN)
    note: Mapped[str] = mapped_column(String(120), default="")
    reserved: Mapped[bool] = mapped_column(default=False, server_default=false())
    """No further places are given out; who has one is let in."""


class Registration(Base):
    """One form filled in for a party. ``manage_key`` is the capability in the pass page's address."""

    __tablename__ = "registration"
    __table_args__ = (
        Index(
            "ix_registration_walk_in",
            "exhibition_id",
            "id",
            sqlite_where=text("walk_in = 1"),
            postgresql_where=text("walk_in"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    manage_key: Mapped[str] = mapped_column(String(40), unique=True)
    locale: Mapped[str] = mapped_column(String(8))
    consent_at: Mapped[datetime] = mapped_column(Moment)
    consent_notice: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """Version and language of the privacy notice that was shown; empty before versions were kept."""
    idempotency_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    request_digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the request sent with the key, to tell a repetition from a different request with the same key."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    walk_in: Mapped[bool] = mapped_column(default=False)
    """Registered by a steward at the gate."""
    origin: Mapped[str | None] = mapped_column(String(16), index=True)
    """Keyed digest of the network address that it came from; None for walk-ins, and once contacts are erased."""


class VisitorContact(Base):
    """Personal data of a registration; deleting this row erases the person and leaves the statistics true."""

    __tablename__ = "visitor_contact"
    __table_args__ = (Index("ix_visitor_contact_lower_email", func.lower(column("email"))),)

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    """E.164."""


class ContactTurn(Base):
    """Counts the registrations with a phone number or e-mail address, so that of two at once the second looks again."""

    __tablename__ = "contact_turn"

    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), primary_key=True)
    contact: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Keyed digest of the number or address in its normal form."""
    turns: Mapped[int]


class PhoneNotice(Base):
    """Somebody whom the organizers are to write to by phone, because no e-mail address is known."""

    __tablename__ = "phone_notice"
    __table_args__ = (
        Index(
            "uq_phone_notice_registration",
            "registration_id",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("ix_phone_notice_exhibition_id_done_at", "exhibition_id", "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    """Whose pass they are to be sent; at most one open notice for each."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by: Mapped[str] = mapped_column(String(160), default="", server_default="")


class VisitorPass(Base):
    """What the party shows. ``admitted`` counts people let in so far, each once, ``inside`` those in now."""

    __tablename__ = "visitor_pass"
    __table_args__ = (
        CheckConstraint("0 <= inside AND inside <= party_size", name="inside"),
        CheckConstraint("0 <= admitted AND admitted <= party_size", name="admitted"),
        CheckConstraint(f"party_size BETWEEN 1 AND {LARGEST_PARTY}", name="party_size"),
        CheckConstraint(f"generation BETWEEN 0 AND {LAST_GENERATION}", name="generation"),
        Index("ix_visitor_pass_slot", "slot_id"),
        Index(
            "ix_visitor_pass_ended",
            "exhibition_id",
            "state",
            "registration_id",
            sqlite_where=text("state <> 'valid'"),
            postgresql_where=text("state <> 'valid'"),
        ),
        Index(
            "ix_visitor_pass_short",
            "exhibition_id",
            "registration_id",
            sqlite_where=text("admitted > 0 AND admitted < party_size"),
            postgresql_where=text("admitted > 0 AND admitted < party_size"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Random, 63 bits; the token's eight bytes."""
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("time_slot.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    party_size: Mapped[int]
    inside: Mapped[int] = mapped_column(default=0)
    admitted: Mapped[int] = mapped_column(default=0)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    """When somebody of the party went out last; None while nobody has."""
    released: Mapped[int] = mapped_column(default=0)
    """Places given to walk-ins because the party did not come in time; the pass stays valid."""
    generation: Mapped[int] = mapped_column(default=0)
    state: Mapped[PassState] = mapped_column(choice(PassState), default=PassState.VALID)
    moved_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its session last became another one, or got another time; None: it is as it was issued."""
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)


class PartySplit(Base):
    """A registration whose people belonged to the party of another one, and were given a pass of their own."""

    __tablename__ = "party_split"
    __table_args__ = (CheckConstraint("registration_id <> from_id", name="other"),)

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    split_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class LinkRequest(Base):
    """Somebody has lost the address of their pass page and asks for it by their e-mail address or phone number.

    A row is written whether or not there is such a pass: that is found out later, so the answer tells nothing. Rows are
    deleted after a few days.
    """

    __tablename__ = "link_request"
    __table_args__ = (CheckConstraint("(email IS NULL) <> (phone IS NULL)", name="contact"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    """E.164."""
    locale: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    """When an organizer had sent the link by phone."""


class VisitorGroup(Base):
    """People who are registered together by somebody who has the group's ``code``: a school, a village's helper."""

    __tablename__ = "visitor_group"
    __table_args__ = (
        CheckConstraint(f"most_people BETWEEN 1 AND {LARGEST_GROUP}", name="most_people"),
        Index("ix_visitor_group_exhibition_id", "exhibition_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    """Empty, like who speaks for it, once contacts are erased."""
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_phone: Mapped[str | None] = mapped_column(String(20))
    """E.164."""
    most_people: Mapped[int]
    is_open: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the code still registers anybody."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    created_by: Mapped[str] = mapped_column(String(160), default="")


class GroupPass(Base):
    """A registration that was made with a group's code."""

    __tablename__ = "group_pass"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("visitor_group.id"), index=True)


class WaitingState(enum.StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    """Places are kept for the party until its time to answer is over; they count as issued."""
    TAKEN = "taken"
    LEFT = "left"
    LAPSED = "lapsed"
    """The time to answer was over."""


class WaitingParty(Base):
    """A party that waits for places in a full session. ``key`` is the capability in its page's address."""

    __tablename__ = "waiting_party"
    __table_args__ = (
        CheckConstraint(f"party_size BETWEEN 1 AND {LARGEST_PARTY}", name="party_size"),
        CheckConstraint("state <> 'offered' OR expires_at IS NOT NULL", name="offer"),
        CheckConstraint("(state = 'taken') = (registration_id IS NOT NULL)", name="taken"),
        Index(
            "ix_waiting_party_line",
            "slot_id",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_waiting_party_offers",
            "expires_at",
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
        Index("ix_waiting_party_exhibition_id", "exhibition_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """In the order of the line."""
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("time_slot.id"))
    key: Mapped[str] = mapped_column(String(40), unique=True)
    form_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """Makes a form that is sent twice one place in the line."""
    party_size: Mapped[int]
    name: Mapped[str | None] = mapped_column(String(120))
    """None, like number and address, once the party has its pass, has left, or the session is over."""
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    """E.164."""
    locale: Mapped[str] = mapped_column(String(8))
    consent_at: Mapped[datetime] = mapped_column(Moment)
    consent_notice: Mapped[str] = mapped_column(String(20), default="")
    origin: Mapped[str | None] = mapped_column(String(16))
    """As ``Registration.origin``."""
    state: Mapped[WaitingState] = mapped_column(choice(WaitingState), default=WaitingState.WAITING)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    offered_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    """Until when the offer can be taken."""
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    """When somebody at the desk wrote to the phone about the offer."""
    told_by: Mapped[str] = mapped_column(String(160), default="")
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))


class RushSecond(Base):
    """How many parties joined the line in front of registration in this second, until all of them are called."""

    __tablename__ = "rush_second"
    __table_args__ = (CheckConstraint("parties > 0", name="parties"),)

    second: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Since 1970."""
    parties: Mapped[int]


class RushCall(Base):
    """Who of the line has been called: one row for the installation."""

    __tablename__ = "rush_call"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)
    ONLY: ClassVar[int] = 1

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    called_until: Mapped[float]
    """Seconds since 1970: all that joined until then are called."""
    moved_at: Mapped[float]
    """When the next ones were called last."""


class PassKey(Base):
    """A public key that passes were signed with. The private half is a file in the instance folder."""

    __tablename__ = "pass_key"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The token's key id: one byte."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    signs_from: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """From this moment on the key signs; gates trust it before."""
