"""A steward's JSON calls besides the scan: walk-ins, lost phones, the gate of the device."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, url_for
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from exhibition.core.i18n import current_locale
from exhibition.core.web import api
from exhibition.gate import devices
from exhibition.gate.rules.admission import Direction
from exhibition.gate.scan import overrides
from exhibition.gate.steward import corrections, lost_phone, walkins
from exhibition.gate.web.bearer import DEVICE, DeviceGate, SlotWindow, check_device, device_token
from exhibition.gate.web.bundle_models import HallCount, PassCounts
from exhibition.visitors.models import LARGEST_PARTY
from exhibition.visitors.web.api import Name, PassAnswer, RegistrationProblem

LARGEST_ID = 2**31 - 1

blueprint = api.blueprint(
    "steward",
    __name__,
    caller=check_device,
    abp_tags=[Tag(name="steward", description="Calls of stewards beside the scan.")],
)


class Gates(BaseModel):
    gates: list[DeviceGate] = Field(description="By code.")


class DeviceChange(api.Body):
    gate: str = Field(
        min_length=1, max_length=8, pattern=r"^[\x20-\x7e]+$", description="The code of the gate where it stands now."
    )


class ChangedDevice(BaseModel):
    gate: DeviceGate


class WalkInBody(api.Body):
    nonce: str = Field(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$", description="New for each walk-in.")
    party_size: int = Field(ge=1, le=LARGEST_PARTY, description="People.")
    name: Name | None = Field(None, description="Needed only where the edition asks for it.")


class WalkInAnswer(BaseModel):
    reference: str
    pass_: PassAnswer = Field(alias="pass")
    slot: SlotWindow
    qr_url: str = Field(description="The QR as a picture, on the same host.")


class SearchBody(api.Body):
    words: str = Field(
        min_length=1, max_length=80, description="Four last digits of the phone, or three letters of the name."
    )


class FoundPass(BaseModel):
    name: str = Field(description="First name and initials.")
    party_size: int
    admitted: int = Field(description="People let in so far, each once.")
    inside: int = Field(description="People of it who are inside now.")
    left_at: datetime | None = Field(description="When somebody of it went out last; null while nobody has.")
    starts_at: datetime
    ends_at: datetime
    code: str = Field(description="The short code, to scan the pass with.")


class FoundPasses(BaseModel):
    passes: list[FoundPass] = Field(description="At most ten, by time.")


class MovementAtGate(BaseModel):
    scan_id: int
    at: datetime
    direction: Direction
    people: int
    code: str | None = Field(description="The short code; null where people were let in on something unknown.")
    party_size: int | None


class MovementsAtGate(BaseModel):
    movements: list[MovementAtGate] = Field(description="Newest first, at most thirty of today, at the device's gate.")


class CorrectionBody(api.Body):
    nonce: str = Field(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$", description="New for each correction.")
    scan_id: int = Field(ge=1, le=LARGEST_ID, description="The movement that is wrong.")
    people: int = Field(ge=0, le=LARGEST_PARTY, description="How many it were; 0: nobody.")
    pin: str = Field(min_length=1, max_length=40, description="The supervisor's own.")
    reason: str = Field(min_length=1, max_length=overrides.LONGEST_REASON)


class CorrectionAnswer(BaseModel):
    scan_id: int = Field(description="The new scan that takes the wrong one back.")
    corrects: int
    people: int
    pass_: PassCounts | None = Field(alias="pass")
    occupancy: HallCount
    server_at: datetime


class NearBody(api.Body):
    code: str = Field(min_length=1, max_length=64, description="A typed short code that is nobody's.")


@blueprint.get("/gate/gates", responses={"200": Gates, "401": api.Problem}, security=DEVICE)
def gates() -> dict[str, Any]:
    """The gates among which the device may choose."""
    found = devices.gates_to_choose(device_token())
    return Gates(gates=[DeviceGate(code=gate.code, name=gate.name) for gate in found]).model_dump()


@blueprint.post("/gate/device", responses={"200": ChangedDevice, "401": api.Problem}, security=DEVICE)
def change_device(body: DeviceChange) -> dict[str, Any]:
    """Put this device at another gate."""
    gate = devices.change_gate(device_token(), body.gate)
    return ChangedDevice(gate=DeviceGate(code=gate.code, name=gate.name)).model_dump()


@blueprint.post(
    "/gate/walk-ins",
    responses={"201": WalkInAnswer, "401": api.Problem, "409": RegistrationProblem, "503": api.Problem},
    security=DEVICE,
)
def walk_in(body: WalkInBody) -> tuple[Response, int]:
    """Give free places of the running slot to people without a pass. The same nonce makes one pass."""
    issued = walkins.register(device_token(), body.nonce, body.party_size, body.name or "", current_locale())
    answer = {
        "reference": issued.reference,
        "pass": {
            "id": f"{issued.pass_id:016x}",
            "code": issued.code,
            "token": issued.token,
            "party_size": issued.party_size,
            "state": issued.state.value,
        },
        "slot": {"starts_at": issued.slot.starts_at.isoformat(), "ends_at": issued.slot.ends_at.isoformat()},
        "qr_url": url_for("visitors.picture", manage_key=issued.manage_key),
    }
    return jsonify(answer), HTTPStatus.CREATED


@blueprint.post("/gate/passes/search", responses={"200": FoundPasses, "401": api.Problem}, security=DEVICE)
def find_passes(body: SearchBody) -> dict[str, Any]:
    """Find today's pass of somebody who has lost their phone. Each search is recorded in the audit trail."""
    return FoundPasses.model_validate(
        {"passes": lost_phone.search(device_token(), body.words)}, from_attributes=True
    ).model_dump(mode="json")


@blueprint.post("/gate/passes/near", responses={"200": FoundPasses, "401": api.Problem}, security=DEVICE)
def near_passes(body: NearBody) -> dict[str, Any]:
    """Find today's passes whose short code differs from the typed one in exactly one letter; recorded as a search."""
    return FoundPasses.model_validate(
        {"passes": lost_phone.near(device_token(), body.code)}, from_attributes=True
    ).model_dump(mode="json")


@blueprint.get("/gate/movements", responses={"200": MovementsAtGate, "401": api.Problem}, security=DEVICE)
def movements() -> dict[str, Any]:
    """Today's last movements at the device's gate, for a supervisor to correct one."""
    return MovementsAtGate.model_validate(
        {"movements": corrections.recent(device_token())}, from_attributes=True
    ).model_dump(mode="json")


@blueprint.post(
    "/gate/scans/correct",
    responses={
        "200": CorrectionAnswer,
        "401": api.Problem,
        "403": api.Problem,
        "404": api.Problem,
        "409": api.Problem,
        "503": api.Problem,
    },
    security=DEVICE,
)
def correct(body: CorrectionBody) -> dict[str, Any]:
    """Correct an earlier movement of the fair on a supervisor's word, by new scans."""
    return corrections.at_gate(device_token(), body.nonce, body.scan_id, body.people, body.pin, body.reason)
