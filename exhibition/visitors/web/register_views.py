"""Pages for registering: the form, what is said when there is a pass already, and another session on the same day."""

import hashlib
from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.core import clock
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import limiter
from exhibition.core.limiting import budgets
from exhibition.core.web.forms import show_refusal
from exhibition.venue import rounds
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.venue.web import named_edition
from exhibition.visitors import service, slots
from exhibition.visitors.models import PassState
from exhibition.visitors.registration.contact_days import HasPass
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.web import fair_texts, own_passes
from exhibition.visitors.web.forms import PlacesForm, RegistrationForm
from exhibition.visitors.web.limits import REGISTRATION_LIMIT
from exhibition.visitors.web.pass_page import sessions_named
from exhibition.visitors.web.session_lists import session_days

SENT_TWICE_WITHIN = timedelta(minutes=10)
"""So long the same details from the same network and browser are the same registration, for browsers without cookies
and for clicks in quick succession.
"""


def register_routes(blueprint: Blueprint) -> None:
    """Add these addresses to the visitors' blueprint."""
    limited = limiter.limit(REGISTRATION_LIMIT, methods=["POST"])
    both = ["GET", "POST"]
    blueprint.add_url_rule("/daftar", view_func=limited(register), methods=both)
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


def _take(party: Party, *, knows: str | None = None) -> ResponseReturnValue:
    """Register the party and lead to its pass, or to the one that this browser has got for it before."""
    if issued := _sent_before(party):
        flash(_("You have this pass already; no second one was made."), "good")
        return _to_pass(issued)
    budgets.take_people(party.party_size)
    budgets.take_mail(party.email)
    issued = service.register(party, idempotency_key=_form_key(party), lasting=SENT_TWICE_WITHIN, knows=knows)
    own_passes.keep(party, issued)
    return _to_pass(issued)


def register(exhibition: Exhibition) -> ResponseReturnValue:
    """Register a party and redirect to its pass."""
    form = RegistrationForm(slot_id=request.args.get("slot_id", ""), party_size="1")
    now, shown = clock.now(), shows_registration(exhibition)
    sessions = days(exhibition) if shown else []
    status, free_next, full = 200, [], ""
    if form.validate_on_submit():
        party = form.registered()
        try:
            return _take(party)
        except HasPass as there:
            return _has_pass(exhibition, there)
        except Refused as refused:
            show_refusal(form, refused)
            status, free_next = refused.status, sessions_named(exhibition, refused)
            full = form.slot_id.data if refused.code == "slot_full" else ""
    elif form.is_submitted():
        status = 422
    page = render_template(
        "visitors/register.html",
        exhibition=exhibition,
        takes_visitors=shown,
        form=form,
        free_next=free_next,
        full=full,
        session_days=session_days(sessions, now, chosen=form.slot_id.data),
        offer=fair_texts.offered(exhibition, sessions, rounds.by_day(exhibition), now),
        now=now,
        retention_days=exhibition.retention_days,
    )
    return page, status


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
