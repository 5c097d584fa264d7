"""Exhibitors stay from edition to edition; what they are given in one is the allocation's business."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibition.core import clock
from exhibition.core.db import Base, Moment, choice


class ExhibitorKind(enum.StrEnum):
    MINISTRY = "ministry"
    PROVINCE = "province"
    REGENCY = "regency"
    COOPERATIVE = "cooperative"
    UMKM = "umkm"
    """Usaha mikro, kecil dan menengah: a micro, small or medium business."""
    SPONSOR = "sponsor"


class Cluster(Base):
    """Exhibitors of one product group that want to stand and bargain together."""

    __tablename__ = "cluster"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Exhibitor(Base):
    """``slug`` is printed in the booth's QR as ``/b/<slug>`` and never changes."""

    __tablename__ = "exhibitor"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[ExhibitorKind] = mapped_column(choice(ExhibitorKind))
    product_group: Mapped[str] = mapped_column(String(80), default="")
    district: Mapped[str] = mapped_column(String(80), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    """E.164."""
    sample: Mapped[bool] = mapped_column(default=False)
    """Invented for the demo; pages say so."""
    trusted: Mapped[bool] = mapped_column(default=False)
    """Its listings are shown at once; those of others wait for an organizer."""
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    cluster: Mapped[Cluster | None] = relationship()


class ExhibitorMember(Base):
    """A user who may act for an exhibitor."""

    __tablename__ = "exhibitor_member"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id", ondelete="CASCADE"), primary_key=True)
