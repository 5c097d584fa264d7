"""What devices read to decide by themselves, as models of the JSON calls; with the shapes that other calls share."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from exhibition.gate.offline import bundle as bundles
from exhibition.gate.web.bearer import DeviceGate
from exhibition.venue.rules.edition import Reentry
from exhibition.visitors.models import PassState

FIRST_YEAR, LAST_YEAR = 2000, 2200


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("write a text like 2026-11-06T10:05:00+07:00")  # noqa: TRY004 pydantic catches ValueError
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or not FIRST_YEAR < moment.year < LAST_YEAR:
        raise ValueError("give the time zone, and a year of this century")
    return moment.astimezone(UTC)


DeviceTime = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-06T10:05:00+07:00"]}),
]


class EnrolledDevice(BaseModel):
    id: int
    name: str


class PassCounts(BaseModel):
    party_size: int
    inside: int
    admitted: int


class HallCount(BaseModel):
    inside: int
    capacity: int


class ScannedBadge(BaseModel):
    exhibitor: str
    booth: str | None = Field(description="null while the exhibitor has no confirmed booth.")


class BundleQuery(BaseModel):
    since: int | None = Field(None, ge=0, le=bundles.LARGEST_VERSION, description="The version that the device has.")
    unsent: int | None = Field(None, ge=0, le=1_000_000, description="Scans that wait in the device.")
    app: str | None = Field(None, max_length=40, pattern=r"^[\x20-\x7e]+$", description="The scanner's version.")
    battery: int | None = Field(None, ge=0, le=100, description="Of the device, in percent.")
    charging: bool | None = Field(None, description="Whether the battery is charged now.")
    clock: DeviceTime | None = Field(None, description="The device's clock now: tells how far it is off.")


class BundleExhibition(BaseModel):
    id: int
    slug: str
    timezone: str
    early_minutes: int
    late_minutes: int
    reentry: Reentry = Field(description="Whether who has left may come in again.")
    offline_after_ms: int
    amber_minutes: int
    red_minutes: int
    mask_required: bool = Field(description="Stewards look for masks, and a scan tells `mask`.")
    screening_question: str = Field(
        description="Stewards ask it, and a scan tells `screening`; empty: nothing is asked."
    )
    badges_from: datetime
    badges_until: datetime


class PublicKey(BaseModel):
    id: int
    public_key: str = Field(description="32 bytes in hex.")


class BundleSlot(BaseModel):
    number: int
    starts_at: datetime
    ends_at: datetime
    closed: bool


class BundlePass(BaseModel):
    """A pass that differs from its token, or any badge."""

    id: str = Field(description="16 hex digits.")
    generation: int
    state: PassState
    admitted: int
    inside: int
    slot: int
    party_size: int
    code: str
    left_at: datetime | None = Field(None, description="When somebody of it went out last.")
    moved_at: datetime | None = Field(None, description="Of a badge: its last entry or exit.")
    badge: ScannedBadge | None = Field(None, description="Only for a badge of an exhibitor's staff.")


class BundleRound(BaseModel):
    starts_at: datetime
    ends_at: datetime


class LaterAllotment(BaseModel):
    starts_at: datetime
    capacity: int = Field(description="People who may be inside from then on.")
    places: int


class Allotment(BaseModel):
    places: int
    later: list[LaterAllotment] = Field(description="What it is from each coming change of the cap on.")


class Bundle(BaseModel):
    version: int
    since: int | None
    server_time: datetime
    exhibition: BundleExhibition
    device: EnrolledDevice
    gate: DeviceGate
    keys: list[PublicKey]
    slots: list[BundleSlot]
    rounds: list[BundleRound] = Field(description="Disinfection: nobody enters meanwhile.")
    passes: list[BundlePass] = Field(description="Only what differs from what a sound token says by itself.")
    allotment: Allotment
    occupancy: HallCount
    signature: str = Field(description="Ed25519 in hex over `exhibition-bundle-v1`, a zero byte and canonical JSON.")
