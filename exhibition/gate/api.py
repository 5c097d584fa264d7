"""The JSON calls of devices: enrolment, scans, occupancy (docs/api.md)."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from flask import Response, jsonify, request
from flask_babel import gettext as _
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from exhibition.core import api
from exhibition.core.errors import Refused
from exhibition.core.extensions import limiter
from exhibition.gate import counters, devices, service
from exhibition.gate.rules import Direction, ScanCode, Verdict
from exhibition.visitors.models import LARGEST_PARTY

ENROLMENT_LIMIT = "10 per minute; 60 per hour"
"""Wrong guesses from one address; enrolments that succeed do not count."""
FIRST_YEAR, LAST_YEAR = 2000, 2200

blueprint = api.blueprint("gate", __name__, abp_tags=[Tag(name="gate", description="Calls of devices at the gates.")])
DEVICE = [{"device": []}]


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


class Enrolment(api.Body):
    enrolment_code: str = Field(min_length=1, max_length=40)
    device_name: str = Field(min_length=1, max_length=80)


class EnrolledDevice(BaseModel):
    id: int
    name: str


class DeviceGate(BaseModel):
    code: str
    name: str


class Enrolled(BaseModel):
    device_token: str = Field(description="Send it as `Authorization: Bearer …`; it is told only here.")
    device: EnrolledDevice
    gate: DeviceGate


class ScanBody(api.Body):
    """Exactly one of ``token`` and ``code``."""

    nonce: str = Field(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$", description="New for each attempt.")
    token: str | None = Field(None, max_length=4300, description="The text of the QR.")
    code: str | None = Field(None, max_length=64, description="The short code, typed.")
    direction: Literal["entry", "exit"]
    people: int | None = Field(None, ge=1, le=LARGEST_PARTY, description="Left out: everybody who is left.")
    screening: Literal["passed", "failed"] | None = Field(
        None, description="`failed`: no mask, or fails the screening."
    )
    scanned_at: DeviceTime | None = Field(None, description="The device's clock, with its zone.")


class PassCounts(BaseModel):
    party_size: int
    inside: int
    admitted: int


class SlotWindow(BaseModel):
    starts_at: datetime
    ends_at: datetime


class HallCount(BaseModel):
    inside: int
    capacity: int


class EarlierEntry(BaseModel):
    gate: str = Field(description="The gate's code.")
    gate_name: str
    at: datetime


class ScanAnswer(BaseModel):
    scan_id: int
    verdict: Verdict
    code: ScanCode
    people: int = Field(description="How many people moved; 0 for a refusal.")
    pass_: PassCounts | None = Field(alias="pass", description="null where no pass of this fair was named.")
    slot: SlotWindow | None
    occupancy: HallCount
    earlier: EarlierEntry | None = Field(None, description="With `already_used` and `repeat_scan`.")
    server_at: datetime


class GateMovements(BaseModel):
    code: str
    name: str
    entered: int = Field(description="People, today.")
    left: int = Field(description="People, today.")


class Occupancy(BaseModel):
    inside: int
    capacity: int
    gates: list[GateMovements]


def device_token() -> str:
    """The secret of ``Authorization: Bearer …``; the access table has seen to it that there is one."""
    return request.headers["Authorization"].removeprefix("Bearer ").strip()


@blueprint.post("/gate/enrol", responses={"201": Enrolled, "401": api.Problem})
@limiter.limit(ENROLMENT_LIMIT, deduct_when=lambda response: response.status_code != HTTPStatus.CREATED)
def enrol(body: Enrolment) -> tuple[Response, int]:
    """Make this phone a device of a gate, with a one-time code."""
    secret, device, gate = devices.enrol(body.enrolment_code, body.device_name)
    answer = Enrolled(
        device_token=secret,
        device=EnrolledDevice(id=device.id, name=device.name),
        gate=DeviceGate(code=gate.code, name=gate.name),
    )
    return jsonify(answer.model_dump()), HTTPStatus.CREATED


@blueprint.post("/gate/scans", responses={"200": ScanAnswer, "401": api.Problem, "503": api.Problem}, security=DEVICE)
def scan(body: ScanBody) -> dict[str, Any]:
    """Decide one scan. A nonce that was sent before gets the answer it got then."""
    if (body.token is None) == (body.code is None):
        raise Refused("invalid", _("Send either token or code, one of the two."), status=422, field="token")
    wanted = service.ScanRequest(
        nonce=body.nonce,
        token=body.token,
        code=body.code,
        direction=Direction(body.direction),
        people=body.people,
        screening_failed=body.screening == "failed",
        device_at=body.scanned_at,
    )
    return service.scan(device_token(), wanted)


@blueprint.get("/gate/occupancy", responses={"200": Occupancy, "401": api.Problem}, security=DEVICE)
def occupancy() -> Response:
    """People inside now, how many may be, and today's movements at each gate."""
    device = devices.authenticate(device_token())
    devices.note_contact(device)
    count = counters.occupancy(device.exhibition_id, device.timezone)
    movements = [GateMovements(code=g.code, name=g.name, entered=g.entered, left=g.left) for g in count.gates]
    answer = Occupancy(inside=count.inside, capacity=count.capacity, gates=movements)
    return jsonify(answer.model_dump())
