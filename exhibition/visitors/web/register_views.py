"""Pages for registering: the form, what is said when there is a pass already, and another session on the same day."""

import hashlib
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.core import clock
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import csrf, limiter
from exhibition.core.limiting import budgets
from exhibition.core.web import cache
from exhibition.core.web.forms import show_refusal
from exhibition.venue import rounds
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.venue.web import named_edition
from exhibition.venue.web.named_edition import for_everybody
from exhibition.visitors import service, slots
from exhibition.visitors.models import PassState
from exhibition.visitors.registration.contact_days import HasPass
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rush import tickets
from exhibition.visitors.rush.tickets import Ticket
from exhibition.visitors.web import crowds, fair_texts, own_passes
from exhibition.visitors.web.crowds import REGISTRATION_LIMIT
from exhibition.visitors.web.forms import ID_DIGITS, PlacesForm, RegistrationForm
from exhibition.visitors.web.pass_page import sessions_named
from exhibition.visitors.web.session_lists import session_days

SENT_TWICE_WITHIN = timedelta(minutes=10)
"""So long the same details from the same network and browser are the same registration, for browsers without cookies
and for clicks in quick succession.
"""

WITHOUT_TOKEN = {"csrf": False}
"""So that the page of the form is the same for everybody: nothing is done in the name of whoever is signed in, and what
comes from another site is refused (``core.web.origins``).
"""

SOONEST_S, LATEST_S = 3, 30
"""Between two looks at the line, by the same page."""


def register_routes(blueprint: Blueprint) -> None:
    """Add these addresses to the visitors' blueprint."""
    limited = limiter.limit(REGISTRATION_LIMIT, methods=["POST"])
    csrf.exempt(register)
    both = ["GET", "POST"]
    blueprint.add_url_rule("/daftar", view_func=limited(register), methods=both)
    blueprint.add_url_rule("/antrean/<ticket>", view_func=stand_in_line)
    blueprint.add_url_rule("/p/<manage_key>/lagi", view_func=limited(another_session), methods=both)


def days(exhibition: Exhibition) -> list[slots.DaySlots]:
    """The sessions of the edition by day."""
    return slots.by_day(slots.of_edition(exhibition.id), exhibition.timezone)


def shows_registration(exhibition: Exhibition) -> bool:
    """Whether one can register; also for a draft, so that organizers see what will be."""
    if not exhibition.online_registration:
        return False
    return exhibition.state is EditionState.DRAFT or choice.takes_visitors(exhibition)


def _form_key(party: Party) -> str:
    """The idempotency key of a form: the same details, from the same network and browser."""
    said = f"{party.digest()}\n{party.origin}\n{request.user_agent.string}"
    return "form:" + hashlib.sha256(said.encode(errors="replace")).hexdigest()


def _to_pass(issued: Issued) -> ResponseReturnValue:
    return redirect(url_for(".pass_page", manage_key=issued.manage_key), 303)


def _sent_before(party: Party) -> Issued | None:
    """The valid pass that this browser has got for the same party."""
    key = own_passes.of_same(party)
    if key is None:
        return None
    try:
        issued = service.find(key)
    except NotFound:
        return None
    return issued if issued.state is PassState.VALID else None


def _take(party: Party, *, ticket: Ticket | None = None, knows: str | None = None) -> ResponseReturnValue:
    """Register the party and lead to its pass, or to the one that this browser has got for it before. ``ticket`` is
    that of the line in which the form has waited.
    """
    if issued := _sent_before(party):
        flash(_("You have this pass already; no second one was made."), "good")
        return _to_pass(issued)
    budgets.take_people(party.party_size)
    budgets.take_mail(party.email)
    issued = service.register(
        party,
        idempotency_key=ticket.key if ticket else _form_key(party),
        lasting=SENT_TWICE_WITHIN,
        asked_at=ticket.asked_at if ticket else None,
        knows=knows,
    )
    own_passes.keep(party, issued)
    return _to_pass(issued)


def register(edition: str) -> ResponseReturnValue:
    """Register a party and redirect to its pass. The empty form is the same bytes for everybody, kept for a moment."""
    if request.method != "POST":
        chosen = _chosen_session()
        return cache.page(lambda: _empty_form(for_everybody(edition), chosen), chosen)
    exhibition, form = for_everybody(edition), RegistrationForm(meta=WITHOUT_TOKEN)
    if not form.validate():
        return _filled_form(exhibition, form), 422
    party = form.registered()
    ticket = crowds.join(party, _form_key(party))
    if ticket is not None:
        return redirect(url_for(".stand_in_line", ticket=tickets.seal(ticket)), 303)
    return _answer(exhibition, form, party)


def _answer(
    exhibition: Exhibition, form: RegistrationForm, party: Party, ticket: Ticket | None = None
) -> ResponseReturnValue:
    """The pass for the party of the form; or the form again, with what is in the way."""
    try:
        return _take(party, ticket=ticket)
    except HasPass as there:
        return _has_pass(exhibition, there)
    except Refused as refused:
        show_refusal(form, refused)
        return _filled_form(exhibition, form, refused), refused.status


def stand_in_line(exhibition: Exhibition, ticket: str) -> ResponseReturnValue:
    """Where a party stands in the line; once it is called, the answer to the form that it sent.

    The page asks again by itself, without a script. That it then registers although it was only asked for is no
    danger: who has the ticket has sent the form, and however often it is asked for, there is one pass.
    """
    mine = tickets.read(ticket)
    if mine is None:
        raise NotFound
    party = mine.party
    before, seconds = crowds.before(mine)
    if not before:
        said = {name: getattr(party, name) for name in ("slot_id", "name", "email", "phone", "party_size")}
        texts = {name: "" if value is None else str(value) for name, value in said.items()}
        form = RegistrationForm(None, consent=True, meta=WITHOUT_TOKEN, **texts)
        if crowds.is_too_old(mine):
            form.slot_id.errors = [_("Your turn came long ago and is over. Send the form again.")]
            return _filled_form(exhibition, form), HTTPStatus.CONFLICT
        return _answer(exhibition, form, party, mine)
    answer = make_response(
        render_template("visitors/line.html", exhibition=exhibition, before=before, seconds=seconds, ticket=ticket)
    )
    # The header, as programs for the blind take it for what it is; a page that reloads by an element is a fault there.
    answer.headers["Refresh"] = str(round(min(max(seconds, SOONEST_S), LATEST_S)))
    return answer


def _chosen_session() -> str:
    """What the address says of the session to choose; empty when that can be no session's number."""
    chosen = request.args.get("slot_id", "")
    return chosen if chosen.isascii() and chosen.isdigit() and len(chosen) <= ID_DIGITS else ""


def _empty_form(exhibition: Exhibition, chosen: str) -> str:
    return _filled_form(exhibition, RegistrationForm(None, slot_id=chosen, party_size="1", meta=WITHOUT_TOKEN))


def _filled_form(exhibition: Exhibition, form: RegistrationForm, refused: Refused | None = None) -> str:
    now, shown = clock.now(), shows_registration(exhibition)
    sessions = days(exhibition) if shown else []
    return render_template(
        "visitors/register.html",
        exhibition=exhibition,
        takes_visitors=shown,
        form=form,
        free_next=sessions_named(exhibition, refused) if refused else [],
        full=form.slot_id.data if refused and refused.code == "slot_full" else "",
        session_days=session_days(sessions, now, chosen=form.slot_id.data),
        offer=fair_texts.offered(exhibition, sessions, rounds.by_day(exhibition), now),
        now=now,
        retention_days=exhibition.retention_days,
    )


def _has_pass(exhibition: Exhibition, there: HasPass) -> ResponseReturnValue:
    """Lead the browser that has got it to the pass; all others read that it is sent to whom it belongs."""
    if own_passes.has(there.held.manage_key):
        flash(_("You have a pass for this day already; no second one was made."), "good")
        return redirect(url_for(".another_session", manage_key=there.held.manage_key), 303)
    service.remind(there)
    return render_template("visitors/has_pass.html", exhibition=exhibition, refused=there), there.status


def another_session(manage_key: str) -> ResponseReturnValue:
    """Somebody who has a pass takes places in another session, also on the same day."""
    issued = service.find(manage_key)
    exhibition, person = service.exhibition(issued), service.contact(issued.registration_id)
    named_edition.speak_of(exhibition)
    if person is None or issued.state is not PassState.VALID or not shows_registration(exhibition):
        return current_app.make_response(_to_pass(issued))
    now, status = clock.now(), 200
    form = PlacesForm(party_size=str(issued.party_size))
    others = [slot for slot in slots.of_edition(exhibition.id) if slot.id != issued.slot.id]
    if form.validate_on_submit():
        party = form.party(person.name, person.email, person.phone)
        try:
            return _take(party, knows=manage_key)
        except HasPass as there:
            return _has_pass(exhibition, there)
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
    elif form.is_submitted():
        status = 422
    page = render_template(
        "visitors/another_session.html",
        exhibition=exhibition,
        issued=issued,
        form=form,
        session_days=session_days(slots.by_day(others, exhibition.timezone), now, chosen=form.slot_id.data),
        now=now,
    )
    return page, status
