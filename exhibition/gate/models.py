"""Gates, the devices at them, every scan, and the count of people inside."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment, choice
from exhibition.gate.rules.admission import ConflictKind, Direction, ScanCode, Verdict


class Gate(Base):
    __tablename__ = "gate"
    __table_args__ = (UniqueConstraint("exhibition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    code: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))


class EnrolmentCode(Base):
    """A one-time code that makes a phone a device of a gate; only its hash is kept."""

    __tablename__ = "enrolment_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Device(Base):
    """A phone or scanner that may send scans. Only the hash of its token is kept."""

    __tablename__ = "device"
    __table_args__ = (CheckConstraint("battery_percent BETWEEN 0 AND 100", name="battery"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"))
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    unsent: Mapped[int | None]
    """Scans in its queue when it last fetched the bundle."""
    bundle_version: Mapped[int | None] = mapped_column(BigInteger)
    bundle_at: Mapped[datetime | None] = mapped_column(Moment)
    app_version: Mapped[str | None] = mapped_column(String(40))
    clock_skew_s: Mapped[int | None]
    """Seconds that its clock was ahead of ours when it was last compared."""
    battery_percent: Mapped[int | None]
    """As the browser told last; None: it does not tell."""
    charging: Mapped[bool | None]


class Scan(Base):
    """Every attempt, accepted or refused. Rows are only ever added; triggers refuse UPDATE and DELETE."""

    __tablename__ = "scan"
    __table_args__ = (
        UniqueConstraint("device_id", "nonce"),
        Index("ix_scan_pass", "pass_id", "server_at"),
        Index("ix_scan_exhibition", "exhibition_id", "server_at"),
        Index("uq_scan_undoes", "undoes_id", unique=True),
        CheckConstraint("people BETWEEN 0 AND 10", name="people"),
        CheckConstraint("returned BETWEEN 0 AND people", name="returned"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"))
    nonce: Mapped[str] = mapped_column(String(64))
    pass_id: Mapped[int | None] = mapped_column(BigInteger)
    """The pass's id, or a badge's: both are drawn from the same 63 bits."""
    presented: Mapped[str] = mapped_column(String(200), default="")
    """The text held to the scanner, cut to 200 characters: evidence for attempts that name no pass."""
    direction: Mapped[Direction] = mapped_column(choice(Direction))
    people: Mapped[int]
    """People who moved: 0 for a refusal."""
    returned: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of those of an entry, how many had been in before: they count as inside, but not as further visitors."""
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    code: Mapped[ScanCode] = mapped_column(choice(ScanCode))
    offline: Mapped[bool] = mapped_column(default=False)
    device_at: Mapped[datetime | None] = mapped_column(Moment)
    """The device's clock at the scan, less ``device_skew_s``."""
    device_skew_s: Mapped[int | None]
    """Seconds that the device's clock was ahead, which were taken off; None: it was right, or nobody measured it."""
    server_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
    """The answer to the device, repeated word for word when the nonce comes again."""
    mask_worn: Mapped[bool | None]
    """The steward's check; None: the edition does not ask for it, or the device sent none."""
    screening_passed: Mapped[bool | None]
    """Whether the screening question let the party in; nothing else about anybody's health is stored."""
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    """The scan that this one undoes; both name the same pass, direction and people, and neither counts."""


class ScanConflict(Base):
    """A contradiction that an offline decision leaves for the organizer to settle; closed with a note, never deleted.

    ``differs`` with another scan: the server had given that nonce another answer. ``scan_id`` is what happened, and
    ``other_scan_id`` no longer counts (docs/adr/0007-offline.md).
    """

    __tablename__ = "scan_conflict"
    __table_args__ = (
        UniqueConstraint("scan_id", "kind"),
        Index("ix_scan_conflict_other", "other_scan_id"),
        Index("ix_scan_conflict_closed", "exhibition_id", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    kind: Mapped[ConflictKind] = mapped_column(choice(ConflictKind))
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    other_scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    round_starts_at: Mapped[datetime | None] = mapped_column(Moment)
    """With ``during_round`` the round as it was when the scan came in: it may be changed later."""
    round_ends_at: Mapped[datetime | None] = mapped_column(Moment)
    round_planned_at: Mapped[datetime | None] = mapped_column(Moment)


class ScanOverride(Base):
    """Who let a party in although the rule refused it, and why."""

    __tablename__ = "scan_override"

    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    """The first refusal that was overruled; the scan's answer has all of them."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    by: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(200))


class OccupancyCount(Base):
    """A count of the hall by hand: from here on the hall's counter continues from ``inside``."""

    __tablename__ = "occupancy_count"
    __table_args__ = (
        CheckConstraint("inside >= 0", name="inside"),
        Index("ix_occupancy_count_exhibition", "exhibition_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    before: Mapped[int]
    inside: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    after_scan_id: Mapped[int]
    """Scans up to this one were counted; those after it move the new count."""


class HallOccupancy(Base):
    """People inside one edition's hall: one row, moved in the same transaction as the scan."""

    __tablename__ = "occupancy"
    __table_args__ = (CheckConstraint("inside >= 0", name="inside"), CheckConstraint("capacity >= 0", name="capacity"))

    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), primary_key=True)
    inside: Mapped[int] = mapped_column(default=0)
    capacity: Mapped[int]


class HallCap(Base):
    """How many people may be inside from this moment until the next one (``gate/occupancy/caps.py``)."""

    __tablename__ = "hall_cap"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "starts_at"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    capacity: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200), default="")
    set_by: Mapped[str] = mapped_column(String(120), default="")
