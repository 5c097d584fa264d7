"""Pages of the waiting lists: joining, the place in the line, answering an offer; and the list at the desk."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from exhibition.accounts.web.signin import actor
from exhibition.core import clock
from exhibition.core.contacts import whatsapp_link
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import limiter
from exhibition.core.i18n import clock_time, long_date
from exhibition.core.limiting import budgets
from exhibition.core.web.forms import show_refusal
from exhibition.venue.models import Exhibition
from exhibition.venue.web import named_edition
from exhibition.visitors import rules, slots
from exhibition.visitors.waiting import chances, service
from exhibition.visitors.waiting.mails import place_address
from exhibition.visitors.web import register_views
from exhibition.visitors.web.crowds import REGISTRATION_LIMIT
from exhibition.visitors.web.forms import RegistrationForm
from exhibition.visitors.web.session_lists import can_wait_for, waiting_days

desk = Blueprint("waiting_lists", __name__, url_prefix="/desk/registrations/waiting")


def register_routes(blueprint: Blueprint) -> None:
    """Add these addresses to the visitors' blueprint."""
    limited = limiter.limit(REGISTRATION_LIMIT, methods=["POST"])
    blueprint.add_url_rule("/tunggu", view_func=limited(wait), methods=["GET", "POST"])
    blueprint.add_url_rule("/tunggu/<key>", view_func=place)
    blueprint.add_url_rule("/tunggu/<key>/ambil", view_func=limited(take_offer), methods=["POST"])
    blueprint.add_url_rule("/tunggu/<key>/keluar", view_func=leave_line, methods=["POST"])


def wait(exhibition: Exhibition) -> ResponseReturnValue:
    """Join the line of a full session."""
    now, status = clock.now(), 200
    form = RegistrationForm(slot_id=request.args.get("slot_id", ""), party_size="1")
    shown = register_views.shows_registration(exhibition)
    sessions = register_views.days(exhibition) if shown else []
    room = False
    if form.validate_on_submit():
        party = form.registered()
        try:
            slots.get(exhibition, party.slot_id)
            budgets.take_people(party.party_size)
            budgets.take_mail(party.email)
            key = service.join(party, seen=request.user_agent.string)
            return redirect(url_for(".place", key=key), 303)
        except NotFound:
            form.slot_id.errors = [_("There is no such session. Choose one from the list.")]
            status = 422
        except Refused as refused:
            show_refusal(form, refused)
            status, room = refused.status, refused.code == "room_now"
    elif form.is_submitted():
        status = 422
    page = render_template(
        "visitors/wait.html",
        exhibition=exhibition,
        form=form,
        session_days=waiting_days(sessions, now, _lines(sessions, now), chosen=form.slot_id.data),
        bookable=any(slot.status(now) is rules.SlotStatus.OPEN for day in sessions for slot in day.slots),
        room=room,
        retention_days=exhibition.retention_days,
    )
    return page, status


def _lines(days: list[slots.DaySlots], now: datetime) -> dict[int, chances.SessionLine]:
    return chances.session_lines([slot for day in days for slot in day.slots if can_wait_for(slot, now)])


def place(key: str) -> str:
    """The place in the line, or the offer."""
    return _place(key)


def _place(key: str, refused: Refused | None = None) -> str:
    found = service.place(key)
    named_edition.speak_of(found.exhibition)
    now = clock.now()
    over = found.slot.status(now) in (rules.SlotStatus.PAST, rules.SlotStatus.CLOSED) or found.slot.starts_at <= now
    return render_template(
        "visitors/place.html",
        exhibition=found.exhibition,
        place=found,
        party=found.party,
        slot=found.slot,
        state=found.state,
        over=over,
        refused=refused,
        now=now,
    )


def take_offer(key: str) -> ResponseReturnValue:
    """Take the places that are offered, and get the pass."""
    found = service.place(key)
    if found.party.registration_id is not None:
        return redirect(url_for(".place", key=key), 303)
    try:
        issued = service.take(key)
    except NotFound:
        raise
    except Refused as refused:
        return _place(key, refused), refused.status
    flash(_("The places are yours. This is your pass."), "good")
    return redirect(url_for(".pass_page", manage_key=issued.manage_key), 303)


def leave_line(key: str) -> ResponseReturnValue:
    """Leave the line, or give the offer back."""
    service.leave(key)
    flash(_("You wait no longer. What we knew of you for it is erased."), "good")
    return redirect(url_for(".place", key=key), 303)


def _text(exhibition: Exhibition, line: service.WaitingPartyLine) -> str:
    with force_locale(line.locale):
        until = line.expires_at
        return _(
            "%(fair)s: there is room for you on %(day)s at %(time)s. Take the places until %(until)s: %(address)s",
            fair=exhibition.name,
            day=long_date(line.slot.starts_at),
            time=clock_time(line.slot.starts_at),
            until="" if until is None else f"{long_date(until)} {clock_time(until)}",
            address=place_address(line.key),
        )


@desk.get("")
def show(exhibition: Exhibition) -> str:
    """Everybody who waits, by session; whom to write to by phone."""
    lines = service.lines(exhibition)
    addresses = {
        line.id: whatsapp_link(line.phone, _text(exhibition, line))
        for line in lines
        if line.expires_at is not None and line.phone and not line.has_email
    }
    return render_template("visitors/desk_waiting.html", lines=lines, addresses=addresses, now=clock.now())


@desk.post("/<int:waiting_id>/told")
def tick(exhibition: Exhibition, waiting_id: int) -> ResponseReturnValue:
    """Tick off that somebody was written to."""
    service.tick(actor(), exhibition, waiting_id)
    return redirect(url_for(".show"), 303)


@desk.post("/<int:waiting_id>/remove")
def remove(exhibition: Exhibition, waiting_id: int) -> ResponseReturnValue:
    """Take somebody off the list."""
    service.remove(actor(), exhibition, waiting_id)
    flash(_("Taken off the waiting list."), "good")
    return redirect(url_for(".show"), 303)
