"""The edition and its halls. All lengths are metres; x runs right, y down, from the ground's upper left corner."""

import enum
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    Time,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment, choice
from exhibition.venue.rules.edition import (
    PEOPLE_EACH_CONTACT,
    RETENTION_DAYS,
    WAITING_MINUTES,
    Overridable,
    Reentry,
)
from exhibition.venue.rules.edition_states import EditionState, told

LONGEST_SUBJECT, LONGEST_TEXT = 150, 3000
"""The most characters of a mail's subject and text as somebody writes them at the desk."""


class Exhibition(Base):
    """One edition of the fair. Any number of them may be published, also at the same time."""

    __tablename__ = "exhibition"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="dates"),
        CheckConstraint("hall_width > 0 AND hall_depth > 0", name="hall"),
        CheckConstraint("state = 'archived' OR NOT was_called_off", name="called_off"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    tagline: Mapped[str] = mapped_column(String(300), default="")
    venue_name: Mapped[str] = mapped_column(String(160))
    address: Mapped[str] = mapped_column(String(300), default="")
    directions_url: Mapped[str] = mapped_column(String(500), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="Asia/Jakarta")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    hall_width: Mapped[float]
    hall_depth: Mapped[float]
    state: Mapped[EditionState] = mapped_column(choice(EditionState), default=EditionState.DRAFT)
    was_called_off: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether an archived edition had been called off before."""
    rescheduled_from: Mapped[date | None] = mapped_column(Date)
    """The first day that visitors were told of, if the fair was moved after they were."""
    sample: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the demo made it, so that it can be removed with the demo."""
    organizer_name: Mapped[str] = mapped_column(String(160), default="", server_default="")
    """The office that holds the fair and is the controller of people's data; empty: not written down."""
    colour: Mapped[str] = mapped_column(String(6), default="", server_default="")
    """Of its pages and papers, as hexadecimal digits; empty: ours."""
    logo_digest: Mapped[str | None] = mapped_column(ForeignKey("logo.digest"))
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    """Where visitors and exhibitors reach the organizer; empty: not by mail."""
    contact_phone: Mapped[str] = mapped_column(String(20), default="")
    """E.164."""
    contact_whatsapp: Mapped[str] = mapped_column(String(20), default="")
    """E.164."""
    early_minutes: Mapped[int] = mapped_column(default=15)
    """How many minutes before its slot a party is let in."""
    late_minutes: Mapped[int] = mapped_column(default=0)
    """How many minutes after its slot a party is still let in."""
    reentry: Mapped[Reentry] = mapped_column(
        choice(Reentry), default=Reentry.WITHIN_SESSION, server_default=Reentry.WITHIN_SESSION
    )
    """Whether a party that has left may come in again."""
    offline_after_ms: Mapped[int] = mapped_column(default=1200)
    """How long a scanner waits for the server before it decides offline."""
    amber_minutes: Mapped[int] = mapped_column(default=5)
    """From this age a scanner's bundle is shown in amber."""
    red_minutes: Mapped[int] = mapped_column(default=30)
    """From this age a scanner's bundle is shown in red."""
    walk_in_name_required: Mapped[bool] = mapped_column(default=False)
    """Whether a steward must write down the name of a walk-in."""
    override_codes: Mapped[str] = mapped_column(String(200), default=" ".join(Overridable))
    """Refusals that a supervisor may overrule at a gate, separated by spaces."""
    longest_stay_minutes: Mapped[int | None]
    """After this time without a scan a party inside is presumed to have left; None: never."""
    no_show_minutes: Mapped[int | None]
    """After this time the places of people who have not come may go to walk-ins; None: never."""
    online_registration: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether visitors may register by themselves; walk-ins, groups and passes that are out don't depend on it."""
    people_each_contact: Mapped[int] = mapped_column(
        default=PEOPLE_EACH_CONTACT, server_default=str(PEOPLE_EACH_CONTACT)
    )
    """How many people one phone number or e-mail address may register for one day."""
    waiting_minutes: Mapped[int] = mapped_column(default=WAITING_MINUTES, server_default=str(WAITING_MINUTES))
    """How long a party on the waiting list of a session has to take a place that is offered to it."""
    hold_hours: Mapped[int] = mapped_column(default=48)
    """How long a hold on a booth lasts unless said otherwise."""
    offer_hours: Mapped[int] = mapped_column(default=72)
    """How long an exhibitor has to answer an offer unless said otherwise."""
    offers_by_itself: Mapped[bool] = mapped_column(default=False)
    """A booth that comes back from an offer is offered to the next on the waiting list automatically."""
    badges_per_booth: Mapped[int] = mapped_column(default=4)
    """How many badges an exhibitor may have for their staff."""
    forbidden_words: Mapped[str] = mapped_column(Text, default="")
    """One word or phrase a line; a listing that contains one waits for an organizer."""
    square_metres_each: Mapped[float | None]
    """Square metres of floor that the health protocol requires for each person inside; None: no such rule."""
    mask_required: Mapped[bool] = mapped_column(default=False)
    """Stewards check that everybody wears a mask; stored as yes or no."""
    screening_question: Mapped[str] = mapped_column(String(200), default="")
    """A question that stewards ask everybody, and that people answer with no to be let in; empty: none. Only passed or
    failed is stored."""
    retention_days: Mapped[int] = mapped_column(default=RETENTION_DAYS)
    """How many days after the last day visitors' names and addresses are kept."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    days: Mapped[list["ExhibitionDay"]] = relationship(order_by="ExhibitionDay.day")

    @property
    def told_state(self) -> EditionState:
        """The state as visitors know it."""
        return told(self.state, was_called_off=self.was_called_off)


class Logo(Base):
    """A picture that stands beside the name of one or more editions: a PNG, by the SHA-256 of its content."""

    __tablename__ = "logo"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class MailText(Base):
    """The organizers' own words for a mail that is sent by itself, in one language; without a row it has its built-in
    ones (``venue.edition.mail_texts``).
    """

    __tablename__ = "mail_text"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "kind", "language"),
        CheckConstraint("language IN ('id', 'en')", name="language"),
        CheckConstraint("subject <> '' AND text <> ''", name="words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    kind: Mapped[str] = mapped_column(String(40))
    """``visitor.pass`` and the like."""
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    text: Mapped[str] = mapped_column(Text)
    """Paragraphs, parted by empty lines; both have placeholders like ``{name}``."""


class ExhibitionDay(Base):
    """Opening hours of one day, in the edition's time zone."""

    __tablename__ = "exhibition_day"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "day"),
        CheckConstraint("opens_at < closes_at", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    day: Mapped[date] = mapped_column(Date)
    opens_at: Mapped[time] = mapped_column(Time)
    closes_at: Mapped[time] = mapped_column(Time)


class ExhibitionHall(Base):
    """One of the halls of an edition that has named ones: an upright rectangle of the ground. An edition without a row
    has one hall, as large as ``hall_width`` and ``hall_depth`` say; otherwise those are the ground around all halls.
    """

    __tablename__ = "exhibition_hall"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "code"),
        CheckConstraint("x >= 0 AND y >= 0 AND width > 0 AND depth > 0", name="area"),
        CheckConstraint("code <> '' AND name <> ''", name="named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    x: Mapped[float]
    y: Mapped[float]
    width: Mapped[float]
    depth: Mapped[float]


class Zone(Base):
    """A named part of the hall; if its area is drawn, all four of its measures are set."""

    __tablename__ = "zone"
    __table_args__ = (UniqueConstraint("exhibition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    x: Mapped[float | None]
    y: Mapped[float | None]
    width: Mapped[float | None]
    depth: Mapped[float | None]


class Booth(Base):
    """A numbered place on the plan; a layout says whether it is open."""

    __tablename__ = "booth"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "code"),
        CheckConstraint("width > 0 AND depth > 0", name="size"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zone.id"))
    code: Mapped[str] = mapped_column(String(16))
    x: Mapped[float]
    y: Mapped[float]
    width: Mapped[float]
    depth: Mapped[float]
    rotation: Mapped[float] = mapped_column(default=0.0)
    """Degrees clockwise about the booth's centre."""
    corner: Mapped[bool] = mapped_column(default=False)
    power_va: Mapped[int] = mapped_column(default=0)
    water: Mapped[bool] = mapped_column(default=False)
    accessible: Mapped[bool] = mapped_column(default=True)
    blocked_reason: Mapped[str] = mapped_column(String(200), default="")

    zone: Mapped[Zone | None] = relationship()


class DisinfectionRound(Base):
    """A time in which the hall is disinfected: nobody may enter, people inside may leave."""

    __tablename__ = "disinfection_round"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="window"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by: Mapped[str] = mapped_column(String(120), default="")
    planned_at: Mapped[datetime | None] = mapped_column(Moment, default=clock.now)
    """None for rounds ticked off before this was recorded."""
    planned_by: Mapped[str] = mapped_column(String(120), default="")


class LandmarkKind(enum.StrEnum):
    ENTRANCE = "entrance"
    EXIT = "exit"
    STAGE = "stage"
    WALL = "wall"
    HAND_WASHING = "hand_washing"
    INFORMATION = "information"
    DOOR = "door"
    """Neither the entrance nor the exit: an emergency door, or one for deliveries."""
    AISLE = "aisle"
    """A way that must stay free."""


class Landmark(Base):
    """Something on the plan other than a booth: a landmark for visitors, or an area to keep free."""

    __tablename__ = "landmark"

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    kind: Mapped[LandmarkKind] = mapped_column(choice(LandmarkKind))
    label: Mapped[str] = mapped_column(String(80), default="")
    x: Mapped[float]
    y: Mapped[float]
    width: Mapped[float]
    depth: Mapped[float]
    rotation: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """Degrees clockwise about its centre."""


class PlanPicture(Base):
    """A background picture of some of the plan's versions: a JPEG re-encoded from the upload."""

    __tablename__ = "plan_picture"
    __table_args__ = (UniqueConstraint("exhibition_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the content, by which plans refer to it."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    pixel_width: Mapped[int]
    pixel_height: Mapped[int]


class PlanBackground(Base):
    """The background picture of the present plan."""

    __tablename__ = "plan_background"
    __table_args__ = (CheckConstraint("width > 0 AND depth > 0 AND opacity BETWEEN 0 AND 1", name="size"),)

    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("plan_picture.id"))
    x: Mapped[float]
    y: Mapped[float]
    width: Mapped[float]
    depth: Mapped[float]
    opacity: Mapped[float]


class Layout(Base):
    """Which booths are open. At most one layout of an edition is published."""

    __tablename__ = "layout"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "name"),
        Index(
            "uq_layout_published",
            "exhibition_id",
            unique=True,
            sqlite_where=text("published"),
            postgresql_where=text("published"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    name: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    published: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    booths: Mapped[list[Booth]] = relationship(secondary="layout_booth", order_by="Booth.code")


class SpacingState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SpacingRun(Base):
    """One question to the spacing planner, answered by a job."""

    __tablename__ = "spacing_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    state: Mapped[SpacingState] = mapped_column(choice(SpacingState), default=SpacingState.WAITING)
    question: Mapped[dict[str, Any]] = mapped_column(Json)
    """``{count, distance_m, metric, fixed, forbidden, time_limit_s}``; one of the first two may be null."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """``{open, count, distance_m, optimal, bound, possible, most_count, most_distance_m}`` (docs/allocation.md)."""
    created_by: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(Moment)


class LayoutBooth(Base):
    __tablename__ = "layout_booth"

    layout_id: Mapped[int] = mapped_column(ForeignKey("layout.id", ondelete="CASCADE"), primary_key=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"), primary_key=True)
