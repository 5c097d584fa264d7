"""The desk's page of one time slot: settings, times, splitting, merging, its people; and moving one registration."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.core import clock
from exhibition.core.errors import NotFound, Refused
from exhibition.core.i18n import moment_text
from exhibition.core.web.forms import require_valid
from exhibition.editions.rules.consequences import Done
from exhibition.editions.rules.session_acts import (
    Division,
    Going,
    Joining,
    OtherSettings,
    OtherTimes,
    Removal,
    Resettling,
)
from exhibition.editions.web.session_forms import DivisionForm, RetimeForm, SlotForm, TargetForm, moment
from exhibition.editions.web.session_views import carried
from exhibition.venue.models import Exhibition
from exhibition.visitors import service, slots
from exhibition.visitors.mails import notices
from exhibition.visitors.models import SlotState
from exhibition.visitors.rules import SlotStatus
from exhibition.visitors.web.forms import slot_choices

blueprint = Blueprint("one_session", __name__, url_prefix="/desk")
ONE = "/slots/<int(max=2147483647):slot_id>"


@dataclass
class Forms:
    """The forms of one session's page; the one that was sent holds what was written."""

    settings: SlotForm
    times: RetimeForm
    division: DivisionForm
    target: TargetForm
    refused: Refused | None = None


def _forms(exhibition: Exhibition, slot: slots.Slot) -> Forms:
    zone = ZoneInfo(exhibition.timezone)
    begins, ends = (one.astimezone(zone).replace(tzinfo=None) for one in (slot.starts_at, slot.ends_at))
    half = begins + timedelta(minutes=int((ends - begins).total_seconds()) // 120)
    settings = {"capacity": slot.capacity, "state": slot.state.value, "note": slot.note, "reserved": slot.reserved}
    forms = Forms(
        settings=SlotForm(formdata=None, data=settings),
        times=RetimeForm(formdata=None, data={"starts_at": begins, "ends_at": ends}),
        division=DivisionForm(
            formdata=None,
            data={
                "at": half.time(),
                "first_capacity": (slot.capacity + 1) // 2,
                "second_capacity": slot.capacity // 2,
                "going": Going.REST.value,
            },
        ),
        target=TargetForm(formdata=None),
    )
    offer_targets(exhibition, forms.target, slot)
    return forms


def offer_targets(exhibition: Exhibition, form: TargetForm, source: slots.Slot) -> None:
    """Let the form choose among the other sessions of the edition that are to come."""
    now = clock.now()
    others = [slot for slot in slots.of_edition(exhibition.id) if slot.id != source.id]
    form.target.choices = slot_choices(slots.by_day(others, exhibition.timezone), lambda slot: slot.status(now))


def _next(exhibition: Exhibition, slot: slots.Slot) -> slots.Slot | None:
    """The session that follows on the same day, which it may be merged with."""
    days = slots.by_day(slots.of_edition(exhibition.id), exhibition.timezone)
    day = next(day.slots for day in days if any(one.id == slot.id for one in day.slots))
    return next((one for one in day if one.starts_at > slot.starts_at), None)


def _page(exhibition: Exhibition, slot: slots.Slot, forms: Forms | None = None) -> ResponseReturnValue:
    forms = forms or _forms(exhibition, slot)
    reached, without = notices.of_session(slot.id)
    page = render_template(
        "editions/session.html",
        slot=slot,
        now=clock.now(),
        forms=forms,
        following=_next(exhibition, slot),
        reached=reached,
        without=without,
        over=slot.status(clock.now()) is SlotStatus.PAST,
    )
    status = 200
    if forms.refused is not None:
        status = forms.refused.status
    elif any(form.errors for form in (forms.settings, forms.times, forms.division, forms.target)):
        status = 422
    return page, status


@blueprint.route(ONE, methods=["GET", "POST"])
def session(exhibition: Exhibition, slot_id: int) -> ResponseReturnValue:
    """One session with all that can be done to it; POST changes its capacity, state and note."""
    slot = slots.get(exhibition, slot_id)
    forms = _forms(exhibition, slot)
    if request.method == "GET":
        return _page(exhibition, slot, forms)
    form = forms.settings = SlotForm()
    if form.validate_on_submit():
        values = {
            "capacity": form.capacity.data,
            "state": SlotState(form.state.data),
            "note": form.note.data or "",
            "reserved": form.reserved.data,
        }
        try:
            said = _("The session was changed.")
            return carried(
                exhibition, OtherSettings({slot_id: values}), said, anyway=form.anyway.data, back=_here(slot_id)
            )
        except Refused as refused:
            form.show(refused)
            forms.refused = refused
    return _page(exhibition, slot, forms)


def _here(slot_id: int) -> str:
    return url_for(".session", slot_id=slot_id)


@blueprint.post(f"{ONE}/times")
def retime(exhibition: Exhibition, slot_id: int) -> ResponseReturnValue:
    """Give the session another begin and end."""
    slot = slots.get(exhibition, slot_id)
    forms = _forms(exhibition, slot)
    form = forms.times = RetimeForm()
    if form.validate_on_submit():
        window = moment(form.starts_at, exhibition.timezone), moment(form.ends_at, exhibition.timezone)
        act = OtherTimes({slot_id: window}, Done.RETIME)
        try:
            said = _("The session was changed.")
            return carried(exhibition, act, said, anyway=form.anyway.data, back=_here(slot_id))
        except Refused as refused:
            form.show(refused)
            forms.refused = refused
    return _page(exhibition, slot, forms)


@blueprint.post(f"{ONE}/split")
def split(exhibition: Exhibition, slot_id: int) -> ResponseReturnValue:
    """Make two sessions of one."""
    slot = slots.get(exhibition, slot_id)
    forms = _forms(exhibition, slot)
    form = forms.division = DivisionForm()
    if form.validate_on_submit():
        zone = ZoneInfo(exhibition.timezone)
        assert form.at.data is not None
        at = datetime.combine(slot.starts_at.astimezone(zone).date(), form.at.data, zone)
        capacities = form.first_capacity.data or 0, form.second_capacity.data or 0
        try:
            act = Division(slot_id, at, capacities, Going(form.going.data))
            return carried(exhibition, act, _("The session was split."), back=_here(slot_id))
        except Refused as refused:
            form.show(refused)
            forms.refused = refused
    return _page(exhibition, slot, forms)


@blueprint.post(f"{ONE}/merge")
def merge(exhibition: Exhibition, slot_id: int) -> ResponseReturnValue:
    """Make one session of this one and the next."""
    slot = slots.get(exhibition, slot_id)
    return _plain(exhibition, slot, _joining(exhibition, slot), _("The sessions were merged."))


def _joining(exhibition: Exhibition, slot: slots.Slot) -> Joining:
    following = _next(exhibition, slot)
    return Joining((slot.id, slot.id if following is None else following.id))


@blueprint.post(f"{ONE}/remove")
def remove(exhibition: Exhibition, slot_id: int) -> ResponseReturnValue:
    """Delete a session that nobody is or was in."""
    slot = slots.get(exhibition, slot_id)
    return _plain(exhibition, slot, Removal([slot_id]), _("The sessions were deleted."))


def _plain(exhibition: Exhibition, slot: slots.Slot, act: Joining | Removal, said: str) -> ResponseReturnValue:
    """Carry out what has no fields of its own."""
    try:
        require_valid(FlaskForm())
        return carried(exhibition, act, said, anyway="anyway" in request.form, back=_here(slot.id))
    except NotFound:
        raise
    except Refused as refused:
        forms = _forms(exhibition, slot)
        forms.refused = refused
        return _page(exhibition, slot, forms)


def _way(exhibition: Exhibition, source: slots.Slot, form: TargetForm) -> str:
    """From which session into which."""
    target = slots.get(exhibition, int(form.target.data))
    return " → ".join(moment_text(one.starts_at, exhibition.timezone) for one in (source, target))


@blueprint.post(f"{ONE}/people")
def move_people(exhibition: Exhibition, slot_id: int) -> ResponseReturnValue:
    """Move everybody of the session into another one."""
    slot = slots.get(exhibition, slot_id)
    forms = _forms(exhibition, slot)
    form = forms.target = TargetForm()
    offer_targets(exhibition, form, slot)
    if form.validate_on_submit():
        try:
            act = Resettling(slot_id, int(form.target.data))
            about = _way(exhibition, slot, form)
            return carried(exhibition, act, _("The people were moved."), back=_here(slot_id), about=about)
        except Refused as refused:
            form.show(refused)
            forms.refused = refused
    return _page(exhibition, slot, forms)


@blueprint.route("/registrations/<int(max=2147483647):registration_id>/move", methods=["GET", "POST"])
def move_registration(exhibition: Exhibition, registration_id: int) -> ResponseReturnValue:
    """Move one registration into another session."""
    issued = service.get_of(exhibition, registration_id)
    form = TargetForm()
    offer_targets(exhibition, form, issued.slot)
    status = 200
    if form.validate_on_submit():
        try:
            act = Resettling(issued.slot.id, int(form.target.data), frozenset({issued.pass_id}))
            back = url_for("visitors_desk.registration", registration_id=registration_id)
            about = f"{issued.reference}: {_way(exhibition, issued.slot, form)}"
            return carried(exhibition, act, _("The people were moved."), back=back, about=about)
        except Refused as refused:
            form.show(refused)
            status = refused.status
    elif form.is_submitted():
        status = 422
    return render_template("editions/move_registration.html", issued=issued, form=form), status
