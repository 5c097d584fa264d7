"""Pages of groups: the form for whoever has a group's code, its passes on paper, and the groups at the desk."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibition.accounts.web.signin import actor
from exhibition.core import clock
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import asking_group, limiter
from exhibition.core.i18n import current_locale
from exhibition.core.limiting.tries import count_try
from exhibition.core.web.forms import require_valid, show_refusal
from exhibition.core.web.senders import origin
from exhibition.venue.models import Exhibition
from exhibition.venue.web import named_edition
from exhibition.visitors.groups import rules, service, sheet
from exhibition.visitors.groups.rules import FaultyLine, ListFault
from exhibition.visitors.groups.service import CountedGroup, GroupDetails
from exhibition.visitors.models import VisitorGroup
from exhibition.visitors.registration import oversight
from exhibition.visitors.web import register_views
from exhibition.visitors.web.crowds import REGISTRATION_LIMIT
from exhibition.visitors.web.group_forms import ChangeGroupForm, ChangeOnlineForm, CodeForm, GroupForm, GroupListForm
from exhibition.visitors.web.session_lists import session_days

desk = Blueprint("groups", __name__, url_prefix="/desk/registrations/groups")
TRIES_AT_CODES = "20/minute;100/hour"
"""Wrong codes from one network address."""


def register_routes(blueprint: Blueprint) -> None:
    """Add these addresses to the visitors' blueprint."""
    limited = limiter.limit(REGISTRATION_LIMIT, methods=["POST"])
    blueprint.add_url_rule("/rombongan", view_func=enter_code, methods=["GET", "POST"])
    blueprint.add_url_rule("/rombongan/<code>", view_func=limited(group), methods=["GET", "POST"])
    blueprint.add_url_rule("/rombongan/<code>/tiket.pdf", view_func=group_pdf)


def _find(code: str) -> VisitorGroup:
    try:
        return service.find(code)
    except NotFound:
        count_try(TRIES_AT_CODES, "group code", asking_group())
        raise


def enter_code(exhibition: Exhibition) -> ResponseReturnValue:
    """Whoever registers a group types its code."""
    form, status = CodeForm(), 200
    if form.validate_on_submit():
        try:
            found = _find(form.code.data or "")
        except NotFound:
            form.code.errors = [_("No group has this code. Look at the letters, or ask the organizers.")]
            status = 422
        else:
            return redirect(url_for(".group", code=found.code), 303)
    elif form.is_submitted():
        status = 422
    return render_template("visitors/group_code.html", exhibition=exhibition, form=form), status


FAULTS = {
    ListFault.EMPTY: lambda _number: _("Write one name a line, or how many strips without names you need."),
    ListFault.TOO_MANY: lambda _number: _(
        "At most %(most)s lines at once. Send the rest after that.", most=rules.MOST_LINES
    ),
    ListFault.NAME: lambda number: _("Line %(number)s: this name cannot be used.", number=number),
    ListFault.PEOPLE: lambda number: _(
        "Line %(number)s: 1 to %(most)s people come on one strip.", number=number, most=rules.LARGEST_PARTY
    ),
}


def group(code: str) -> ResponseReturnValue:
    """The group's passes, and the form for more."""
    found = _find(code)
    counted, exhibition = service.counted(found), service.exhibition_of(found)
    named_edition.speak_of(exhibition)
    now, status = clock.now(), 200
    form = GroupListForm()
    if form.validate_on_submit():
        listed = _listed(form, counted)
        if isinstance(listed, FaultyLine):
            form.people.errors = [FAULTS[listed.fault](listed.number)]
            status = 422
        else:
            try:
                made = service.register(found, int(form.slot_id.data), listed, locale=current_locale(), origin=origin())
            except Refused as refused:
                if refused.field is None:
                    form.people.errors = [str(refused.message)]
                else:
                    show_refusal(form, refused)
                status = refused.status
            else:
                text = ngettext("%(num)s pass was made.", "%(num)s passes were made.", made)
                flash(text if made else _("This list is registered already; no second passes were made."), "good")
                return redirect(url_for(".group", code=found.code), 303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "visitors/group.html",
        exhibition=exhibition,
        group=found,
        counted=counted,
        strips=service.strips(found),
        form=form,
        session_days=session_days(register_views.days(exhibition), now, chosen=form.slot_id.data),
        most_lines=rules.MOST_LINES,
    )
    return page, status


def _listed(form: GroupListForm, counted: CountedGroup) -> list[rules.ListedParty] | FaultyLine:
    text, count = form.people.data or "", form.count.data
    if not text.strip() and count:
        return rules.numbered(counted.group.name, counted.passes + 1, count)
    return rules.read(text)


def _paper(found: VisitorGroup) -> Response:
    exhibition = service.exhibition_of(found)
    named_edition.speak_of(exhibition)
    strips = service.strips(found)
    if not strips:
        raise Refused("strips_missing", _("There is no valid pass to print yet."), status=404)
    answer = make_response(sheet.pdf(exhibition, found.name, strips))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{exhibition.slug}-{found.code}.pdf"'
    return answer


def group_pdf(code: str) -> Response:
    """The strips of the group."""
    return _paper(_find(code))


@desk.route("", methods=["GET", "POST"])
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The groups, and the form for a new one."""
    form, status = GroupForm(), 200
    if form.validate_on_submit():
        made = service.create(
            actor(),
            exhibition,
            GroupDetails(
                form.name.data or "",
                form.contact_name.data or "",
                form.contact_phone.data or None,
                form.most_people.data or 1,
            ),
        )
        flash(_("The group has the code %(code)s. Give it to who speaks for it.", code=made.code), "good")
        return redirect(url_for(".show"), 303)
    if form.is_submitted():
        status = 422
    page = render_template("visitors/desk_groups.html", groups=service.groups(exhibition), form=form)
    return page, status


@desk.route("/<int:group_id>", methods=["GET", "POST"])
def one(exhibition: Exhibition, group_id: int) -> ResponseReturnValue:
    """One group: its passes, its limit, closing it."""
    found = service.of_edition(exhibition, group_id)
    form, status = ChangeGroupForm(most_people=found.most_people, is_open=found.is_open), 200
    if form.validate_on_submit():
        most, is_open = form.most_people.data or 1, bool(form.is_open.data)
        service.change(actor(), exhibition, group_id, most_people=most, is_open=is_open)
        flash(_("Saved."), "good")
        return redirect(url_for(".one", group_id=group_id), 303)
    if form.is_submitted():
        status = 422
    page = render_template(
        "visitors/desk_group.html",
        group=found,
        counted=service.counted(found),
        strips=service.strips(found),
        form=form,
    )
    return page, status


@desk.get("/<int:group_id>/strips.pdf")
def pdf(exhibition: Exhibition, group_id: int) -> Response:
    """The strips of a group, for who has no printer."""
    return _paper(service.of_edition(exhibition, group_id))


@desk.get("/holders")
def many(exhibition: Exhibition) -> str:
    """Who holds unusually many places."""
    return render_template("visitors/desk_holders.html", exhibition=exhibition, holders=oversight.largest(exhibition))


@desk.post("/online")
def online(exhibition: Exhibition) -> ResponseReturnValue:
    """Close online registration, or open it again; the gate goes on as before."""
    form = ChangeOnlineForm()
    require_valid(form)
    opened = form.open.data == "yes"
    oversight.set_online(actor(), exhibition, is_open=opened)
    flash(
        _("Online registration is open.") if opened else _("Online registration is closed. The gate goes on."), "good"
    )
    return redirect(url_for("visitors_desk.registrations"), 303)
