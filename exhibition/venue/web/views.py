"""The edition at the desk."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.web.forms import show_refusal
from exhibition.venue.edition import changing as edition
from exhibition.venue.edition.changing import EditionDetails, Hours
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.fair_hours import Way
from exhibition.venue.web.forms import EditionForm

blueprint = Blueprint("venue", __name__)


def _save(exhibition: Exhibition, form: EditionForm) -> None:
    values = {name: form[name].data for name in EditionDetails.__dataclass_fields__}
    values["override_codes"] = form.override_codes.text
    hours: dict[date, Hours] = {row["day"]: (row["opens_at"], row["closes_at"]) for row in form.days.data}
    way = Way(form.way.data) if form.way.data else None
    tell_place = form.tell_place.data if form.place_seen.data else None
    edition.edit(actor(), exhibition, EditionDetails(**values), hours, way, tell_place=tell_place)


@blueprint.route("/desk/edition", methods=["GET", "POST"])
def edit(exhibition: Exhibition) -> ResponseReturnValue:
    form = EditionForm(obj=exhibition)
    if form.validate_on_submit():
        try:
            _save(exhibition, form)
        except Refused as refused:
            if refused.code == "consequences":
                return render_template("venue/edition/consequences.html", refused=refused), refused.status
            show_refusal(form, refused)
        else:
            flash(_("The edition was saved."), "good")
            return redirect(url_for("venue.edit"))
    page = render_template("venue/edition/edition.html", form=form, exhibition=exhibition)
    return page, 422 if form.errors else 200
