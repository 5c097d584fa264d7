"""Whom a message concerns: an audience is a choice among the readers of one edition."""

import enum
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from exhibition.allocation.rules import KNOWN, AllocationState
from exhibition.exhibitors.rules.application_steps import GONE, ApplicationState
from exhibition.messages.rules.placeholders import ReaderGroup

Reference = tuple[str, int]
"""What a reader is in the database: ``registration``, ``exhibitor`` or ``application``, and its id."""


class Lacking(enum.StrEnum):
    """What an exhibitor may lack."""

    SHOP = "shop"
    """No link to an online shop, nor a WhatsApp number to order from."""
    PRODUCTS = "products"
    """No product on the booth's page."""
    ANSWER = "answer"
    """A booth is offered, and the offer is not answered."""
    TAKINGS = "takings"
    """The takings of a day at the fair are not told."""


class BoothStanding(enum.StrEnum):
    """How far an exhibitor's booth is; the other states that an audience can name are those of applications."""

    ALL = "all"
    """Whatever their booth or application, also without one."""
    KNOWN = "booth"
    """Offered or confirmed."""
    OFFERED = "booth_offered"
    CONFIRMED = "booth_confirmed"


class WayToReach(enum.StrEnum):
    """How a reader can be reached."""

    MAIL = "mail"
    PHONE = "phone"
    """Only by phone: somebody has to send the text by WhatsApp."""
    NOTHING = "nothing"


class AudienceJson(TypedDict):
    group: str
    session_id: int | None
    day: str | None
    not_arrived: bool
    standing: str | None
    cluster_id: int | None
    zone_id: int | None
    lacking: str | None


@dataclass(frozen=True)
class Audience:
    """A choice among visitors or exhibitors; every field that is set narrows it."""

    group: ReaderGroup
    session_id: int | None = None
    day: date | None = None
    not_arrived: bool = False
    standing: BoothStanding | ApplicationState | None = None
    cluster_id: int | None = None
    zone_id: int | None = None
    lacking: Lacking | None = None

    def as_json(self) -> AudienceJson:
        return {
            "group": self.group.value,
            "session_id": self.session_id,
            "day": self.day.isoformat() if self.day else None,
            "not_arrived": self.not_arrived,
            "standing": self.standing.value if self.standing else None,
            "cluster_id": self.cluster_id,
            "zone_id": self.zone_id,
            "lacking": self.lacking.value if self.lacking else None,
        }

    @classmethod
    def from_json(cls, value: AudienceJson) -> "Audience":
        return cls(
            ReaderGroup(value["group"]),
            value["session_id"],
            date.fromisoformat(value["day"]) if value["day"] else None,
            value["not_arrived"],
            standing_of(value["standing"]) if value["standing"] else None,
            value["cluster_id"],
            value["zone_id"],
            Lacking(value["lacking"]) if value["lacking"] else None,
        )


def standing_of(text: str) -> BoothStanding | ApplicationState:
    """The standing that a text names. Raises ValueError for none."""
    return BoothStanding(text) if text in set(BoothStanding) else ApplicationState(text)


@dataclass(frozen=True)
class MessageReader:
    """Somebody a message can go to, with what is known of them at this moment."""

    reference: Reference
    name: str
    locale: str
    email: str
    """Empty: none, or erased."""
    phone: str
    """E.164; empty: none, or erased."""
    link: str

    @property
    def way(self) -> WayToReach:
        if self.email:
            return WayToReach.MAIL
        return WayToReach.PHONE if self.phone else WayToReach.NOTHING


@dataclass(frozen=True)
class VisitorReader(MessageReader):
    """A registration with its pass."""

    session_id: int
    starts_at: datetime
    ends_at: datetime
    day: date
    """Of the session, in the edition's time zone."""
    people: int
    arrived: bool
    """Whether any of the party was let in."""
    holds_pass: bool
    """Whether the pass is valid."""


@dataclass(frozen=True)
class ExhibitorReader(MessageReader):
    """An exhibitor, or an application that has no exhibitor yet."""

    exhibitor: str
    booths: tuple[str, ...]
    """Codes of the booths that they know of."""
    zone_ids: frozenset[int]
    claims: frozenset[AllocationState]
    """The states of their claims on booths whose time is not over."""
    applications: frozenset[ApplicationState]
    cluster_id: int | None
    has_shop: bool
    has_products: bool
    untold_days: frozenset[date] = frozenset()
    """The days at the fair whose takings they have not told; asked for only where an audience names them."""


def _stands(standing: BoothStanding | ApplicationState | None, reader: ExhibitorReader) -> bool:
    match standing:
        case None:
            applies = reader.applications - GONE - {ApplicationState.DRAFT}
            return bool(reader.claims & KNOWN or applies)
        case BoothStanding.ALL:
            return True
        case BoothStanding.KNOWN:
            return bool(reader.claims & KNOWN)
        case BoothStanding.OFFERED:
            return AllocationState.OFFERED in reader.claims
        case BoothStanding.CONFIRMED:
            return AllocationState.CONFIRMED in reader.claims
        case ApplicationState():
            return standing in reader.applications


def _lacks(audience: Audience, reader: ExhibitorReader) -> bool:
    match audience.lacking:
        case None:
            return True
        case Lacking.SHOP:
            return not reader.has_shop
        case Lacking.PRODUCTS:
            return not reader.has_products
        case Lacking.ANSWER:
            return AllocationState.OFFERED in reader.claims
        case Lacking.TAKINGS:
            return any(audience.day in (None, day) for day in reader.untold_days)


def concerns(audience: Audience, reader: MessageReader) -> bool:
    """Whether a reader belongs to an audience.

    Visitors belong to none without a valid pass. Exhibitors without a standing named are those who know of a booth, or
    whose application is sent and not ended.
    """
    if isinstance(reader, VisitorReader):
        return (
            audience.group is ReaderGroup.VISITORS
            and reader.holds_pass
            and audience.session_id in (None, reader.session_id)
            and audience.day in (None, reader.day)
            and not (audience.not_arrived and reader.arrived)
        )
    return (
        isinstance(reader, ExhibitorReader)
        and audience.group is ReaderGroup.EXHIBITORS
        and _stands(audience.standing, reader)
        and audience.cluster_id in (None, reader.cluster_id)
        and (audience.zone_id is None or audience.zone_id in reader.zone_ids)
        and _lacks(audience, reader)
    )


@dataclass(frozen=True)
class Reach:
    """How many readers can be reached by mail, by phone only, and not at all."""

    mail: int
    phone: int
    nothing: int

    @property
    def total(self) -> int:
        return self.mail + self.phone + self.nothing

    def __str__(self) -> str:
        return f"{self.mail}-{self.phone}-{self.nothing}"


def reach(readers: list[MessageReader]) -> Reach:
    """Count readers by the way to reach them."""
    ways = [reader.way for reader in readers]
    return Reach(ways.count(WayToReach.MAIL), ways.count(WayToReach.PHONE), ways.count(WayToReach.NOTHING))
