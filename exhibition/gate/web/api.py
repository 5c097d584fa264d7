"""The JSON calls of devices: enrolment, scans, occupancy (docs/api.md)."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal, Self

from flask import Response, jsonify
from flask_babel import gettext as _
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field, model_validator

from exhibition.core.errors import Refused
from exhibition.core.extensions import limiter
from exhibition.core.web import api
from exhibition.gate import devices
from exhibition.gate.occupancy import counters
from exhibition.gate.offline import batch, batch_facts
from exhibition.gate.offline import bundle as bundles
from exhibition.gate.rules.admission import Checked, ConflictKind, Direction, ScanCode, Verdict
from exhibition.gate.scan import misses, overrides, rehearsal, service
from exhibition.gate.steward import undo
from exhibition.gate.web.bearer import DEVICE, DeviceGate, SlotWindow, check_device, device_token
from exhibition.gate.web.bundle_models import (
    Bundle,
    BundleQuery,
    DeviceTime,
    EnrolledDevice,
    HallCount,
    PassCounts,
    ScannedBadge,
)
from exhibition.visitors.models import LARGEST_PARTY

ENROLMENT_LIMIT = "10 per minute; 60 per hour"
"""Wrong guesses from one address; enrolments that succeed do not count."""

blueprint = api.blueprint(
    "gate",
    __name__,
    caller=check_device,
    abp_tags=[Tag(name="gate", description="Calls of devices at the gates.")],
)


class Enrolment(api.Body):
    enrolment_code: str = Field(min_length=1, max_length=40)
    device_name: str = Field(min_length=1, max_length=80)


class Enrolled(BaseModel):
    device_token: str = Field(description="Send it as `Authorization: Bearer …`; it is told only here.")
    device: EnrolledDevice
    gate: DeviceGate


class OverrideBody(api.Body):
    pin: str = Field(min_length=1, max_length=40, description="The supervisor's own.")
    reason: str = Field(min_length=1, max_length=overrides.LONGEST_REASON)


MaskSeen = Literal["worn", "missing"]
ScreeningAnswer = Literal["passed", "failed"]


def _checked(mask: MaskSeen | None, screening: ScreeningAnswer | None) -> Checked:
    return Checked(
        mask_worn=None if mask is None else mask == "worn",
        screening_passed=None if screening is None else screening == "passed",
    )


class ScanBody(api.Body):
    """Exactly one of ``token`` and ``code``."""

    nonce: str = Field(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$", description="New for each attempt.")
    token: str | None = Field(None, max_length=4300, description="The text of the QR.")
    code: str | None = Field(None, max_length=64, description="The short code, typed.")
    direction: Literal["entry", "exit"]
    people: int | None = Field(None, ge=1, le=LARGEST_PARTY, description="Left out: everybody who is left.")
    mask: MaskSeen | None = Field(None, description="`missing`: somebody of the party wears none.")
    screening: ScreeningAnswer | None = Field(None, description="`failed`: by the edition's question.")
    scanned_at: DeviceTime | None = Field(None, description="The device's clock, with its zone.")
    override: OverrideBody | None = Field(None, description="A supervisor's word against a refusal; entries only.")


class EarlierEntry(BaseModel):
    gate: str = Field(description="The gate's code.")
    gate_name: str
    at: datetime


class Overruling(BaseModel):
    codes: list[ScanCode] = Field(description="The refusals that were set aside.")
    by: str


class ScanAnswer(BaseModel):
    scan_id: int
    rehearsal: bool | None = Field(None, description="Only for a test pass: nobody moved and nothing was kept.")
    verdict: Verdict
    code: ScanCode
    people: int = Field(description="How many people moved; 0 for a refusal.")
    pass_: PassCounts | None = Field(alias="pass", description="null where no pass of this fair was named.")
    slot: SlotWindow | None
    occupancy: HallCount
    badge: ScannedBadge | None = Field(None, description="Only for a badge of an exhibitor's staff.")
    earlier: EarlierEntry | None = Field(None, description="With `already_used` and `repeat_scan`.")
    left_at: datetime | None = Field(
        None, description="When somebody of the pass went out last; only while somebody who was in is out."
    )
    returned: int | None = Field(None, description="Of `people`, those who come back; only where there are any.")
    reopens_at: datetime | None = Field(None, description="With `slot_closed` during a disinfection round.")
    conflict: ConflictKind | None = Field(None, description="Only where the device had decided by itself before.")
    override: Overruling | None = Field(None, description="Only where a supervisor's word was needed.")
    server_at: datetime


class UndoBody(api.Body):
    nonce: str = Field(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$", description="New for each undo.")
    undoes: str = Field(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$", description="The last scan's nonce.")


class UndoAnswer(BaseModel):
    scan_id: int = Field(description="The new scan that takes the other one back.")
    verdict: Verdict
    code: ScanCode
    people: int = Field(description="People who no longer count as moved.")
    pass_: PassCounts | None = Field(alias="pass")
    slot: SlotWindow | None
    occupancy: HallCount
    undoes: str
    server_at: datetime


class OfflineScanBody(api.Body):
    """Exactly one of ``token`` and ``short_code``. ``code`` is the reason, as in an answer."""

    nonce: str = Field(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$", description="As it was tried online.")
    token: str | None = Field(None, max_length=4300, description="The text of the QR.")
    short_code: str | None = Field(None, max_length=64, description="The short code, typed.")
    direction: Literal["entry", "exit"]
    people: int = Field(0, ge=0, le=LARGEST_PARTY, description="How many moved; 0 for a refusal.")
    mask: MaskSeen | None = Field(None, description="As in a scan; the reason says the same.")
    screening: ScreeningAnswer | None = Field(None, description="As in a scan; the reason says the same.")
    scanned_at: DeviceTime = Field(description="The device's clock at the scan, with its zone.")
    offline: Literal[True]
    verdict: Literal["accepted", "refused"]
    code: Literal[tuple(code.value for code in ScanCode)] = Field(  # pyright: ignore[reportInvalidTypeForm] from the enum
        description="The reason that the device gave."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.token is None) == (self.short_code is None):
            raise ValueError("send either token or short_code, one of the two")
        if (self.verdict == Verdict.ACCEPTED) != (self.code == ScanCode.ACCEPTED):
            raise ValueError("verdict and code do not fit together")
        if (self.verdict == Verdict.ACCEPTED) != (self.people > 0):
            raise ValueError("people is at least 1 when accepted and 0 when refused")
        return self


class BatchBody(api.Body):
    scans: list[OfflineScanBody] = Field(max_length=batch.LARGEST_BATCH, description="Oldest first.")
    sent_at: DeviceTime | None = Field(
        None, description="The device's clock now; what it is off is taken off its times."
    )


class BatchResult(BaseModel):
    nonce: str
    scan_id: int
    recorded: Literal[True]
    conflict: ConflictKind | None


class BatchAnswer(BaseModel):
    results: list[BatchResult] = Field(description="In the order of the scans.")


class GateMovements(BaseModel):
    code: str
    name: str
    entered: int = Field(description="People, today.")
    left: int = Field(description="People, today.")


class Occupancy(BaseModel):
    inside: int
    capacity: int
    presumed_left: int = Field(description="Those of `inside` who stay longer than the edition expects; 0 without.")
    gates: list[GateMovements]


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


@blueprint.post(
    "/gate/scans",
    responses={"200": ScanAnswer, "401": api.Problem, "403": api.Problem, "503": api.Problem},
    security=DEVICE,
)
def scan(body: ScanBody) -> dict[str, Any]:
    """Decide one scan. A nonce that was sent before gets the same answer again.

    A typed code that is nobody's is answered with 429 when there were too many of them.
    """
    if (body.token is None) == (body.code is None):
        api.check_caller()
        raise Refused("invalid", _("Send either token or code, one of the two."), status=422, field="token")
    if body.token is not None and rehearsal.is_test(body.token):
        return rehearsal.answer(device_token(), body.token, Direction(body.direction), body.people)
    supervision = None
    if body.override is not None:
        if body.direction != Direction.ENTRY:
            api.check_caller()
            raise Refused("invalid", _("Only an entry can be overruled."), status=422, field="override")
        supervision = overrides.authorise(device_token(), body.override.pin, body.override.reason)
    wanted = service.ScanRequest(
        nonce=body.nonce,
        token=body.token,
        code=body.code,
        direction=Direction(body.direction),
        people=body.people,
        checked=_checked(body.mask, body.screening),
        device_at=body.scanned_at,
        supervision=supervision,
    )
    answer = service.scan(device_token(), wanted)
    if body.code is not None and answer["code"] == ScanCode.UNKNOWN:
        misses.count_miss(device_token())
    return answer


@blueprint.post(
    "/gate/scans/batch", responses={"200": BatchAnswer, "401": api.Problem, "503": api.Problem}, security=DEVICE
)
def scan_batch(body: BatchBody) -> dict[str, Any]:
    """Record the decisions that the device made by itself. Any part of a batch may be sent again."""
    scans = [
        batch_facts.OfflineScan(
            nonce=scan.nonce,
            token=scan.token,
            short_code=scan.short_code,
            direction=Direction(scan.direction),
            people=scan.people,
            device_at=scan.scanned_at,
            verdict=Verdict(scan.verdict),
            code=ScanCode(scan.code),
            checked=_checked(scan.mask, scan.screening),
        )
        for scan in body.scans
    ]
    return {"results": batch.record_batch(device_token(), scans, body.sent_at)}


@blueprint.post(
    "/gate/scans/undo",
    responses={"200": UndoAnswer, "401": api.Problem, "409": api.Problem, "503": api.Problem},
    security=DEVICE,
)
def undo_scan(body: UndoBody) -> dict[str, Any]:
    """Undo the last scan of this device within five minutes, by a new scan."""
    return undo.undo(device_token(), body.nonce, body.undoes)


@blueprint.get("/gate/bundle", responses={"200": Bundle, "401": api.Problem, "503": api.Problem}, security=DEVICE)
def bundle(query: BundleQuery) -> dict[str, Any]:
    """Everything the device needs to decide without the server, signed; with `since` only passes changed since that
    version.
    """
    return bundles.for_device(
        device_token(),
        query.since,
        bundles.DeviceReport(query.unsent, query.app, query.clock, query.battery, query.charging),
    )


@blueprint.get("/gate/occupancy", responses={"200": Occupancy, "401": api.Problem}, security=DEVICE)
def occupancy() -> Response:
    """People inside now, how many may be, and today's movements at each gate."""
    device = devices.authenticate(device_token())
    devices.note_contact(device)
    count = counters.occupancy(device.exhibition_id, device.timezone)
    movements = [GateMovements(code=g.code, name=g.name, entered=g.entered, left=g.left) for g in count.gates]
    answer = Occupancy(inside=count.inside, capacity=count.capacity, presumed_left=count.presumed_left, gates=movements)
    return jsonify(answer.model_dump())
