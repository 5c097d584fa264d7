"""Pages for people who sign in: their own account and invitations; and the desk's users and audit trail."""

from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.utils import login_user

from exhibition.accounts import audit, invitations, pins, service, texts, trail_sentences
from exhibition.accounts.editions import edition_names
from exhibition.accounts.models import AuditEntry, RoleName, User
from exhibition.accounts.rights import rights_of
from exhibition.accounts.sign_in import sign_ins
from exhibition.accounts.web.forms import (
    ROLE_LABELS,
    AcceptForm,
    AuditFilterForm,
    InvitationForm,
    SupervisorPinForm,
    show_refusal,
)
from exhibition.accounts.web.sessions import sign_in_id
from exhibition.accounts.web.signin import actor, desk_of
from exhibition.core import clock
from exhibition.core.errors import Refused
from exhibition.core.i18n import lazy as _l
from exhibition.core.i18n import moment_text
from exhibition.core.sql.paging import page_number
from exhibition.core.web.list_files import asked_kind, list_file
from exhibition.core.web.lists import ColumnKind, ListColumn, ListDescription, list_view

blueprint = Blueprint("accounts", __name__)


def _user() -> User:
    return cast("User", current_user)


@blueprint.get("/start")
def start() -> ResponseReturnValue:
    """After signing in: redirect to the desk of the person's role."""
    return redirect(desk_of(_user()))


@blueprint.get("/account")
def profile() -> str:
    """The person's own settings."""
    return _profile(SupervisorPinForm())


def _profile(pin_form: SupervisorPinForm) -> str:
    user = _user()
    roles = rights_of(user).anywhere
    return render_template(
        "accounts/profile.html",
        desk=desk_of(user),
        organizer=RoleName.ORGANIZER in roles,
        supervisor=bool(roles & set(pins.SUPERVISORS)),
        has_pin=pins.has_pin(user.id),
        pin_form=pin_form,
        sign_ins=sign_ins.of_user(user),
        this_one=sign_in_id(),
        labels=ROLE_LABELS,
    )


@blueprint.post("/account/pin")
def set_pin() -> ResponseReturnValue:
    """The PIN with which a supervisor overrules a refusal at a gate."""
    form = SupervisorPinForm()
    if form.validate_on_submit():
        try:
            pins.set_pin(actor(), form.pin.data or "")
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("Your PIN is set. Type it at any gate to overrule a refusal."), "good")
            return redirect(url_for("accounts.profile"))
    return _profile(form), 422


@blueprint.post("/account/pin/remove")
def remove_pin() -> ResponseReturnValue:
    pins.remove_pin(actor())
    flash(_("You have no PIN any more."), "good")
    return redirect(url_for("accounts.profile"))


@blueprint.post("/account/sign-ins/<int:number>/end")
def end_sign_in(number: int) -> ResponseReturnValue:
    """Sign the person out on one of their devices."""
    sign_ins.end(actor(), number)
    flash(_("That device is signed out."), "good")
    return redirect(url_for("accounts.profile"))


@blueprint.post("/account/sign-ins/end-others")
def end_other_sign_ins() -> ResponseReturnValue:
    """Sign the person out everywhere but here."""
    sign_ins.end_others(actor(), sign_in_id())
    flash(_("All other devices are signed out."), "good")
    return redirect(url_for("accounts.profile"))


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """Choose a password; the person is signed in at once, because the link has proved the address."""
    invitation = invitations.find(token)
    form = AcceptForm(name=invitation.name)
    if form.validate_on_submit():
        try:
            user = invitations.accept(token, form.password.data or "", name=(form.name.data or "").strip())
        except Refused as refused:
            show_refusal(form, refused)
        else:
            login_user(user, authn_via=["invitation"])
            flash(_("Welcome! Your account is ready."), "good")
            return redirect(url_for("accounts.start"))
    status = 422 if form.errors else 200
    return render_template("accounts/accept.html", form=form, invitation=invitation, labels=ROLE_LABELS), status


@blueprint.route("/desk/users", methods=["GET", "POST"])
def users() -> ResponseReturnValue:
    """The people who may sign in, and a form to invite another."""
    form = InvitationForm()
    if form.validate_on_submit():
        try:
            invitation = invitations.invite(
                actor(),
                form.email.data or "",
                form.role.data,
                name=(form.name.data or "").strip(),
                exhibitor_id=form.exhibitor_id.data,
                exhibition_id=form.exhibition_id.data,
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(texts.invited(invitation), "good")
            return redirect(url_for("accounts.users"))
    page = render_template(
        "accounts/users.html",
        form=form,
        users=service.users(),
        invitations=invitations.open_invitations(),
        labels=ROLE_LABELS,
        fairs=edition_names(),
        now=clock.now(),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/desk/users/<int:user_id>/disable")
def disable(user_id: int) -> ResponseReturnValue:
    return _set_active(user_id, active=False)


@blueprint.post("/desk/users/<int:user_id>/enable")
def enable(user_id: int) -> ResponseReturnValue:
    return _set_active(user_id, active=True)


def _set_active(user_id: int, *, active: bool) -> ResponseReturnValue:
    try:
        user = service.set_active(actor(), user_id, active=active)
    except Refused as refused:
        if refused.code != "last_organizer":
            raise
        flash(str(refused.message), "bad")
    else:
        message = _("%(email)s can sign in again.") if active else _("%(email)s is signed out and cannot sign in.")
        flash(message % {"email": user.email}, "good")
    return redirect(url_for("accounts.users"))


@blueprint.post("/desk/users/<int:user_id>/remove-second-step")
def remove_second_step(user_id: int) -> ResponseReturnValue:
    user = service.remove_second_step(actor(), user_id)
    flash(_("%(email)s signs in with the password alone until they set up an app again.", email=user.email), "good")
    return redirect(url_for("accounts.users"))


@blueprint.post("/desk/invitations/<int:invitation_id>/resend")
def resend(invitation_id: int) -> ResponseReturnValue:
    invitation = invitations.resend(actor(), invitation_id)
    flash(_("A new link to %(email)s is on its way; the old one no longer works.", email=invitation.email), "good")
    return redirect(url_for("accounts.users"))


@blueprint.post("/desk/invitations/<int:invitation_id>/revoke")
def revoke(invitation_id: int) -> ResponseReturnValue:
    email = invitations.revoke(actor(), invitation_id)
    flash(_("The invitation to %(email)s is taken back.", email=email), "good")
    return redirect(url_for("accounts.users"))


TRAIL = ListDescription[AuditEntry](
    "trail",
    (
        ListColumn(
            "at", _l("When"), lambda entry: entry.at, ColumnKind.MOMENT, shown=lambda entry: moment_text(entry.at)
        ),
        ListColumn("told", _l("What happened"), trail_sentences.sentence, names=True),
        ListColumn("actor", _l("Who did it"), lambda entry: entry.actor_name, at_first=False),
        ListColumn("kind", _l("Kind"), lambda entry: trail_sentences.object_name(entry.object_type), at_first=False),
        ListColumn("action", _l("Act"), lambda entry: entry.action, at_first=False),
    ),
)


@blueprint.get("/desk/audit")
def audit_trail() -> ResponseReturnValue:
    """Who did what, newest first; ``?file=`` as a file, in coordinated universal time, for it is of all editions."""
    form = AuditFilterForm(request.args, audit.known_actions(), audit.known_object_types())
    wanted = {"words": form.words.data or "", "action": form.action.data, "object_type": form.object_type.data}
    if not form.validate():
        wanted = {}
    view = list_view(TRAIL, "accounts.audit_trail", {name: value for name, value in wanted.items() if value})
    if (kind := asked_kind()) and not form.errors:
        table = view.table(_("Audit trail"), audit.all_entries(**wanted), "UTC")
        return list_file(kind, table, "audit-trail", streamed=True)
    page = audit.entries(**wanted, number=page_number(request.args.get("page")))
    told = render_template("accounts/audit.html", form=form, page=page, view=view)
    return told, 422 if form.errors else 200
