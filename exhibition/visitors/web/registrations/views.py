"""The organizer's pages of registrations."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.i18n import short_date
from exhibition.core.sql.paging import page_number
from exhibition.core.web import list_files
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.core.web.lists import ListView, list_view
from exhibition.core.web.narrow_form import WithdrawForm
from exhibition.core.web.sorting import Sorting, sorting
from exhibition.venue.bulk import acts
from exhibition.venue.models import Exhibition
from exhibition.venue.web import bulk_views
from exhibition.visitors import phone_notices, privacy, service, slots
from exhibition.visitors.listing import handing_out, search, sought, withdrawing
from exhibition.visitors.listing.search import FoundRegistration, RegistrationOrder
from exhibition.visitors.listing.sought import Attending, RegistrationSearch, VisitorFilter
from exhibition.visitors.models import PassState
from exhibition.visitors.passes import lost_links as passes_lost
from exhibition.visitors.passes import personal_data
from exhibition.visitors.web.forms import RegistrationNarrowForm
from exhibition.visitors.web.pass_forms import OwnContactForm
from exhibition.visitors.web.pass_views import copy_file
from exhibition.visitors.web.registrations.columns import REGISTRATIONS
from exhibition.visitors.web.views import slot_hours

blueprint = Blueprint("visitors_desk", __name__, url_prefix="/desk")

SHOWN = 10
"""So many of those who would be withdrawn are shown before."""
bulk_views.LISTS[withdrawing.SUBJECT] = bulk_views.ActsOfList(
    "visitors_desk.registrations",
    _l("Visitors"),
    {withdrawing.WITHDRAW: _l("Passes withdrawn")},
    _l(
        "Passes are given back whose session is still to come and has room, unless somebody has registered again with"
        " the number or address meanwhile. Nobody is told by mail."
    ),
)
_ID = re.compile(r"[0-9]{1,9}")


FILTERS = ("q", "day", "session", "attending", "walk_in", "order")
ATTENDING = {
    Attending.EXPECTED: _l("Expected"),
    Attending.LATE: _l("Expected now, not here yet"),
    Attending.CAME: _l("Came"),
    Attending.SHORT: _l("Some of the party did not come"),
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


def _narrow_form() -> RegistrationNarrowForm:
    return RegistrationNarrowForm(request.args, meta={"csrf": False})


def _sought(exhibition: Exhibition, sessions: Sequence[slots.Slot]) -> RegistrationSearch:
    words = sought.tidy(request.args.get("q", ""))
    return RegistrationSearch(words, _narrow_form().narrowing(exhibition.timezone), _filter(exhibition, sessions))


def _order() -> RegistrationOrder:
    asked = sorting(request.args.get("order", ""), search.ORDERS, search.NEWEST)
    return RegistrationOrder(asked.column, asked.backwards)


def _view(exhibition: Exhibition, order: RegistrationOrder, orders: Sequence[str]) -> ListView[FoundRegistration]:
    asked: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    form = _narrow_form()
    chosen = form.in_address() if form.narrowing(exhibition.timezone) else {}
    by = Sorting(order.column, order.backwards)
    return list_view(REGISTRATIONS, "visitors_desk.registrations", asked | chosen, by, orders)


@blueprint.get("/registrations")
def registrations(exhibition: Exhibition) -> ResponseReturnValue:
    """The registrations, searched by name, reference, code, e-mail or the last digits of the phone number.

    They can be narrowed to a time, a contact, or those of one network address, and filtered by ``?day=``,
    ``?session=``, ``?attending=`` and ``?walk_in=``. ``?order=`` is one of ``search.ORDERS``, backwards with ``-``.
    """
    return _list(exhibition)


def _list(exhibition: Exhibition, refused: Refused | None = None) -> ResponseReturnValue:
    sessions = slots.of_edition(exhibition.id)
    sought = _sought(exhibition, sessions)
    form = _narrow_form()
    form.validate()
    listing = search.registrations(exhibition, sought, page_number(request.args.get("page")), _order())
    view = _view(exhibition, listing.order, listing.orders)
    page = render_template(
        "visitors/desk_registrations.html",
        page=listing.page,
        found=listing.found,
        view=view,
        sought=sought,
        wanted=sought.wanted,
        sessions=[
            (slot.id, f"{short_date(slot.starts_at, exhibition.timezone)}, {slot_hours(slot)}") for slot in sessions
        ],
        days=[(one.day.isoformat(), short_date(one.day)) for one in exhibition.days],
        attending=ATTENDING.items(),
        form=form,
        chosen=form.in_address() if sought.narrowing else {},
        reasons=privacy.REASONS,
        asking=passes_lost.count(exhibition),
        online=exhibition.online_registration,
        refused=refused,
    )
    return page, refused.status if refused else 200


@blueprint.post("/registrations/file")
def file(exhibition: Exhibition) -> ResponseReturnValue:
    """What the list shows as a table to download, with a reason where it names or reaches people."""
    require_valid(FlaskForm())
    kind = request.form.get("kind", "")
    if kind not in list_files.WRITERS:
        raise NotFound
    order = _order()
    view, sought = _view(exhibition, order, search.ORDERS), _sought(exhibition, slots.of_edition(exhibition.id))
    reason = request.form.get("reason", "")[:20] if view.personal else None
    try:
        found = handing_out.hand_out(actor(), exhibition, sought, order, kind=kind, reason=reason)
    except Refused as refused:
        return _list(exhibition, refused)
    table = view.table(_("Registrations"), found, exhibition.timezone)
    return list_files.list_file(kind, table, f"{exhibition.slug}-registrations", streamed=True)


@blueprint.post("/registrations")
def choose(exhibition: Exhibition) -> ResponseReturnValue:
    """Withdraw the passes of those ticked; all that match are shown with their number first."""
    require_valid(FlaskForm())
    view = _view(exhibition, _order(), search.ORDERS)
    if request.form.get("all"):
        return redirect(url_for(".withdraw", **view.everything), 303)
    ids = [int(text) for text in request.form.getlist("registration") if _ID.fullmatch(text)]
    survey = withdrawing.survey_of(exhibition, ids)
    if not survey.count:
        message = _("Tick somebody whose pass is valid and who has not come in.")
        return _list(exhibition, Refused("nothing_chosen", message, status=422))
    return _begin(exhibition, survey, survey.count, view)


def _begin(exhibition: Exhibition, survey: acts.Survey, seen: int, view: ListView[Any]) -> ResponseReturnValue:
    run = acts.begin(actor(), exhibition, withdrawing.SUBJECT, withdrawing.WITHDRAW, survey, seen)
    return bulk_views.follow(run, view.everything)


@blueprint.route("/registrations/withdraw", methods=["GET", "POST"])
def withdraw(exhibition: Exhibition) -> ResponseReturnValue:
    """Withdraw the passes of all registrations that match, after their number was typed."""
    sessions = slots.of_edition(exhibition.id)
    sought, view = _sought(exhibition, sessions), _view(exhibition, _order(), search.ORDERS)
    if not sought.narrows:
        return redirect(url_for(".registrations"))
    form, status, survey = WithdrawForm(), 200, withdrawing.survey(exhibition, sought)
    if form.validate_on_submit():
        try:
            return _begin(exhibition, survey, form.seen.data or 0, view)
        except Refused as refused:
            show_refusal(form, refused)
            status = refused.status
    elif form.is_submitted():
        status = 422
    page = render_template(
        "visitors/desk_withdraw.html",
        form=form,
        narrow=_narrow_form(),
        sought=sought,
        session=next((slot for slot in sessions if slot.id == sought.wanted.slot_id), None),
        attending=ATTENDING,
        asked=view.everything,
        count=survey.count,
        found=search.registrations(exhibition, sought).page.items[:SHOWN],
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
