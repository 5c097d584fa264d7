"""The organizer's pages of registrations."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.sql.paging import page_number
from exhibition.core.web.forms import show_refusal
from exhibition.venue.models import Exhibition
from exhibition.visitors import floods, phone_notices, search, service
from exhibition.visitors.models import PassState
from exhibition.visitors.web.forms import NarrowForm, WithdrawForm

blueprint = Blueprint("visitors_desk", __name__, url_prefix="/desk")

SHOWN = 10
"""So many of those who would be withdrawn are shown before."""


@blueprint.get("/registrations")
def registrations(exhibition: Exhibition) -> str:
    """The registrations, searched by name, reference, code, e-mail or the last digits of the phone number.

    They can be narrowed to a time, a contact, or those of one network address.
    """
    words = search.tidy(request.args.get("q", ""))
    form = NarrowForm(request.args, meta={"csrf": False})
    narrowing = form.narrowing(exhibition.timezone) if form.validate() else search.Narrowing()
    chosen = _chosen(form) if narrowing else {}
    return render_template(
        "visitors/desk_registrations.html",
        page=search.registrations(exhibition, words, page_number(request.args.get("page")), narrowing),
        words=words,
        form=form,
        chosen=chosen,
        online=exhibition.online_registration,
        withdrawable=floods.count(exhibition, narrowing) if narrowing and not words else 0,
        address=lambda number: url_for(".registrations", q=words or None, page=number, **chosen),
    )


def _chosen(form: NarrowForm) -> dict[str, Any]:
    """The narrowing as it stands in addresses."""
    return {field.name: request.args[field.name] for field in form if request.args.get(field.name)}


@blueprint.route("/registrations/withdraw", methods=["GET", "POST"])
def withdraw(exhibition: Exhibition) -> ResponseReturnValue:
    """Withdraw the passes of all registrations that match, after their number was typed."""
    narrow = NarrowForm(request.args, meta={"csrf": False})
    narrowing = narrow.narrowing(exhibition.timezone) if narrow.validate() else search.Narrowing()
    if not narrowing:
        return redirect(url_for(".registrations"))
    chosen = _chosen(narrow)
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
    """Whom to write to by phone: a link for each that opens the text in WhatsApp."""
    return render_template("visitors/desk_phones.html", lines=phone_notices.waiting(exhibition))


@blueprint.post("/registrations/phones/<int:notice_id>")
def tick_phone(exhibition: Exhibition, notice_id: int) -> ResponseReturnValue:
    """Tick somebody off as written to."""
    phone_notices.tick(actor(), exhibition, notice_id)
    return redirect(url_for(".phones"), 303)


@blueprint.get("/registrations/<int:registration_id>")
def registration(exhibition: Exhibition, registration_id: int) -> str:
    """One registration with its pass and mails."""
    issued = service.get_of(exhibition, registration_id)
    return render_template(
        "visitors/desk_registration.html",
        issued=issued,
        contact=service.contact(registration_id),
        mails=search.mails(registration_id),
        origin=search.origin_of(registration_id),
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
