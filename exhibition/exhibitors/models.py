"""Exhibitors remain from edition to edition; an application is for one edition. Booths belong to the allocation."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment, choice
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind


class Cluster(Base):
    """Exhibitors of one product group that want to be near each other and bargain together."""

    __tablename__ = "cluster"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Exhibitor(Base):
    """An exhibitor. ``slug`` is printed in the booth's QR code as ``/b/<slug>`` and never changes."""

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
    """Their listings are shown at once; those of others wait for an organizer's approval."""
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    cluster: Mapped[Cluster | None] = relationship()


class Participant(Base):
    """An exhibitor that an edition's organizers deal with: they have applied, were added, or got a booth there."""

    __tablename__ = "participant"

    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id", ondelete="CASCADE"), primary_key=True)
    sign_printed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the exhibitor said that the sign of its booth is printed."""


class ExhibitorMember(Base):
    """A user who may act for an exhibitor."""

    __tablename__ = "exhibitor_member"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id", ondelete="CASCADE"), primary_key=True)


class ApplicationCall(Base):
    """The edition's call for applications: closing date, points, and the lottery that breaks ties."""

    __tablename__ = "application_call"

    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), primary_key=True)
    open: Mapped[bool] = mapped_column(default=True)
    closes_on: Mapped[date | None] = mapped_column(Date)
    """The last day on which applications are taken, in the edition's time zone."""
    points: Mapped[dict[str, Any]] = mapped_column(Json)
    """``{kinds: {kind: points}, districts: {name: points}, first_time, attended, cluster}``."""
    quotas: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    """As ``CallQuotas`` writes them; empty: none."""
    seed: Mapped[str] = mapped_column(String(64))
    """Secret until ``drawn_at``; its SHA-256 is published from the first application on."""
    drawn_at: Mapped[datetime | None] = mapped_column(Moment)


class ApplicationSource(enum.StrEnum):
    FORM = "form"
    IMPORT = "import"


class Application(Base):
    """A request for a booth in one edition. Anyone with the ``key`` may see it and, until it is decided, change it."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "import_key"),
        Index("ix_application_exhibition_state", "exhibition_id", "state"),
        CheckConstraint("power_va >= 0", name="power"),
        CheckConstraint("state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL", name="submitted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    exhibitor_id: Mapped[int | None] = mapped_column(ForeignKey("exhibitor.id"), index=True)
    """The exhibitor it is from, set at the shortlist at the latest; account and booths depend on it."""
    acting: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the link acts for the exhibitor, because the exhibitor was made from it or an organizer said that they
    are the same. An e-mail address typed into the open form proves nothing.
    """
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Key of the form that began it: a form sent twice begins one application."""
    import_key: Mapped[str | None] = mapped_column(String(200))
    """Identifies the row of an imported list when the list is imported again, or the exhibitor who was invited."""
    source: Mapped[ApplicationSource] = mapped_column(choice(ApplicationSource), default=ApplicationSource.FORM)
    state: Mapped[ApplicationState] = mapped_column(choice(ApplicationState), default=ApplicationState.DRAFT)
    locale: Mapped[str] = mapped_column(String(8), default="id")

    name: Mapped[str] = mapped_column(String(160))
    name_key: Mapped[str] = mapped_column(String(160), index=True)
    kind: Mapped[ExhibitorKind] = mapped_column(choice(ExhibitorKind), default=ExhibitorKind.UMKM)
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    phone: Mapped[str] = mapped_column(String(20), default="", index=True)
    """E.164."""
    product_group: Mapped[str] = mapped_column(String(80), default="")
    district: Mapped[str] = mapped_column(String(80), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    storefront_url: Mapped[str] = mapped_column(String(500), default="")
    attended: Mapped[bool] = mapped_column(default=False)
    """Whether the applicant says they were at the fair before."""
    nib: Mapped[str] = mapped_column(String(40), default="", index=True)
    pirt: Mapped[str] = mapped_column(String(40), default="")
    halal: Mapped[str] = mapped_column(String(40), default="")

    power_va: Mapped[int] = mapped_column(default=0)
    water: Mapped[bool] = mapped_column(default=False)
    accessible: Mapped[bool] = mapped_column(default=False)
    wishes: Mapped[list[str]] = mapped_column(Json, default=list)
    """Codes of wished-for booths, the favourite first."""
    zone_wishes: Mapped[list[str]] = mapped_column(Json, default=list)
    """Codes of wished-for zones, the favourite first."""
    near: Mapped[list[str]] = mapped_column(Json, default=list)
    """Names of those they want to be near, as written."""
    avoid: Mapped[list[str]] = mapped_column(Json, default=list)
    """Names of those they do not want to be near, as written."""
    share: Mapped[bool] = mapped_column(default=False)
    """Whether they would share a booth."""
    origin: Mapped[str | None] = mapped_column(String(16), index=True)
    """Keyed digest of the network address it was begun from (``core.web.senders``); None: not from the open form."""

    consent_at: Mapped[datetime | None] = mapped_column(Moment)
    consent_notice: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """Version and language of the privacy notice that was shown."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    invited_by_phone: Mapped[datetime | None] = mapped_column(Moment)
    """When the link of an invitation was ticked off as sent by phone."""

    cluster: Mapped[Cluster | None] = relationship()
    exhibitor: Mapped[Exhibitor | None] = relationship()
    documents: Mapped[list["ApplicationDocument"]] = relationship(
        order_by="ApplicationDocument.id", cascade="all, delete-orphan", passive_deletes=True
    )


class ApplicationDocument(Base):
    """A picture or PDF of an application, for the applicant and organizers only.

    It is stored in the database, not beside the public pictures: so it is in every backup and is deleted with its
    application.
    """

    __tablename__ = "application_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    """Bytes."""
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class ImportState(enum.StrEnum):
    MATCHING = "matching"
    """The file is read; the desk is asked which column is which."""
    WAITING = "waiting"
    CHECKING = "checking"
    PREVIEW = "preview"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ApplicationImport(Base):
    """One import of a list of applicants; its rows become applications only after confirmation."""

    __tablename__ = "application_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    state: Mapped[ImportState] = mapped_column(choice(ImportState), default=ImportState.MATCHING)
    file_name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    guessed: Mapped[bool] = mapped_column(default=False)
    """Whether the file's encoding was guessed, so that letters may be wrong."""
    headings: Mapped[list[str]] = mapped_column(Json)
    columns: Mapped[dict[str, int]] = mapped_column(Json)
    """Position of the column from which each field is read."""
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """``applicant_rows.RowNote`` of each fault and remark, the first few hundred; ``[{code}]`` when the file as a whole
    failed.
    """
    notes: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]", deferred=True)
    """``RowNote`` of rows that are no businesses, such as totals, and of other sheets."""
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, deferred=True)
    """``applicant_rows.KeptRow`` of each row that is taken, in the file's order."""
    left_out: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]", deferred=True)
    """``KeptRow`` of each row with faults, in the file's order."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_by: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    beat_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When its job last recorded progress."""
