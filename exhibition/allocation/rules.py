"""States of booths and claims, the changes that an act makes, and what a change means, as plain values."""

import enum
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NotRequired, TypedDict

from exhibition.core.ids import LARGEST_ID
from exhibition.exhibitors.rules.application_steps import GONE, ApplicationState, Step


class AllocationState(enum.StrEnum):
    HELD = "held"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    RELEASED = "released"


class BoothState(enum.StrEnum):
    """The state of a booth on the plan."""

    OPEN = "open"
    """Opened by the published layout, and free."""
    HELD = "held"
    OFFERED = "offered"
    ALLOCATED = "allocated"
    CLOSED = "closed"


class StepKind(enum.StrEnum):
    """Acts that change booths."""

    HOLD = "hold"
    OFFER = "offer"
    CONFIRM = "confirm"
    RELEASE = "release"
    MOVE = "move"
    SWAP = "swap"
    ACCEPT = "accept"
    DECLINE = "decline"
    UNDO = "undo"
    REDO = "redo"
    """Undoing an undo: the step is done again."""
    ARRANGE = "arrange"
    """Placing several exhibitors at once: holds, moves and releases in one step."""
    PUBLISH = "publish"
    """Publishing a proposal: many holds, offers, moves and releases in one step."""


class ProposalState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    PUBLISHED = "published"


SHOWN = {
    AllocationState.HELD: BoothState.HELD,
    AllocationState.OFFERED: BoothState.OFFERED,
    AllocationState.CONFIRMED: BoothState.ALLOCATED,
}
EXPIRING = frozenset({AllocationState.HELD, AllocationState.OFFERED})
BACK = frozenset({StepKind.UNDO, StepKind.REDO})
"""Acts that bring back an earlier state."""
KNOWN = frozenset({AllocationState.OFFERED, AllocationState.CONFIRMED})
"""States in which the exhibitor knows about the booth."""


def booth_state(state: AllocationState | None, *, opened: bool) -> BoothState:
    """The state of a booth with a live claim in ``state``, or with none."""
    if state is None or state is AllocationState.RELEASED:
        return BoothState.OPEN if opened else BoothState.CLOSED
    return SHOWN[state]


def is_over(state: AllocationState, expires_at: datetime | None, now: datetime) -> bool:
    """Whether the time of a hold or offer has run out. It then counts as released, even before that is stored."""
    return state in EXPIRING and expires_at is not None and expires_at <= now


class SnapshotJson(TypedDict):
    booth_id: int
    state: str
    expires_at: str | None
    shares: NotRequired[bool]


@dataclass(frozen=True)
class Snapshot:
    """The values of an allocation that an act can change."""

    booth_id: int
    state: AllocationState
    expires_at: datetime | None = None
    shares: bool = False
    """Whether it was put beside others in the booth."""

    def at(self, now: datetime) -> "Snapshot":
        """The same, but released if its time has run out."""
        if is_over(self.state, self.expires_at, now):
            return Snapshot(self.booth_id, AllocationState.RELEASED)
        return self

    @property
    def live(self) -> bool:
        return self.state is not AllocationState.RELEASED

    def as_json(self) -> SnapshotJson:
        expires_at = self.expires_at.astimezone(UTC).isoformat() if self.expires_at else None
        json: SnapshotJson = {"booth_id": self.booth_id, "state": self.state.value, "expires_at": expires_at}
        return {**json, "shares": True} if self.shares else json

    @classmethod
    def from_json(cls, value: SnapshotJson) -> "Snapshot":
        expires_at = datetime.fromisoformat(value["expires_at"]) if value["expires_at"] else None
        return cls(value["booth_id"], AllocationState(value["state"]), expires_at, value.get("shares", False))


class FollowedJson(TypedDict):
    id: int
    state: str


class PlaceJson(TypedDict):
    position: int | None
    wish: str


class ChangeJson(TypedDict):
    allocation_id: int
    before: SnapshotJson
    after: SnapshotJson
    application: NotRequired[FollowedJson]
    waiting: NotRequired[PlaceJson]


@dataclass(frozen=True)
class Followed:
    """The application that followed a change, and its state before."""

    application_id: int
    state: ApplicationState


@dataclass(frozen=True)
class WaitingPlace:
    """An exhibitor's place on the waiting list, with what they asked for; no position: they are not on it."""

    position: int | None
    wish: str = ""


@dataclass(frozen=True)
class Change:
    """One exhibitor's allocation, before and after. An act is a list of these; its undo exchanges before and after."""

    allocation_id: int
    exhibitor_id: int
    before: Snapshot
    after: Snapshot
    followed: Followed | None = None
    """The application that went with it; None while none has."""
    place: WaitingPlace | None = None
    """The place on the waiting list that was lost or changed with it; None when it was not."""
    undone: "Change | None" = None
    """The change that this one undoes."""

    def exchanged(self) -> "Change":
        """The change that undoes this one."""
        return Change(self.allocation_id, self.exhibitor_id, self.after, self.before, undone=self)

    def as_json(self) -> ChangeJson:
        json: ChangeJson = {
            "allocation_id": self.allocation_id,
            "before": self.before.as_json(),
            "after": self.after.as_json(),
        }
        if self.followed is not None:
            json["application"] = {"id": self.followed.application_id, "state": self.followed.state.value}
        if self.place is not None:
            json["waiting"] = {"position": self.place.position, "wish": self.place.wish}
        return json

    @classmethod
    def from_json(cls, value: ChangeJson, exhibitor_id: int) -> "Change":
        """The change as it was kept; whose the allocation is stands in the allocation."""
        told, waiting = value.get("application"), value.get("waiting")
        followed = Followed(told["id"], ApplicationState(told["state"])) if told else None
        place = WaitingPlace(waiting["position"], waiting["wish"]) if waiting else None
        before, after_ = Snapshot.from_json(value["before"]), Snapshot.from_json(value["after"])
        return cls(value["allocation_id"], exhibitor_id, before, after_, followed, place)


class News(enum.StrEnum):
    """The kinds of news that an exhibitor gets by mail."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def news(change: Change, kind: "StepKind | None") -> News | None:
    """The news that a change is to its exhibitor. ``kind`` None: the time ran out. Their own declining is no news."""
    before, after_ = change.before, change.after
    known = before.state in KNOWN
    if kind is None:
        return News.EXPIRED if before.state is AllocationState.OFFERED else None
    if after_.state is AllocationState.OFFERED and (not known or before.booth_id != after_.booth_id):
        return News.OFFERED
    if after_.state is AllocationState.CONFIRMED and before.state is not AllocationState.CONFIRMED:
        return News.ACCEPTED if kind is StepKind.ACCEPT or _was_accepted(change) else News.CONFIRMED
    if known and after_.state is AllocationState.RELEASED:
        return None if kind is StepKind.DECLINE else News.WITHDRAWN
    return News.MOVED if known and before.booth_id != after_.booth_id else None


def _was_accepted(change: Change) -> bool:
    undone = change.undone.followed if change.undone else None
    return undone is not None and undone.state is ApplicationState.ACCEPTED


def application_step(change: Change, kind: "StepKind | None", *, waits: bool) -> Step | None:
    """The step of the exhibitor's application that fits a change; ``kind`` None: the time ran out.

    An exhibitor who gives an offer back and ``waits`` on the list still wants a booth.
    """
    before, after_ = change.before.state, change.after.state
    step = None
    if before is after_:
        return step
    if after_ is AllocationState.OFFERED:
        step = Step.OFFER
    elif after_ is AllocationState.CONFIRMED:
        step = Step.ACCEPT if kind is StepKind.ACCEPT else Step.CONFIRM
    elif before is AllocationState.OFFERED and waits:
        step = Step.LAPSE
    elif before in KNOWN and kind in BACK:
        step = Step.UNDO
    elif before is AllocationState.OFFERED:
        step = Step.DECLINE if kind is StepKind.DECLINE else Step.LAPSE
    elif before is AllocationState.CONFIRMED:
        step = Step.CANCEL
    return step


class Turn(enum.StrEnum):
    """A change of an exhibitor's place on the waiting list."""

    LAST = "last"
    OFF = "off"


LEAVING = GONE | {ApplicationState.ACCEPTED, ApplicationState.CONFIRMED}


def turn(
    before: ApplicationState | None, after: ApplicationState | None, *, waits: bool, lapsed: bool = False
) -> Turn | None:
    """What a step of an exhibitor's application, or no step, means for the waiting list; None: the place stays.

    ``lapsed``: they did not answer an offer in time, so others now come first, or they leave the list.
    """
    if after is ApplicationState.WAITLISTED:
        return Turn.LAST if lapsed or not waits else None
    waits_no_more = before is ApplicationState.WAITLISTED and after is not ApplicationState.OFFERED
    return Turn.OFF if lapsed or waits_no_more or after in LEAVING else None


def is_given_back(change: Change, kind: "StepKind | None") -> bool:
    """Whether the exhibitor gave the booth back or did not answer in time, so that it is the next one's turn."""
    if kind is StepKind.DECLINE:
        return change.before.state in KNOWN
    return kind is None and change.before.state is AllocationState.OFFERED


def mark(allocation_id: int, snapshot: Snapshot) -> str:
    """The state of an allocation that a form shows and sends back: ``12.34.held.1604628000000000``."""
    moment = int(snapshot.expires_at.timestamp() * 1_000_000) if snapshot.expires_at else 0
    return f"{allocation_id}.{snapshot.booth_id}.{snapshot.state}.{moment}"


def marked_id(text: str) -> int | None:
    """The allocation's id in a mark; None when the text is not a mark."""
    number = text.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) <= len(str(LARGEST_ID))):
        return None
    return int(number) if int(number) <= LARGEST_ID else None


MOST_TENANTS = 4
"""So many exhibitors may have one booth on the same day."""
LIVE = frozenset({AllocationState.HELD, AllocationState.OFFERED, AllocationState.CONFIRMED})
ALLOWED = {
    StepKind.OFFER: frozenset({AllocationState.HELD}),
    StepKind.CONFIRM: EXPIRING,
    StepKind.RELEASE: LIVE,
    StepKind.MOVE: LIVE,
    StepKind.SWAP: LIVE,
    StepKind.ACCEPT: frozenset({AllocationState.OFFERED}),
    StepKind.DECLINE: KNOWN,
}
"""The states from which each act on an existing claim may start."""


def after(kind: StepKind, before: Snapshot, *, expires_at: datetime | None = None) -> Snapshot | None:
    """A claim after an act that does not change its booth; None when the act is not allowed in the claim's state."""
    if before.state not in ALLOWED[kind]:
        return None
    match kind:
        case StepKind.OFFER:
            return replace(before, state=AllocationState.OFFERED, expires_at=expires_at)
        case StepKind.CONFIRM | StepKind.ACCEPT:
            return replace(before, state=AllocationState.CONFIRMED, expires_at=None)
        case StepKind.RELEASE | StepKind.DECLINE:
            return Snapshot(before.booth_id, AllocationState.RELEASED)
        case _:
            return before
