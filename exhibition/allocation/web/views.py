"""The desk's floor plan with its acts, the list of exhibitors, and the exhibitor's own desk.

Every act answers with the whole plan page: directly when refused, after a redirect when done. htmx picks the parts it
needs out of the same page (templates/allocation/plan.html).
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from exhibition.accounts.service import organizers_signed_in
from exhibition.accounts.sign_in import presence
from exhibition.accounts.web.sessions import sign_in_id
from exhibition.accounts.web.signin import actor
from exhibition.allocation import export, history, offers, service, waiting
from exhibition.allocation.arranging import rewinding
from exhibition.allocation.arranging.colours import ColouredBy, colouring
from exhibition.allocation.arranging.relations import relations
from exhibition.allocation.models import AllocationStep
from exhibition.allocation.planned import PlannedBooth
from exhibition.allocation.rules import SHOWN, StepKind
from exhibition.allocation.texts import BOOTH_STATES, WAYS, told
from exhibition.allocation.web import exhibitor_list
from exhibition.allocation.web.forms import ActForm, AnswerForm, HoldForm, MoveBoothForm, SwapForm
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files import spreadsheets
from exhibition.core.web.forms import require_valid
from exhibition.core.web.live import Topics
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications import texts as application_texts
from exhibition.exhibitors.texts import KINDS
from exhibition.exhibitors.web import acting
from exhibition.venue import service as venue
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.booth_numbers import LONGEST_CODE
from exhibition.venue.service import Hall
from exhibition.venue.web import hall_tabs
from exhibition.venue.web.hall_tabs import HallTab

blueprint = Blueprint("allocation", __name__)
exhibitor_list.register(blueprint)
COLOURS = "plan_colours"
"""The key in the session of what the colours stand for."""
HALL = "plan_hall"
"""The key in the session of the hall that was shown last."""
STEPS_SHOWN = 40
"""How many steps the history lists while no booth is chosen."""


def _matches(booth: PlannedBooth, query: str) -> bool:
    words = f"{booth.place} {booth.exhibitor} {booth.zone} {BOOTH_STATES[booth.state]}".casefold()
    return all(word in words for word in query.casefold().split())


def _way() -> ColouredBy:
    """What the colours stand for: as chosen last, also on another day."""
    text = request.args.get("colours", session.get(COLOURS, ""))
    way = ColouredBy(text) if text in list(ColouredBy) else ColouredBy.STATE
    if "colours" in request.args:
        session[COLOURS] = way.value
    return way


def _shown(hall: Hall, selected: PlannedBooth | None) -> Hall:
    """The hall on the page: the one in the address, else that of the booth, else the one shown last."""
    asked = request.args.get("hall", "")[:LONGEST_CODE]
    named = selected.hall.code if selected and selected.hall else session.get(HALL, "")
    shown = hall.only(asked or named)
    if hall.several and session.get(HALL) != shown.code:
        session[HALL] = shown.code
    return shown


def _tabs(hall: Hall, shown: Hall, booths: list[PlannedBooth], code: str) -> list[HallTab]:
    """The halls with their free booths; the chosen booth stays chosen."""
    free = Counter(booth.hall.code for booth in booths if booth.hall and booth.state == "open")
    notes = {room.code: _("%(count)s free", count=free[room.code]) for room in hall.rooms}
    return hall_tabs.tabs(
        hall, shown, lambda hall_code: url_for("allocation.plan", hall=hall_code, booth=code or None), notes
    )


def _address(exhibition: Exhibition, code: str) -> str:
    """The page with this booth chosen, in its hall."""
    hall = venue.hall_around(exhibition, service.booth_of(exhibition, code))
    return url_for("allocation.plan", hall=hall.code if hall else None, booth=code)


def _plan_page(exhibition: Exhibition, code: str, refused: Refused | None = None) -> Response:
    hall = venue.hall(exhibition)
    booths = service.plan(exhibition, hall)
    query, way = request.args.get("q", "")[:80], _way()
    selected = next((booth for booth in booths if booth.code == code), None)
    if code and selected is None:
        raise NotFound(_("There is no booth with this code."))
    shown = _shown(hall, selected)
    seen = [booth for booth in booths if shown.shows(booth.hall)]
    page = render_template(
        "allocation/plan.html",
        exhibition=exhibition,
        hall=shown,
        hall_tabs=_tabs(hall, shown, booths, code),
        booths=booths,
        listed=[booth for booth in booths if booth.state != "closed" and _matches(booth, query)],
        counts=Counter(booth.state.value for booth in seen),
        query=query,
        selected=selected,
        applied={
            claim.exhibitor_id: applications.of_exhibitor(exhibition, claim.exhibitor_id)
            for claim in (selected.claims if selected else ())
        },
        homeless=service.without_booth(exhibition),
        held_for=request.args.get("for", type=int),
        line=waiting.waiting(exhibition),
        free=[booth for booth in booths if booth.state == "open"],
        others=[(booth, claim) for booth in booths for claim in booth.claims if booth is not selected],
        steps=history.steps(exhibition, selected.id if selected else None, limit=8 if selected else STEPS_SHOWN),
        next_undo=rewinding.next_undo(exhibition),
        next_redo=rewinding.next_redo(exhibition),
        way=way,
        ways=WAYS,
        colouring=colouring(exhibition, seen, way, KINDS),
        relations=relations(exhibition, selected.claim.exhibitor_id)
        if selected and selected.claim and len(selected.claims) == 1
        else None,
        wishes={one: application.wishes for one, application in applications.speaking(exhibition).items()},
        states=BOOTH_STATES,
        shown=SHOWN,
        told=told,
        refused=refused,
        own=sign_in_id(),
    )
    answer = make_response(page, refused.status if refused else 200)
    if refused:
        answer.headers["HX-Push-Url"] = "false"  # the address of an act cannot be opened again
    return answer


def carry_out(
    exhibition: Exhibition, form: FlaskForm, code: str, act: Callable[[Exhibition], AllocationStep]
) -> ResponseReturnValue:
    """Do the act and redirect to the plan with a message that offers the undo; if refused, show the plan at once."""
    try:
        require_valid(form)
        step = act(exhibition)
    except Refused as refused:
        known = {booth.code for booth in venue.hall(exhibition).booths}
        return _plan_page(exhibition, code if code in known else "", refused)
    parts = history.parts(step)
    flash(told(step.kind, parts), f"good undo-{step.id}")
    return redirect(_address(exhibition, parts[0].target))


@blueprint.get("/desk/plan")
def plan(exhibition: Exhibition) -> ResponseReturnValue:
    """``?booth=`` selects, ``?hall=`` shows one of several halls, ``?for=`` says for which exhibitor the booth is to be
    held, ``?q=`` filters the list, ``?colours=`` says what the colours stand for.
    """
    return _plan_page(exhibition, request.args.get("booth", "")[:16])


def _pulse(exhibition: Exhibition) -> dict[str, Any]:
    """What changes with the plan, and the others who look at a booth of it now."""
    others = presence.looking(f"plan-{exhibition.id}")
    return service.pulse(exhibition) | {
        "others": [{"id": one.sign_in_id, "name": one.name, "code": one.at} for one in others]
    }


def _look(exhibition_id: int) -> dict[str, Any]:
    return _pulse(states.by_id(exhibition_id))


changes = Topics(_look, every_s=1.0, allowed=organizers_signed_in)


@blueprint.get("/desk/plan/live")
def live(exhibition: Exhibition) -> Response:
    """Server-sent events: something on the plan has changed, no matter through whom."""
    return changes.of(exhibition.id).stream(sign_in_id())


@blueprint.get("/desk/plan/pulse.json")
def poll(exhibition: Exhibition) -> Response:
    """The same for browsers and networks that cannot keep a stream open."""
    return jsonify(_pulse(exhibition))


@blueprint.post("/desk/plan/hold")
def hold(exhibition: Exhibition) -> ResponseReturnValue:
    form = HoldForm()
    code = (form.booth.data or "").strip()
    return carry_out(
        exhibition,
        form,
        code,
        lambda exhibition: service.hold(
            actor(),
            exhibition,
            code,
            form.exhibitor_id.data or 0,
            hours=form.hours.data,
            days=form.days.data or (),
            beside=form.beside.data,
        ),
    )


@blueprint.post("/desk/plan/act")
def act(exhibition: Exhibition) -> ResponseReturnValue:
    form = ActForm()
    acts = {StepKind.OFFER: service.offer, StepKind.CONFIRM: service.confirm, StepKind.RELEASE: service.release}
    return carry_out(
        exhibition,
        form,
        selected_code(),
        lambda exhibition: acts[StepKind(form.act.data or "")](actor(), exhibition, form.seen.data or ""),
    )


@blueprint.post("/desk/plan/move")
def move(exhibition: Exhibition) -> ResponseReturnValue:
    form = MoveBoothForm()
    return carry_out(
        exhibition,
        form,
        selected_code(),
        lambda exhibition: service.move(actor(), exhibition, form.seen.data or "", (form.booth.data or "").strip()),
    )


@blueprint.post("/desk/plan/swap")
def swap(exhibition: Exhibition) -> ResponseReturnValue:
    form = SwapForm()
    return carry_out(
        exhibition,
        form,
        selected_code(),
        lambda exhibition: service.swap(actor(), exhibition, form.seen.data or "", form.other.data or ""),
    )


@blueprint.post("/desk/plan/steps/<int:number>/undo")
def undo(exhibition: Exhibition, number: int) -> ResponseReturnValue:
    return carry_out(
        exhibition, FlaskForm(), selected_code(), lambda exhibition: service.undo(actor(), exhibition, number)
    )


def selected_code() -> str:
    """The booth whose panel contained the form."""
    return request.form.get("selected", "")[:16]


def _table(exhibition: Exhibition) -> spreadsheets.Table:
    booths = service.plan(exhibition)
    exhibitors = service.exhibitors_of(booths)
    return export.table(booths, exhibitors, exhibition.timezone)


def _download(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/desk/plan.csv")
def export_csv(exhibition: Exhibition) -> ResponseReturnValue:
    content = spreadsheets.as_csv(_table(exhibition))
    return _download(content, spreadsheets.CSV_TYPE, f"{exhibition.slug}-booths.csv")


@blueprint.get("/desk/plan.xlsx")
def export_xlsx(exhibition: Exhibition) -> ResponseReturnValue:
    content = spreadsheets.as_xlsx(_table(exhibition))
    return _download(content, spreadsheets.XLSX_TYPE, f"{exhibition.slug}-booths.xlsx")


def _own_page(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    exhibitor = acting.exhibitor()
    hall = venue.hall(exhibition)
    booths = service.plan(exhibition, hall)
    own = next((own for booth in booths if (own := booth.of(exhibitor.id))), None)
    there = next((booth.claims for booth in booths if own and booth.id == own.id), ())
    application = applications.of_exhibitor(exhibition, exhibitor.id)
    page = render_template(
        "allocation/own_desk.html",
        exhibitor=exhibitor,
        application=application,
        meaning=application_texts.MEANINGS[application.state] if application else "",
        exhibition=exhibition,
        hall=hall.parts([own.code])[0] if own else hall,
        booths=service.shown(exhibition, hall),
        own=own,
        beside=[one.exhibitor for one in there if one.confirmed and one.exhibitor_id != exhibitor.id],
        place=waiting.place_of(exhibition, exhibitor.id),
        steps=history.of_exhibitor(exhibition, exhibitor.id),
        told=told,
        states=BOOTH_STATES,
        refused=refused,
    )
    return page, refused.status if refused else 200


@blueprint.get("/exhibitor/booth")
def own_desk(exhibition: Exhibition) -> ResponseReturnValue:
    """The exhibitor's own booth. Nobody else's can be requested, because there is no parameter for it."""
    return _own_page(exhibition)


ANSWERED = {
    "accept": _l("Thank you, the booth is yours."),
    "decline": _l("The offer was declined."),
    "give_back": _l("You have given the booth back. Thank you for telling us in time."),
    "another": _l("You are first in line for a booth that suits you better. The organizers have read your wish."),
}


def _answer(exhibition: Exhibition, form: AnswerForm, exhibitor_id: int) -> None:
    seen = form.seen.data or ""
    match form.answer.data:
        case "accept":
            offers.accept(actor(), exhibition, exhibitor_id, seen)
        case "decline" | "give_back":
            offers.decline(actor(), exhibition, exhibitor_id, seen)
        case _:
            offers.ask_for_another(actor(), exhibition, exhibitor_id, seen, form.wish.data or "")


@blueprint.post("/exhibitor/answer")
def answer(exhibition: Exhibition) -> ResponseReturnValue:
    """Accept the offered booth, decline it, or ask for another."""
    exhibitor = acting.exhibitor()
    form = AnswerForm()
    try:
        require_valid(form)
        _answer(exhibition, form, exhibitor.id)
    except NotFound:
        raise
    except Refused as refused:
        return _own_page(exhibition, refused)
    flash(str(ANSWERED[form.answer.data or ""]), "good")
    return redirect(url_for("allocation.own_desk"))
