"""A fair's own colour and logo: the desk's page, and what pages load of them."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, ColorField

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.i18n import lazy as _l
from exhibition.core.web.forms import show_refusal
from exhibition.venue import looks
from exhibition.venue.models import Exhibition
from exhibition.venue.rules import colours

blueprint = Blueprint("looks", __name__)
KEPT = 365 * 24 * 3600
"""Seconds; the address of each names its content."""
PROPOSED = f"#{looks.OURS.accent}"


class LookForm(FlaskForm):
    own = BooleanField(_l("A colour of our own"))
    colour = ColorField(_l("Colour"), default=PROPOSED)
    logo = FileField(_l("Logo"))
    without_logo = BooleanField(_l("Take the logo away"))


@blueprint.route("/desk/look", methods=["GET", "POST"])
def edit(exhibition: Exhibition) -> ResponseReturnValue:
    colour = f"#{exhibition.colour}" if exhibition.colour else PROPOSED
    form = LookForm(data={"own": bool(exhibition.colour), "colour": colour})
    if form.validate_on_submit():
        wanted = (form.colour.data or "").removeprefix("#").lower() if form.own.data else None
        content = form.logo.data.read() if form.logo.data else None
        try:
            changed = looks.change(actor(), exhibition, wanted, content, without_logo=bool(form.without_logo.data))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("The look was saved.") if changed else _("Nothing was changed."), "good" if changed else "")
            return redirect(url_for(".edit"))
    page = render_template("venue/edition/look.html", form=form, exhibition=exhibition)
    return page, 422 if form.errors else 200


@blueprint.get("/looks/<colour>.css")
def stylesheet(colour: str) -> Response:
    """The tokens of a colour that can be read."""
    if not colours.is_colour(colour) or not colours.is_readable(colour):
        abort(404)
    return _kept(Response(looks.stylesheet(colour), mimetype="text/css"))


@blueprint.get("/logos/<digest>.png")
def logo(digest: str) -> Response:
    content = looks.logo(digest)
    if content is None:
        abort(404)
    return _kept(Response(content, mimetype="image/png"))


def _kept(answer: Response) -> Response:
    answer.cache_control.public = True
    answer.cache_control.max_age = KEPT
    answer.cache_control.immutable = True
    return answer
