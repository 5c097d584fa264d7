"""Removing the demo at the desk, after what goes was shown."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import NotFound, Refused
from exhibition.core.web.forms import show_refusal, text_field
from exhibition.demo import removal

blueprint = Blueprint("demo", __name__)

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so


class RemovalForm(FlaskForm):
    name = text_field(_l("Name of the fair"), 160, autocomplete="off")


@blueprint.route("/desk/demo", methods=["GET", "POST"])
def remove() -> ResponseReturnValue:
    """What would go, and the form to confirm it by typing the fair's name."""
    form = RemovalForm()
    leaving = removal.leaving(actor())
    if form.validate_on_submit():
        try:
            removal.remove(actor(), form.name.data or "")
        except NotFound:
            raise
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("The demo is removed."), "good")
            return redirect(url_for("editions.listed"), 303)
    return render_template("demo/remove.html", form=form, leaving=leaving), 422 if form.errors else 200
