"""The desk's pages of time slots: the list, adding and generating them, and what is done to several at once."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibition.accounts.web.signin import actor
from exhibition.core import clock
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.editions import session_changes
from exhibition.editions.rules.consequences import ChangedTable, Done
from exhibition.editions.rules.session_acts import NewSessions, OtherSettings, Removal, SessionAct
from exhibition.editions.session_changes import ActOutcome, DailySessions
from exhibition.editions.web.session_forms import GenerateForm, NewSlotForm, SeveralForm, moment
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.visitors import slots
from exhibition.visitors.rules import LARGEST_CAPACITY

blueprint = Blueprint("sessions", __name__, url_prefix="/desk/slots")


def carried(
    exhibition: Exhibition, act: SessionAct, said: str, *, anyway: bool = False, back: str = "", about: str = ""
) -> ResponseReturnValue:
    """Carry out an act, or first show what it does to people. ``said`` is what is told when it is done, ``about`` what
    the page before that says of it.

    Raises what ``session_changes.do`` raises.
    """
    tried = session_changes.attempt(actor(), exhibition, act, anyway=anyway)
    if tried.counts.people and request.form.get("seen") != str(tried.counts.people):
        back = back or url_for("sessions.show")
        sessions = [row for row in tried.rows if row.table is ChangedTable.SESSION]
        return render_template(
            "editions/session_preview.html", tried=tried, done=act.done, back=back, about=about, sessions=sessions
        )
    return _told(session_changes.do(actor(), exhibition, act, anyway=anyway), said)


def _told(outcome: ActOutcome, said: str) -> ResponseReturnValue:
    told = outcome.told
    if told.mails:
        mails = ngettext("%(num)s mail goes out.", "%(num)s mails go out.", told.mails)
        said = f"{said} {mails}"
    flash(said, "good")
    if told.unreached:
        return redirect(url_for("edition_changes.change", change_id=outcome.change_id), 303)
    return redirect(url_for("sessions.show"), 303)


def _page(
    exhibition: Exhibition,
    *,
    form: NewSlotForm | None = None,
    several: SeveralForm | None = None,
    ticked: frozenset[int] = frozenset(),
) -> ResponseReturnValue:
    page = render_template(
        "editions/sessions.html",
        days=slots.by_day(slots.of_edition(exhibition.id), exhibition.timezone),
        now=clock.now(),
        form=form or NewSlotForm(formdata=None),
        several=several or SeveralForm(formdata=None),
        ticked=ticked,
    )
    refused = (form and form.errors) or (several and several.errors)
    return page, 422 if refused else 200


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """All time slots, and what can be done to several of them."""
    return _page(exhibition)


@blueprint.post("")
def add(exhibition: Exhibition) -> ResponseReturnValue:
    """Add one time slot."""
    form = NewSlotForm()
    if not form.validate_on_submit():
        return _page(exhibition, form=form)
    window = moment(form.starts_at, exhibition.timezone), moment(form.ends_at, exhibition.timezone)
    act = NewSessions([window], form.capacity.data or 0, form.note.data or "")
    try:
        return carried(exhibition, act, _("The session was added."), anyway=form.anyway.data)
    except Refused as refused:
        form.show(refused)
        return _page(exhibition, form=form)


def _ticked() -> frozenset[int]:
    """The sessions that are ticked. Raises NotFound for what cannot be one."""
    ids = request.form.getlist("session")
    if any(not (one.isascii() and one.isdigit() and len(one) <= len(str(LARGEST_ID))) for one in ids):
        raise NotFound
    return frozenset(int(one) for one in ids)


@blueprint.post("/several")
def several(exhibition: Exhibition) -> ResponseReturnValue:
    """Shift, set or delete the sessions that are ticked."""
    form, ticked = SeveralForm(), _ticked()
    if form.validate_on_submit():
        try:
            act, said = _wanted(exhibition, form, ticked)
            return carried(exhibition, act, said, anyway=form.anyway.data)
        except NotFound:
            raise
        except Refused as refused:
            form.show(refused)
    return _page(exhibition, several=form, ticked=ticked)


def _wanted(exhibition: Exhibition, form: SeveralForm, ticked: frozenset[int]) -> tuple[SessionAct, str]:
    if not ticked:
        raise Refused("invalid", _("Tick the sessions that you mean."), status=422, field="do")
    if form.do.data == "remove":
        return Removal(sorted(ticked)), _("The sessions were deleted.")
    if form.do.data == "shift":
        minutes = _given(form, "minutes")
        return session_changes.shifted(exhibition, sorted(ticked), minutes), _("The sessions were shifted.")
    people = _given(form, "capacity")
    return OtherSettings({id_: {"capacity": people} for id_ in sorted(ticked)}), _("The capacities were set.")


def _given(form: SeveralForm, name: str) -> int:
    value: Any = form[name].data
    if value is None:
        raise Refused("invalid", _("Please fill this in."), status=422, field=name)
    return value


@blueprint.route("/generate", methods=["GET", "POST"])
def generate(exhibition: Exhibition) -> ResponseReturnValue:
    """Add sessions one after another; first shown, with those that are left out and why."""
    days = venue.days(exhibition)
    form = GenerateForm(days=[day.isoformat() for day in days], begins=exhibition.days[0].opens_at)
    form.offer(days)
    if request.method == "GET":
        form.ends.data, form.capacity.data = exhibition.days[0].closes_at, _people(exhibition)
    proposals = []
    if form.validate_on_submit():
        try:
            act = _daily(exhibition, form)
            proposals = session_changes.propose(exhibition, act, anyway=form.anyway.data)
            if request.form.get("seen") and "save" in request.form:
                return _told(session_changes.do(actor(), exhibition, act, anyway=form.anyway.data), _added(proposals))
        except Refused as refused:
            form.show(refused)
    good = sum(1 for one in proposals if one.fault is None)
    page = render_template("editions/generate.html", form=form, proposals=proposals, good=good, done=Done.ADD)
    return page, 422 if form.errors else 200


def _people(exhibition: Exhibition) -> int | None:
    """The people for each session that the floor suggests."""
    suggested = venue.people_suggested(exhibition)
    return None if suggested is None else min(suggested, LARGEST_CAPACITY)


def _daily(exhibition: Exhibition, form: GenerateForm) -> NewSessions:
    assert form.begins.data is not None
    assert form.ends.data is not None
    wanted = [date.fromisoformat(day) for day in form.days.data or []]
    plan = DailySessions(
        days=wanted,
        begins=form.begins.data,
        ends=form.ends.data,
        every_minutes=form.every_minutes.data or 0,
        breaks=form.written_breaks,
        people=form.capacity.data or 0,
    )
    return session_changes.daily(exhibition, plan)


def _added(proposals: list[Any]) -> str:
    number = sum(1 for one in proposals if one.fault is None)
    return ngettext("%(num)s session was added.", "%(num)s sessions were added.", number)
