"""Pages of the waiting lists: joining, the place in the line, answering an offer; and the list at the desk."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core import clock
from exhibition.core.contacts import whatsapp_link
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import limiter
from exhibition.core.i18n import clock_time, long_date, moment_text, short_date
from exhibition.core.i18n import lazy as _l
from exhibition.core.limiting import budgets
from exhibition.core.web import list_files
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.core.web.lists import Chip, ColumnKind, ListColumn, ListDescription, state_column, whole_list
from exhibition.venue.models import Exhibition
from exhibition.venue.web import named_edition
from exhibition.visitors import privacy, rules, slots
from exhibition.visitors.waiting import chances, service
from exhibition.visitors.waiting.mails import place_address
from exhibition.visitors.waiting.service import WaitingPartyLine
from exhibition.visitors.web import register_views
from exhibition.visitors.web.crowds import REGISTRATION_LIMIT
from exhibition.visitors.web.forms import RegistrationForm, hours
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


def _text(exhibition: Exhibition, line: WaitingPartyLine) -> str:
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


def _state(line: WaitingPartyLine) -> list[Chip]:
    if line.expires_at is None:
        return [Chip(_("waits"))]
    return [Chip(_("offered until %(until)s", until=moment_text(line.expires_at)), "accent")]


WAITING = ListDescription[WaitingPartyLine](
    "waiting",
    (
        ListColumn("name", _l("Name"), lambda line: line.name, order="name", names=True, personal=True),
        ListColumn(
            "session",
            _l("Session"),
            lambda line: line.slot.starts_at,
            ColumnKind.MOMENT,
            order="session",
            shown=lambda line: f"{short_date(line.slot.starts_at)}, {hours(line.slot)}",
        ),
        ListColumn("place", _l("Place"), lambda line: line.number or None, ColumnKind.NUMBER, order="place"),
        ListColumn("people", _l("Party size"), lambda line: line.people, ColumnKind.NUMBER, order="people"),
        ListColumn(
            "reached",
            _l("Reached by"),
            lambda line: _("mail") if line.has_email else line.phone,
            order="reached",
            personal=True,
        ),
        state_column("state", _l("State"), _state, order="state"),
        ListColumn("told", _l("Told by"), lambda line: line.told_by, order="told"),
        ListColumn("told_at", _l("Told"), lambda line: line.told_at, ColumnKind.INSTANT, order="told_at"),
    ),
    attributes=lambda _line: {"data-testid": "waiting"},
)


@desk.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """Everybody who waits, by session; whom to write to by phone."""
    return _list(exhibition)


def _list(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    listed = whole_list(WAITING, "waiting_lists.show", service.lines(exhibition))
    addresses = {
        line.id: whatsapp_link(line.phone, _text(exhibition, line))
        for line in listed.page.items
        if line.expires_at is not None and line.phone and not line.has_email
    }
    page = render_template(
        "visitors/desk_waiting.html", listed=listed, addresses=addresses, reasons=privacy.REASONS, refused=refused
    )
    return page, refused.status if refused else 200


@desk.post("/file")
def file(exhibition: Exhibition) -> ResponseReturnValue:
    """What the list shows as a table to download, for a reason: it names people."""
    require_valid(FlaskForm())
    kind = request.form.get("kind", "")
    if kind not in list_files.WRITERS:
        raise NotFound
    try:
        lines = service.hand_out(actor(), exhibition, kind=kind, reason=request.form.get("reason", "")[:20])
    except Refused as refused:
        return _list(exhibition, refused)
    listed = whole_list(WAITING, "waiting_lists.show", lines)
    table = listed.view.table(_("Waiting for a session"), listed.rows, exhibition.timezone)
    return list_files.list_file(kind, table, f"{exhibition.slug}-waiting")


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
