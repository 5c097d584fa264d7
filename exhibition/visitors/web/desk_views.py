"""The organizer's pages of time slots and registrations."""

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.accounts.web.signin import actor
from exhibition.core import clock
from exhibition.core.errors import Refused
from exhibition.core.sql.paging import page_number
from exhibition.venue.models import Exhibition
from exhibition.visitors import search, service, slots
from exhibition.visitors.models import PassState, SlotState
from exhibition.visitors.web.forms import NewSlotForm, SlotForm

blueprint = Blueprint("visitors_desk", __name__, url_prefix="/desk")


@blueprint.route("/slots", methods=["GET", "POST"])
def slot_list(exhibition: Exhibition) -> ResponseReturnValue:
    """All time slots, and a form to add one."""
    form = NewSlotForm()
    if form.validate_on_submit():
        zone = ZoneInfo(exhibition.timezone)
        assert form.starts_at.data is not None
        assert form.ends_at.data is not None
        assert form.capacity.data is not None
        try:
            slots.add(
                actor(),
                exhibition,
                form.starts_at.data.replace(tzinfo=zone),
                form.ends_at.data.replace(tzinfo=zone),
                form.capacity.data,
                form.note.data or "",
                anyway=form.anyway.data,
            )
        except Refused as refused:
            form.show(refused)
        else:
            flash(_("The time slot was added."), "good")
            return redirect(url_for(".slot_list"), 303)
    days = slots.by_day(slots.of_edition(exhibition.id), exhibition.timezone)
    page = render_template("visitors/desk_slots.html", days=days, now=clock.now(), form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/slots/<int:slot_id>", methods=["GET", "POST"])
def slot(exhibition: Exhibition, slot_id: int) -> ResponseReturnValue:
    """Change the capacity, state and note of one slot."""
    found = slots.get(exhibition, slot_id)
    present = {"capacity": found.capacity, "state": found.state.value, "note": found.note, "reserved": found.reserved}
    form = SlotForm(data=present)
    status = 200
    if form.validate_on_submit():
        assert form.capacity.data is not None
        try:
            state = SlotState(form.state.data)
            slots.change(
                actor(),
                exhibition,
                slot_id,
                capacity=form.capacity.data,
                state=state,
                note=form.note.data or "",
                reserved=form.reserved.data,
                anyway=form.anyway.data,
            )
        except Refused as refused:
            form.show(refused)
            status = refused.status
        else:
            flash(_("The time slot was changed."), "good")
            return redirect(url_for(".slot_list"), 303)
    elif form.is_submitted():
        status = 422
    return render_template("visitors/desk_slot.html", slot=found, now=clock.now(), form=form), status


@blueprint.get("/registrations")
def registrations(exhibition: Exhibition) -> str:
    """The registrations, searched by name, reference, code, e-mail or the last digits of the phone number."""
    words = search.tidy(request.args.get("q", ""))
    return render_template(
        "visitors/desk_registrations.html",
        page=search.registrations(exhibition, words, page_number(request.args.get("page"))),
        words=words,
        address=lambda number: url_for(".registrations", q=words or None, page=number),
    )


@blueprint.get("/registrations/<int:registration_id>")
def registration(exhibition: Exhibition, registration_id: int) -> str:
    """One registration with its pass and mails."""
    issued = service.get_of(exhibition, registration_id)
    return render_template(
        "visitors/desk_registration.html",
        issued=issued,
        contact=service.contact(registration_id),
        mails=search.mails(registration_id),
        valid=issued.state is PassState.VALID,
    )


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
