"""Online shops of exhibitors and what they sell."""

import enum
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Moment, choice


class Platform(enum.StrEnum):
    WARUNG_SERASI = "warung_serasi"
    TOKOPEDIA = "tokopedia"
    SHOPEE = "shopee"
    BUKALAPAK = "bukalapak"
    TIKTOK_SHOP = "tiktok_shop"
    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"
    WHATSAPP = "whatsapp"
    WEBSITE = "website"


class Availability(enum.StrEnum):
    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PREORDER = "preorder"
    UNKNOWN = "unknown"


class ClickSource(enum.StrEnum):
    """Where a visitor came from when leaving for the shop."""

    BOOTH_PAGE = "booth_page"
    BOOTH_QR = "booth_qr"
    CATALOGUE = "catalogue"
    PASS_PAGE = "pass_page"
    FRONT_PAGE = "front_page"


class Storefront(Base):
    """Where an exhibitor sells online; one for an exhibitor. ``url`` may be empty when there is only WhatsApp."""

    __tablename__ = "storefront"

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"), unique=True)
    platform: Mapped[Platform] = mapped_column(choice(Platform))
    url: Mapped[str] = mapped_column(String(500), default="")
    whatsapp: Mapped[str] = mapped_column(String(20), default="")
    """E.164."""
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)


class Picture(Base):
    """A re-encoded upload, without EXIF; its files are ``uploads/<key>-<width>.<jpg|webp>`` in the instance folder."""

    __tablename__ = "picture"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the large JPEG."""
    width: Mapped[int]
    """Of the large files, in pixels."""
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class Listing(Base):
    """A product as its page at the fair shows it. ``price`` is in rupiah (the currency's major unit)."""

    __tablename__ = "listing"
    __table_args__ = (CheckConstraint("price IS NULL OR price >= 0", name="price"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    price: Mapped[int | None] = mapped_column(BigInteger)
    availability: Mapped[Availability] = mapped_column(choice(Availability))
    link: Mapped[str] = mapped_column(String(500), default="")
    picture_key: Mapped[str | None] = mapped_column(ForeignKey("picture.key"))
    position: Mapped[int] = mapped_column(default=0)
    published: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)


class OutboundClick(Base):
    """Clicks to a shop, added up by hour and source; nothing is kept about who clicked.

    ``listing_id`` 0 stands for the shop itself, so that the UNIQUE constraint can be the upsert's target.
    """

    __tablename__ = "outbound_click"
    __table_args__ = (
        UniqueConstraint("exhibitor_id", "listing_id", "source", "hour"),
        CheckConstraint("clicks > 0", name="clicks"),
        Index("ix_outbound_click_hour", "hour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"))
    listing_id: Mapped[int] = mapped_column(default=0)
    source: Mapped[ClickSource] = mapped_column(choice(ClickSource))
    hour: Mapped[datetime] = mapped_column(Moment)
    clicks: Mapped[int]
