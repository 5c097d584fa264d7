"""Online shops of exhibitors and their products."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment, choice
from exhibition.storefront.rules.states import Availability, LinkState, ListingChange, ListingSource


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


class Review(enum.StrEnum):
    """The organizer's decision about a listing; only an approved one is ever shown."""

    APPROVED = "approved"
    WAITING = "waiting"
    REFUSED = "refused"


class RunState(enum.StrEnum):
    """``waiting`` and ``reading`` are under way, ``preview`` waits for a person, the others are final."""

    WAITING = "waiting"
    READING = "reading"
    PREVIEW = "preview"
    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunOrigin(enum.StrEnum):
    PERSON = "person"
    SCHEDULE = "schedule"
    COMMAND = "command"


class ReportReason(enum.StrEnum):
    WRONG_PRICE = "wrong_price"
    NOT_SOLD = "not_sold"
    FORBIDDEN = "forbidden"
    SOMEBODY_ELSES = "somebody_elses"
    OTHER = "other"


class ClickSource(enum.StrEnum):
    """Where a visitor came from when leaving for the shop."""

    BOOTH_PAGE = "booth_page"
    BOOTH_QR = "booth_qr"
    CATALOGUE = "catalogue"
    PASS_PAGE = "pass_page"
    FRONT_PAGE = "front_page"
    CLUSTER_PAGE = "cluster_page"


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
    """A product as its page at the fair shows it. Prices are whole numbers of the currency's smallest unit."""

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("price IS NULL OR price >= 0", name="price"),
        CheckConstraint("sale_price IS NULL OR (sale_price >= 0 AND sale_price <= price)", name="sale_price"),
        CheckConstraint("NOT published OR review = 'approved'", name="published"),
        Index(
            "uq_listing_external",
            "exhibitor_id",
            "external_id",
            unique=True,
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_listing_review", "review"),
        Index("ix_listing_catalogue", "published", "position", "exhibitor_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"), index=True)
    source: Mapped[ListingSource] = mapped_column(choice(ListingSource), default=ListingSource.MANUAL)
    external_id: Mapped[str | None] = mapped_column(String(200))
    """The shop's own id of the product, for imports."""
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    price: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="IDR")
    """ISO 4217."""
    sale_price: Mapped[int | None] = mapped_column(BigInteger)
    """The present price, when less than ``price``."""
    price_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When the price was last typed, or confirmed by a reading of the shop."""
    availability: Mapped[Availability] = mapped_column(choice(Availability))
    link: Mapped[str] = mapped_column(String(500), default="")
    picture_key: Mapped[str | None] = mapped_column(ForeignKey("picture.key"))
    picture_address: Mapped[str] = mapped_column(String(1000), default="")
    """The shop's address of a picture that a job is still to copy; empty when there is none."""
    picture_tries: Mapped[int] = mapped_column(default=0)
    """How often copying from ``picture_address`` has failed."""
    position: Mapped[int] = mapped_column(default=0)
    published: Mapped[bool] = mapped_column(default=True)
    review: Mapped[Review] = mapped_column(choice(Review), default=Review.APPROVED)
    review_note: Mapped[str] = mapped_column(String(200), default="")
    """The forbidden word that was found, or the organizer's reason for refusing."""
    edited: Mapped[bool] = mapped_column(default=False)
    """A person has changed it after the import, or typed it before; an import asks before overwriting it."""
    gone_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when the shop no longer has it."""
    imported: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """The shop's latest values (``differences.Values``); None if it was never imported."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)


class ListingWord(Base):
    """A word used in a listing, in lower case without accents, for guessing the meaning of a mistyped one."""

    __tablename__ = "listing_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(24), unique=True)


class ImportSource(Base):
    """The address an exhibitor's listings are read from again by schedule; one for an exhibitor."""

    __tablename__ = "import_source"

    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(500))
    currency: Mapped[str] = mapped_column(String(3), default="")
    """The seller's choice for prices that name none; empty without one."""
    etag: Mapped[str | None] = mapped_column(String(500))
    last_modified: Mapped[str | None] = mapped_column(String(100))
    declined: Mapped[list[str]] = mapped_column(Json, default=list)
    """Identities (``differences.identity``) of products that a person has declined; no scheduled reading adds them."""
    products: Mapped[int]
    """How many products it had at the last successful reading."""
    read_at: Mapped[datetime] = mapped_column(Moment)
    """The last successful reading."""
    next_at: Mapped[datetime] = mapped_column(Moment, index=True)


class ImportRun(Base):
    """One reading of a shop. Nothing of it is on a page before it is ``published``, in one transaction."""

    __tablename__ = "import_run"
    __table_args__ = (
        Index(
            "uq_import_run_live",
            "exhibitor_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'reading')"),
            postgresql_where=text("state IN ('waiting', 'reading')"),
        ),
        Index("ix_import_run_exhibitor", "exhibitor_id", "id"),
        CheckConstraint("done >= 0 AND done <= total", name="progress"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"))
    state: Mapped[RunState] = mapped_column(choice(RunState), default=RunState.WAITING)
    origin: Mapped[RunOrigin] = mapped_column(choice(RunOrigin))
    address: Mapped[str] = mapped_column(String(500), default="")
    file_name: Mapped[str] = mapped_column(String(120), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """An uploaded file, until it is read."""
    currency: Mapped[str] = mapped_column(String(3), default="")
    kind: Mapped[str] = mapped_column(String(32), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    """How many rows of each ``ListingChange``."""
    problems: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    """``where``, ``code`` and ``said`` of each."""
    failure: Mapped[str] = mapped_column(String(32), default="")
    """Why nothing was read: a code of ``problem_texts.FAILURES``."""
    etag: Mapped[str | None] = mapped_column(String(500))
    last_modified: Mapped[str | None] = mapped_column(String(100))
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    started_by_name: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    touched_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When its job last recorded progress."""
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    rows: Mapped[list["ImportRow"]] = relationship(
        order_by="ImportRow.position", cascade="all, delete-orphan", passive_deletes=True
    )


class ImportRow(Base):
    """A product of a run, compared with the listing it belongs to."""

    __tablename__ = "import_row"
    __table_args__ = (UniqueConstraint("run_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    position: Mapped[int]
    change: Mapped[ListingChange] = mapped_column(choice(ListingChange))
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id", ondelete="SET NULL"), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    doubts: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list, server_default="[]")
    """``code`` and ``said`` of what makes the product doubtful (``rules.doubts``)."""
    stated: Mapped[str | None] = mapped_column(String(40))
    """The amount of a price that names no currency."""
    price: Mapped[int | None] = mapped_column(BigInteger)
    """The price in rupiah that a person has typed in place of the shop's; None where nobody has."""
    ticked: Mapped[bool | None]
    """Whether a person wants it to be published; None where nobody has said so."""


class LinkCheck(Base):
    """The latest checks of an address that visitors are sent to."""

    __tablename__ = "link_check"
    __table_args__ = (
        UniqueConstraint("exhibitor_id", "address"),
        CheckConstraint("failures >= 0", name="failures"),
        Index("ix_link_check_next", "next_at"),
        Index("ix_link_check_host", "host"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"))
    address: Mapped[str] = mapped_column(String(500))
    host: Mapped[str] = mapped_column(String(255))
    state: Mapped[LinkState] = mapped_column(choice(LinkState), default=LinkState.UNKNOWN)
    status: Mapped[int | None]
    """The last HTTP status; None when there was no answer."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row."""
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    next_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    """Until when a running round has leased it."""
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its owner was mailed that it is broken."""


class DeadHost(Base):
    """A platform that has closed, marked by an organizer: every link to its host or a host below it is broken."""

    __tablename__ = "dead_host"

    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    marked_by: Mapped[str] = mapped_column(String(120))
    marked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class ListingReport(Base):
    """A visitor's report that something is wrong with a listing; nothing is stored about who sent it."""

    __tablename__ = "listing_report"
    __table_args__ = (Index("ix_listing_report_open", "closed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), index=True)
    reason: Mapped[ReportReason] = mapped_column(choice(ReportReason))
    note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str] = mapped_column(String(120), default="")


class OutboundClick(Base):
    """Clicks to a shop, added up by hour and source; nothing is stored about who clicked.

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
