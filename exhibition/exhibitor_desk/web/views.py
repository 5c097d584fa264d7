"""What to do next, and the sign of the booth as a picture and for printing."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.web.forms import require_valid
from exhibition.exhibitor_desk import standing
from exhibition.exhibitor_desk.rules import PRODUCTS_WANTED, steps
from exhibition.exhibitors import participants
from exhibition.exhibitors.web import acting
from exhibition.storefront import signs
from exhibition.storefront.catalogue import booths
from exhibition.storefront.catalogue.booths import Stand
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition

blueprint = Blueprint("exhibitor_desk", __name__)


@blueprint.get("/exhibitor")
def show(exhibition: Exhibition) -> ResponseReturnValue:
    """The exhibitor's first page: the steps to do as big buttons, done ones folded away."""
    exhibitor = acting.exhibitor()
    own = standing.own_booth(exhibition, exhibitor)
    now = standing.of(exhibition, exhibitor, own)
    return render_template(
        "exhibitor_desk/next.html",
        exhibition=exhibition,
        exhibitor=exhibitor,
        own=own,
        standing=now,
        steps=steps(now),
        wanted=PRODUCTS_WANTED,
    )


def _own_stand(exhibition: Exhibition) -> Stand:
    """The exhibitor's stand; raises Refused while it has no booth, because a sign names the booth."""
    exhibitor = acting.exhibitor()
    stand = booths.stand_of(exhibition, venue.hall(exhibition), exhibitor.slug)
    if stand.booth is None:
        raise Refused("sign_without_booth", _("The sign is ready as soon as your booth is confirmed."), status=404)
    return stand


@blueprint.get("/exhibitor/sign")
def sign(exhibition: Exhibition) -> ResponseReturnValue:
    """The sign, and what to do with it; without a booth, when there will be one."""
    exhibitor = acting.exhibitor()
    return render_template(
        "exhibitor_desk/sign.html",
        exhibition=exhibition,
        exhibitor=exhibitor,
        own=standing.own_booth(exhibition, exhibitor),
        printed=participants.sign_is_printed(exhibition.id, exhibitor.id),
    )


@blueprint.post("/exhibitor/sign")
def sign_printed(exhibition: Exhibition) -> ResponseReturnValue:
    """Note that the sign is printed, so that it is no step to do any more."""
    require_valid(FlaskForm())
    _own_stand(exhibition)
    participants.note_printed_sign(actor(), exhibition, acting.exhibitor())
    flash(_("Good. Put the sign where visitors see it."), "good")
    return redirect(url_for("exhibitor_desk.show"))


@blueprint.get("/exhibitor/sign.pdf")
def sign_pdf(exhibition: Exhibition) -> Response:
    return _file(signs.own_pdf(exhibition, _own_stand(exhibition)), "application/pdf", "pdf")


@blueprint.get("/exhibitor/sign.png")
def sign_picture(exhibition: Exhibition) -> Response:
    return _file(signs.own_picture(exhibition, _own_stand(exhibition)), "image/png", "png")


def _file(content: bytes, mimetype: str, ending: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'inline; filename="booth-sign.{ending}"'
    return answer
