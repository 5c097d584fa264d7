"""The organizer's pages of registrations."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.i18n import short_date
from exhibition.core.sql.paging import page_number
from exhibition.core.web.forms import show_refusal
from exhibition.core.web.narrow_form import WithdrawForm
from exhibition.venue.models import Exhibition
from exhibition.visitors import floods, phone_notices, search, service, slots
from exhibition.visitors.models import PassState
from exhibition.visitors.passes import lost_links as passes_lost
from exhibition.visitors.passes import personal_data
from exhibition.visitors.search import Attending, VisitorFilter
from exhibition.visitors.web.forms import RegistrationNarrowForm
from exhibition.visitors.web.pass_forms import OwnContactForm
from exhibition.visitors.web.pass_views import copy_file
from exhibition.visitors.web.views import slot_hours

blueprint = Blueprint("visitors_desk", __name__, url_prefix="/desk")

SHOWN = 10
"""So many of those who would be withdrawn are shown before."""


FILTERS = ("day", "session", "attending", "walk_in")
ATTENDING = {
    Attending.EXPECTED: _l("Expected"),
    Attending.CAME: _l("Came"),
    Attending.MISSED: _l("Did not come"),
    Attending.CANCELLED: _l("Cancelled"),
    Attending.REVOKED: _l("Withdrawn by the organizer"),
}


def _filter(exhibition: Exhibition, sessions: Sequence[slots.Slot]) -> VisitorFilter:
    """What the address asks for; what makes no sense is left out."""
    day, session = request.args.get("day"), request.args.get("session")
    attending = request.args.get("attending", "")
    return VisitorFilter(
        next((one.day for one in exhibition.days if one.day.isoformat() == day), None),
        next((one.id for one in sessions if str(one.id) == session), 0),
        Attending(attending) if attending in list(Attending) else None,
        {"yes": True, "no": False}.get(request.args.get("walk_in", "")),
    )


@blueprint.get("/registrations")
def registrations(exhibition: Exhibition) -> str:
    """The registrations, searched by name, reference, code, e-mail or the last digits of the phone number.

    They can be narrowed to a time, a contact, or those of one network address, and filtered by ``?day=``,
    ``?session=``, ``?attending=`` and ``?walk_in=``.
    """
    sessions = slots.of_edition(exhibition.id)
    wanted = _filter(exhibition, sessions)
    filtered: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    words = search.tidy(request.args.get("q", ""))
    form = RegistrationNarrowForm(request.args, meta={"csrf": False})
    narrowing = form.narrowing(exhibition.timezone)
    chosen = form.in_address() if narrowing else {}
    return render_template(
        "visitors/desk_registrations.html",
        page=search.registrations(exhibition, words, page_number(request.args.get("page")), narrowing, wanted),
        words=words,
        wanted=wanted,
        filtered=filtered,
        sessions=[
            (slot.id, f"{short_date(slot.starts_at, exhibition.timezone)}, {slot_hours(slot)}") for slot in sessions
        ],
        days=[(one.day.isoformat(), short_date(one.day)) for one in exhibition.days],
        attending=ATTENDING.items(),
        form=form,
        chosen=chosen,
        asking=passes_lost.count(exhibition),
        online=exhibition.online_registration,
        withdrawable=floods.count(exhibition, narrowing) if narrowing and not words else 0,
        address=lambda number: url_for(".registrations", q=words or None, page=number, **chosen, **filtered),
    )


@blueprint.route("/registrations/withdraw", methods=["GET", "POST"])
def withdraw(exhibition: Exhibition) -> ResponseReturnValue:
    """Withdraw the passes of all registrations that match, after their number was typed."""
    narrow = RegistrationNarrowForm(request.args, meta={"csrf": False})
    narrowing = narrow.narrowing(exhibition.timezone)
    if not narrowing:
        return redirect(url_for(".registrations"))
    chosen = narrow.in_address()
    form, status = WithdrawForm(), 200
    if form.validate_on_submit():
        try:
            withdrawn = floods.withdraw(actor(), exhibition, narrowing, form.seen.data or 0)
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
        else:
            flash(ngettext("%(num)s pass was withdrawn.", "%(num)s passes were withdrawn.", withdrawn), "good")
            return redirect(url_for(".registrations", **chosen), 303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "visitors/desk_withdraw.html",
        form=form,
        narrow=narrow,
        narrowing=narrowing,
        chosen=chosen,
        count=floods.count(exhibition, narrowing),
        found=search.registrations(exhibition, "", 1, narrowing).items[:SHOWN],
    )
    return page, status


@blueprint.get("/registrations/phones")
def phones(exhibition: Exhibition) -> str:
    """Whom to write to by phone and why: a link for each that opens the text in WhatsApp. The longest waiting of those
    who have lost a link are shown; the others follow as these are ticked off.
    """
    return render_template(
        "visitors/desk_phones.html",
        lines=phone_notices.waiting(exhibition),
        lost=passes_lost.waiting(exhibition).items,
    )


@blueprint.post("/registrations/phones/<int:notice_id>")
def tick_phone(exhibition: Exhibition, notice_id: int) -> ResponseReturnValue:
    """Tick somebody off as written to."""
    phone_notices.tick(actor(), exhibition, notice_id)
    return redirect(url_for(".phones"), 303)


@blueprint.get("/registrations/<int:registration_id>")
def registration(exhibition: Exhibition, registration_id: int) -> str:
    """One registration with its pass and mails."""
    return _registration(exhibition, registration_id)


def _registration(exhibition: Exhibition, registration_id: int, form: OwnContactForm | None = None) -> str:
    issued, kept = service.get_of(exhibition, registration_id), service.contact(registration_id)
    return render_template(
        "visitors/desk_registration.html",
        issued=issued,
        contact=kept,
        mails=search.mails(registration_id),
        origin=search.origin_of(registration_id),
        valid=issued.state is PassState.VALID,
        chat=passes_lost.chat(exhibition, issued) if kept and kept.phone else "",
        contact_form=form or OwnContactForm(formdata=None, obj=kept),
    )


@blueprint.post("/registrations/<int:registration_id>/contact")
def correct(exhibition: Exhibition, registration_id: int) -> ResponseReturnValue:
    """Write down a name, number or e-mail address as its owner says that it is right."""
    issued, form = service.get_of(exhibition, registration_id), OwnContactForm()
    if not form.validate_on_submit():
        return _registration(exhibition, registration_id, form), 422
    try:
        changed = personal_data.correct_at_desk(actor(), issued, form.person)
    except Refused as refused:
        show_refusal(form, refused)
        return _registration(exhibition, registration_id, form), refused.status
    flash(_("Corrected.") if changed else _("Nothing was changed."), "good")
    return redirect(url_for(".registration", registration_id=registration_id), 303)


@blueprint.post("/registrations/<int:registration_id>/erase")
def erase(exhibition: Exhibition, registration_id: int) -> ResponseReturnValue:
    """Erase who a registration is of, because they ask for it."""
    personal_data.erase_at_desk(actor(), service.get_of(exhibition, registration_id))
    flash(_("Name, number and e-mail address are erased. The pass stays valid."), "good")
    return redirect(url_for(".registration", registration_id=registration_id), 303)


@blueprint.post("/registrations/<int:registration_id>/copy")
def copy(exhibition: Exhibition, registration_id: int) -> ResponseReturnValue:
    """Everything that is kept of somebody, as a file for them."""
    return copy_file(personal_data.copy_at_desk(actor(), service.get_of(exhibition, registration_id)))


@blueprint.post("/registrations/links/<int:request_id>")
def tick_link(exhibition: Exhibition, request_id: int) -> ResponseReturnValue:
    """The link was sent."""
    passes_lost.tick(actor(), exhibition, request_id)
    return redirect(url_for(".phones"), 303)


@blueprint.post("/registrations/<int:registration_id>/mail")
def mail(exhibition: Exhibition, registration_id: int) -> ResponseReturnValue:
    """Send the pass again."""
    service.get_of(exhibition, registration_id)
    try:
        service.send_again(registration_id)
    except Refused as refused:
        flash(str(refused.message), "bad")
    else:
        flash(_("The pass is on its way."), "good")
    return redirect(url_for(".registration", registration_id=registration_id), 303)


@blueprint.post("/registrations/<int:registration_id>/revoke")
def revoke(exhibition: Exhibition, registration_id: int) -> ResponseReturnValue:
    """Withdraw the pass."""
    service.get_of(exhibition, registration_id)
    try:
        service.revoke(actor(), registration_id)
    except Refused as refused:
        flash(str(refused.message), "bad")
    else:
        flash(_("The pass was withdrawn. Gates refuse it from now on."), "good")
    return redirect(url_for(".registration", registration_id=registration_id), 303)
