"""The contact list for the health office: first how many parties it would hold, then, with the password, the list
itself.
"""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.files.spreadsheets import XLSX_TYPE, Table, as_xlsx
from exhibition.core.i18n import moment_text
from exhibition.core.web.forms import show_refusal
from exhibition.gate.occupancy import contact_list
from exhibition.gate.occupancy.contact_list import ContactSpan, Present
from exhibition.gate.web.forms import ConfirmForm, SpanForm
from exhibition.venue.models import Exhibition

blueprint = Blueprint("contacts", __name__, url_prefix="/desk/protocol/contacts")

INVALID = 422


@blueprint.get("")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The requested span, and how many parties were there; no names."""
    asked = "starts_at" in request.args or "ends_at" in request.args
    form = SpanForm(request.args if asked else None, meta={"csrf": False})
    during = _span(exhibition, form) if asked else None
    return _page(exhibition, form, during), INVALID if form.errors else 200


def _span(exhibition: Exhibition, form: SpanForm) -> ContactSpan | None:
    """None: the form says what is wrong."""
    if not form.validate() or form.starts_at.data is None or form.ends_at.data is None:
        return None
    try:
        return contact_list.span(exhibition, form.starts_at.data, form.ends_at.data)
    except Refused as refused:
        if refused.field is None:
            form.starts_at.errors = [*form.starts_at.errors, str(refused.message)]
        else:
            show_refusal(form, refused)
        return None


@blueprint.post("")
def hand_over(exhibition: Exhibition) -> ResponseReturnValue:
    """The list as a workbook."""
    form, confirm = SpanForm(meta={"csrf": False}), ConfirmForm()
    during = _span(exhibition, form)
    if during is None or not confirm.validate_on_submit():
        return _page(exhibition, form, during, confirm), INVALID
    try:
        parties = contact_list.hand_over(
            actor(), exhibition, during, confirm.reason.data or "", confirm.password.data or ""
        )
    except Refused as refused:
        show_refusal(confirm, refused)
        return _page(exhibition, form, during, confirm), refused.status
    answer = Response(_workbook(parties, exhibition), mimetype=XLSX_TYPE)
    name = f"contacts-{exhibition.slug}-{during.starts_at:%Y-%m-%d}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(
    exhibition: Exhibition, form: SpanForm, during: ContactSpan | None, confirm: ConfirmForm | None = None
) -> str:
    parties = contact_list.present(exhibition, during) if during is not None else []
    return render_template(
        "gate/contacts.html",
        exhibition=exhibition,
        form=form,
        during=during,
        parties=len(parties),
        people=sum(one.stay.people for one in parties),
        unreachable=sum(not one.reachable for one in parties),
        confirm=confirm or ConfirmForm(formdata=None),
    )


def _workbook(parties: list[Present], exhibition: Exhibition) -> bytes:
    zone = exhibition.timezone
    columns = (_("Name"), _("Phone"), _("E-mail"), _("People"), _("Came in"), _("Left"), _("Reference"))
    rows = [
        (
            *(
                one.name or _("no name left"),
                one.phone,
                one.email,
                one.stay.people,
                moment_text(one.stay.came_at, zone),
            ),
            moment_text(one.stay.left_at, zone) if one.stay.left_at else _("not seen"),
            one.reference,
        )
        for one in parties
    ]
    return as_xlsx(Table(_("Contacts"), columns, rows))
