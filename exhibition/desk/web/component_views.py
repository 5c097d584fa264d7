"""Every component on one page, as docs/design.md describes them; only in development and tests."""

from flask import Blueprint, render_template
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField

from exhibition.core.web.forms import listed, text_field
from exhibition.venue.models import Exhibition

blueprint = Blueprint("desk_components", __name__, url_prefix="/desk")


class ExampleForm(FlaskForm):
    """A field of each kind, one of them filled in wrongly."""

    name = text_field("Name", 80)
    zone = SelectField("Zone", choices=listed({"a": "Kuliner", "b": "Kriya"}.items()))
    power = text_field("Electricity", 20, optional=True)
    agreed = BooleanField("Water at the booth")


@blueprint.get("/_components")
def show(exhibition: Exhibition) -> str:
    form = ExampleForm(None, name="Keripik Bu Tini", power="lots")
    form.power.errors = ["Write a number of VA, such as 900."]
    return render_template("desk/components.html", exhibition=exhibition, form=form)
