"""JSON calls for visitors: slots, registering, moving, cancelling, waiting lists (DESIGN §7, docs/api.md)."""

import hashlib
import math
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from flask import Response, json, request
from flask_babel import gettext as _
from flask_openapi3.models.tag import Tag
from pydantic import AfterValidator, BaseModel, Field, RootModel
from pydantic_core import PydanticCustomError

from exhibition.core import clock
from exhibition.core.errors import Refused
from exhibition.core.extensions import limiter
from exhibition.core.i18n import choose_locale
from exhibition.core.ids import LARGEST_ID
from exhibition.core.limiting import budgets
from exhibition.core.web import api
from exhibition.core.web.senders import origin
from exhibition.venue.web.named_edition import EditionQuery, answers_of, asked
from exhibition.visitors import rules, service, slots
from exhibition.visitors.mails import messages
from exhibition.visitors.models import LARGEST_PARTY, PassState, WaitingState
from exhibition.visitors.registration import contact
from exhibition.visitors.registration.contact_days import HasPass
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rush import tickets
from exhibition.visitors.waiting import service as waiting
from exhibition.visitors.waiting.mails import place_address
from exhibition.visitors.waiting.rules import Chance
from exhibition.visitors.web import crowds
from exhibition.visitors.web.crowds import REGISTRATION_LIMIT

blueprint = api.blueprint("visitors", __name__)
TAG = Tag(name="visitors", description="Time slots and passes.")

IDEMPOTENCY_HEADER = "Idempotency-Key"
IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,80}")


def _checked(clean: Callable[[str], str | None], text: str) -> str | None:
    try:
        return clean(text)
    except contact.BadContact as error:
        raise PydanticCustomError("contact", "{sentence}", {"sentence": str(error.message)}) from error


Name = Annotated[
    str,
    Field(min_length=1, max_length=rules.LONGEST_NAME),
    AfterValidator(lambda text: _checked(contact.clean_name, text)),
]
Email = Annotated[
    str,
    Field(max_length=contact.LONGEST_EMAIL, json_schema_extra={"format": "email"}),
    AfterValidator(lambda text: _checked(contact.clean_email, text)),
]
Phone = Annotated[
    str,
    Field(max_length=contact.LONGEST_PHONE, description="Without a country code it is an Indonesian number."),
    AfterValidator(lambda text: _checked(contact.clean_phone, text)),
]
SlotId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


def _agreed(consent: bool) -> bool:
    if not consent:
        sentence = _("Without your agreement we cannot keep a place for you.")
        raise PydanticCustomError("consent", "{sentence}", {"sentence": sentence})
    return consent


Consent = Annotated[
    bool,
    Field(description="Agreement to the privacy notice at /privasi: true.", json_schema_extra={"const": True}),
    AfterValidator(_agreed),
]


class PartyBody(api.Body):
    slot_id: SlotId
    name: Name
    email: Email | None = None
    phone: Phone | None = None
    party_size: int = Field(ge=1, le=LARGEST_PARTY, description="People, the writer included.")
    consent: Consent
    locale: Literal["id", "en"] | None = Field(None, description="Language of mails; that of the request if missing.")


class RegistrationBody(PartyBody):
    ticket: str | None = Field(None, max_length=tickets.LONGEST, description="That of an answer ``in_line``.")


class WaitingBody(PartyBody):
    """As for a registration; one of ``email`` and ``phone`` is needed."""


class MoveBody(api.Body):
    slot_id: SlotId


class ManagePath(BaseModel):
    manage_key: str = Field(description="The secret in the pass page's address.")


class WaitingPath(BaseModel):
    key: str = Field(description="The secret in the address of the place in the line.")


class SlotAnswer(BaseModel):
    id: int
    starts_at: str = Field(description="UTC, ISO 8601.")
    ends_at: str
    capacity: int = Field(description="People.")
    remaining: int = Field(description="People.")
    state: rules.SlotStatus


class SlotList(RootModel[list[SlotAnswer]]):
    """Every slot of the current edition, by time."""


class PassAnswer(BaseModel):
    id: str = Field(description="16 hex digits.")
    code: str = Field(description="For typing at the gate.")
    token: str = Field(description="The text of the QR.")
    party_size: int
    state: PassState


class RegistrationAnswer(BaseModel):
    reference: str
    manage_key: str
    manage_url: str
    pass_: PassAnswer = Field(alias="pass")
    slot: SlotAnswer


class WaitingAnswer(BaseModel):
    key: str
    place_url: str
    state: WaitingState
    number: int = Field(description="1 is the next; 0 for a party that does not wait.")
    people_before: int
    chance: Chance
    party_size: int
    expires_at: str | None = Field(description="When an offer ends; UTC, ISO 8601.")
    slot: SlotAnswer


class RegistrationProblem(api.Problem):
    """``slot_full`` says how many places are left and which slots have room for the whole party."""

    model_config = api.as_problem("RegistrationProblem")

    remaining: int | None = None
    most: int | None = Field(None, description="``contact_people``: people for one contact and day.")
    next: list[SlotAnswer] | None = None


class LineProblem(api.Problem):
    """``in_line``: too many ask at once. The same call with this ticket, later, keeps the place in the line."""

    model_config = api.as_problem("LineProblem")

    ticket: str | None = None
    before: int | None = Field(None, description="Parties that are called before.")
    retry_after: int | None = Field(None, description="Seconds.")


def _json(status: int, body: Any) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def _answer(issued: Issued) -> dict[str, Any]:
    return {
        "reference": issued.reference,
        "manage_key": issued.manage_key,
        "manage_url": messages.pass_address(issued.manage_key),
        "pass": {
            "id": f"{issued.pass_id:016x}",
            "code": issued.code,
            "token": issued.token,
            "party_size": issued.party_size,
            "state": issued.state.value,
        },
        "slot": slots.as_json(issued.slot, clock.now()),
    }


def _idempotency_key() -> str | None:
    """The key of the header, digested and with a beginning of its own: it can be neither a form's nor a walk-in's."""
    key = request.headers.get(IDEMPOTENCY_HEADER)
    if key is None:
        return None
    if not IDEMPOTENCY_KEY.fullmatch(key):
        message = _("An Idempotency-Key has 1 to 80 visible ASCII characters.")
        raise Refused("invalid", message, status=422, field=IDEMPOTENCY_HEADER)
    return "client:" + hashlib.sha256(key.encode()).hexdigest()


def _place(place: waiting.Place) -> dict[str, Any]:
    offered, until = place.state is WaitingState.OFFERED, place.party.expires_at
    return {
        "key": place.party.key,
        "place_url": place_address(place.party.key),
        "state": place.state.value,
        "number": place.number,
        "people_before": place.people_before,
        "chance": place.chance.value,
        "party_size": place.party.party_size,
        "expires_at": until.isoformat() if offered and until else None,
        "slot": slots.as_json(place.slot, clock.now()),
    }


def _party(body: PartyBody) -> Party:
    return Party(
        slot_id=body.slot_id,
        name=body.name,
        email=body.email,
        phone=body.phone,
        party_size=body.party_size,
        locale=body.locale or choose_locale(),
        origin=origin(),
    )


IDEMPOTENCY_PARAMETER = {
    "name": IDEMPOTENCY_HEADER,
    "in": "header",
    "required": False,
    "description": "The same key with the same body gives the same registration, once.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,80}$"},
}


def _stand_in_line(party: Party, sealed: str | None) -> None:
    """Return when it is the party's turn. Raises Refused ``in_line`` (503), with the ticket of its place."""
    mine = tickets.read(sealed) if sealed else crowds.join(party, "")
    if mine is None and not sealed:
        return
    if mine is None or mine.party.digest() != party.digest() or crowds.is_too_old(mine):
        message = _("This ticket is for another registration, or it is over. Send the call without one.")
        raise Refused("invalid", message, status=422, field="ticket")
    before, seconds = crowds.before(mine)
    if before:
        message = _("Very many ask at this moment. Send the same again with this ticket when it is your turn.")
        wait_s = math.ceil(max(seconds, 1))
        ticket = sealed or tickets.seal(mine)
        raise Refused("in_line", message, status=503, ticket=ticket, before=before, retry_after=wait_s)


@blueprint.get("/slots", tags=[TAG], responses=answers_of(SlotList))
def list_slots(query: EditionQuery) -> Response:
    """Every time slot of the edition with its remaining places."""
    now = clock.now()
    return _json(200, [slots.as_json(slot, now) for slot in slots.of_edition(asked(query).id)])


@blueprint.post(
    "/registrations",
    tags=[TAG],
    responses={201: RegistrationAnswer, 409: RegistrationProblem, 503: LineProblem},
    openapi_extensions={"parameters": [IDEMPOTENCY_PARAMETER]},
)
@limiter.limit(REGISTRATION_LIMIT)
def register(body: RegistrationBody) -> Response:
    """Register a party and get its pass."""
    party = _party(body)
    key = _idempotency_key()
    _stand_in_line(party, body.ticket)
    budgets.take_people(party.party_size)
    budgets.take_mail(party.email)
    try:
        issued = service.register(party, idempotency_key=key)
    except HasPass as there:
        service.remind(there)
        raise
    return _json(201, _answer(issued))


@blueprint.post(
    "/registrations/<manage_key>/move",
    tags=[TAG],
    responses={200: RegistrationAnswer, 404: api.Problem, 409: RegistrationProblem, 503: api.Problem},
)
def move(path: ManagePath, body: MoveBody) -> Response:
    """Move the party to another slot; its old places are free at once, its old QR is superseded."""
    return _json(200, _answer(service.move(path.manage_key, body.slot_id)))


@blueprint.post(
    "/registrations/<manage_key>/cancel",
    tags=[TAG],
    responses={200: RegistrationAnswer, 404: api.Problem, 409: api.Problem, 503: api.Problem},
)
def cancel(path: ManagePath) -> Response:
    """Give the places back. Doing it again changes nothing."""
    return _json(200, _answer(service.cancel(path.manage_key)))


@blueprint.post("/waiting", tags=[TAG], responses={201: WaitingAnswer, 409: RegistrationProblem})
@limiter.limit(REGISTRATION_LIMIT)
def wait(body: WaitingBody) -> Response:
    """Join the waiting list of a session that is full. The same party is there once."""
    party = _party(body)
    budgets.take_people(party.party_size)
    budgets.take_mail(party.email)
    return _json(201, _place(waiting.place(waiting.join(party, seen=request.user_agent.string))))


@blueprint.get("/waiting/<key>", tags=[TAG], responses={200: WaitingAnswer, 404: api.Problem})
def waiting_place(path: WaitingPath) -> Response:
    """The place in the line, or the offer."""
    return _json(200, _place(waiting.place(path.key)))


@blueprint.post(
    "/waiting/<key>/take",
    tags=[TAG],
    responses={200: RegistrationAnswer, 404: api.Problem, 409: RegistrationProblem, 503: api.Problem},
)
def take_offer(path: WaitingPath) -> Response:
    """Take the places that are offered, and get the pass. Doing it again gives the same pass."""
    taken = waiting.place(path.key).manage_key
    if taken is not None:
        return _json(200, _answer(service.find(taken)))
    return _json(200, _answer(waiting.take(path.key)))


@blueprint.post("/waiting/<key>/leave", tags=[TAG], responses={200: WaitingAnswer, 404: api.Problem})
def leave_line(path: WaitingPath) -> Response:
    """Leave the line, or give the offer back; what is known of the person is erased. Again: the same."""
    waiting.leave(path.key)
    return _json(200, _place(waiting.place(path.key)))
