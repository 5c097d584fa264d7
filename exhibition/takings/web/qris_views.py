"""An exhibitor's QRIS: registered on the exhibitor's pages, and held against the sticker at the booth by staff."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import limiter
from exhibition.core.files.images import MAX_BYTES
from exhibition.core.web.forms import require_valid
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.web import acting
from exhibition.takings import qris
from exhibition.takings.qris import QrisCheck, StaticQris
from exhibition.takings.rules.qris import LONGEST, QrisAnswer
from exhibition.venue.models import Exhibition

blueprint = Blueprint("qris", __name__)

LONGEST_NUMBER = 9
LIMIT = "20/minute;200/hour"
"""For one IP address: reading photos costs time."""
ANSWERS = {
    QrisAnswer.SAME: (_l("same"), "good"),
    QrisAnswer.OTHER_ACCOUNT: (_l("other account"), "warn"),
    QrisAnswer.OTHER: (_l("another merchant"), "bad"),
    QrisAnswer.UNKNOWN: (_l("not registered"), ""),
}
"""Each answer as a chip: word and tone."""


def _sent() -> StaticQris:
    """The code in the form that was sent. Raises Refused."""
    require_valid(FlaskForm())
    upload = request.files.get(qris.PICTURE)
    picture = upload.read(MAX_BYTES + 1) if upload else b""
    return qris.read(request.form.get(qris.PAYLOAD, "")[: LONGEST + 1], picture)


# The exhibitor's own page.


def _own_page(exhibition: Exhibition, exhibitor: Exhibitor, refused: Refused | None = None) -> ResponseReturnValue:
    page = render_template(
        "takings/qris.html",
        exhibition=exhibition,
        exhibitor=exhibitor,
        code=qris.of_exhibitor(exhibitor.id),
        refused=refused,
        typed=request.form.get(qris.PAYLOAD, "")[:LONGEST],
        longest=LONGEST,
    )
    return page, refused.status if refused else HTTPStatus.OK


@blueprint.get("/exhibitor/qris")
def own(exhibition: Exhibition) -> ResponseReturnValue:
    """The code that is registered, with the name under which people pay."""
    return _own_page(exhibition, acting.exhibitor())


@blueprint.post("/exhibitor/qris")
@limiter.limit(LIMIT)
def register(exhibition: Exhibition) -> ResponseReturnValue:
    """Register a code from a photo or its text."""
    exhibitor = acting.exhibitor()
    try:
        code = _sent()
    except Refused as refused:
        return _own_page(exhibition, exhibitor, refused)
    qris.register(actor(), exhibitor, code)
    flash(_("Kept: people pay to %(name)s, %(city)s.", name=code.merchant, city=code.city), "good")
    return redirect(url_for(".own"), HTTPStatus.SEE_OTHER)


@blueprint.post("/exhibitor/qris/remove")
def remove(exhibition: Exhibition) -> ResponseReturnValue:  # noqa: ARG001 asked for so that it is one of theirs
    require_valid(FlaskForm())
    qris.remove(actor(), acting.exhibitor())
    flash(_("The QRIS is forgotten."), "good")
    return redirect(url_for(".own"), HTTPStatus.SEE_OTHER)


# For stewards and organizers, at the booth.


def _check_page(
    exhibition: Exhibition, *, checked: QrisCheck | None = None, refused: Refused | None = None
) -> ResponseReturnValue:
    page = render_template(
        "takings/qris_check.html",
        exhibition=exhibition,
        lines=qris.lines(exhibition),
        chosen=request.values.get("exhibitor_id", ""),
        typed=request.form.get(qris.PAYLOAD, "")[:LONGEST] if refused else "",
        checked=checked,
        answers=ANSWERS,
        refused=refused,
        longest=LONGEST,
    )
    return page, refused.status if refused else HTTPStatus.OK


@blueprint.get("/gate/qris")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """Which booths have registered a code, and how the last check ended; ``?exhibitor_id=`` chooses one."""
    return _check_page(exhibition)


def _exhibitor_id() -> int:
    number = request.form.get("exhibitor_id", "")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise Refused("qris_booth", _("Choose the booth."), status=422, field="exhibitor_id")
    return int(number)


@blueprint.post("/gate/qris")
@limiter.limit(LIMIT)
def check(exhibition: Exhibition) -> ResponseReturnValue:
    """Hold the code that hangs at a booth against the registered one."""
    try:
        checked = qris.check(actor(), exhibition, _exhibitor_id(), _sent())
    except NotFound:
        raise
    except Refused as refused:
        return _check_page(exhibition, refused=refused)
    return _check_page(exhibition, checked=checked)
