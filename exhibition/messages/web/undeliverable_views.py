"""The desk's page of addresses that do not work, and what other pages show of them."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.paging import Page, page_number
from exhibition.messages import undeliverable
from exhibition.messages.readers import APPLICATION, EXHIBITOR, REGISTRATION
from exhibition.messages.undeliverable import UndeliverableAddress
from exhibition.messages.web import texts
from exhibition.venue.models import Exhibition
from exhibition.visitors.web.forms import MailForm

blueprint = Blueprint("undeliverable", __name__, url_prefix="/desk/undeliverable")
ONE = "/<kind>/<int(max=2147483647):subject_id>"


@dataclass(frozen=True)
class ListedAddress:
    """An address that does not work, with the form that corrects it."""

    line: UndeliverableAddress
    form: MailForm


def _form(kind: str, subject_id: int, **values: Any) -> MailForm:
    return MailForm(prefix=f"{kind}-{subject_id}", **values)


def _listed(line: UndeliverableAddress) -> ListedAddress:
    return ListedAddress(line, _form(*line.reference, formdata=None, data={"email": line.email}))


@blueprint.app_template_global()
def undeliverable_address(exhibition: Exhibition, kind: str, subject_id: int) -> ListedAddress | None:
    """For the page of a registration, exhibitor or application: its address, if it does not work."""
    line = undeliverable.of_subject(exhibition, kind, subject_id)
    return None if line is None else _listed(line)


@blueprint.app_template_global()
def undeliverable_reason(line: UndeliverableAddress) -> str:
    return str(texts.REASONS[line.reason])


@blueprint.app_template_global()
def hidden_address(email: str) -> str:
    """An address that somebody recognises as theirs: its first letter and what stands after the @."""
    name, _at, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _page(exhibition: Exhibition, wrong: MailForm | None = None) -> ResponseReturnValue:
    found = undeliverable.page_of(exhibition, page_number(request.args.get("page")))
    rows = [_listed(line) for line in found.items]
    if wrong is not None:
        rows = [ListedAddress(one.line, wrong) if one.form.email.id == wrong.email.id else one for one in rows]
    page = render_template(
        "messages/undeliverable.html",
        page=Page(rows, found.number, found.has_next),
        address=lambda number: url_for(".show", page=number),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong is not None else HTTPStatus.OK


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The addresses of the edition that do not work."""
    return _page(exhibition)


@blueprint.post(ONE)
def correct(exhibition: Exhibition, kind: str, subject_id: int) -> ResponseReturnValue:
    """Correct an address and send again. ``?then=`` leads back to a page other than the list."""
    if kind not in (REGISTRATION, EXHIBITOR, APPLICATION):
        raise NotFound
    form = _form(kind, subject_id)
    if not form.validate_on_submit():
        return _page(exhibition, form)
    try:
        undeliverable.correct(actor(), exhibition, (kind, subject_id), form.email.data or "")
    except NotFound:
        raise
    except Refused as refused:
        flash(str(refused.message), "warn")
    else:
        flash(_("It is sent again to %(email)s.", email=form.email.data), "good")
    return redirect(_back(kind, subject_id), HTTPStatus.SEE_OTHER)


def _back(kind: str, subject_id: int) -> str:
    then = request.args.get("then", "")
    if then and kind == REGISTRATION:
        return url_for("visitors_desk.registration", registration_id=subject_id)
    if then and kind == APPLICATION:
        return url_for("applications_desk.application", application_id=subject_id)
    if then:
        return url_for("exhibitors.edit", slug=then)
    return url_for(".show")
