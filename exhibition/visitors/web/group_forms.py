"""The forms of groups, and of closing online registration: shape and syntax only."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import AnyOf, InputRequired

from exhibition.core.web.forms import area_field, number_field, text_field
from exhibition.visitors.groups.rules import MOST_LINES
from exhibition.visitors.models import LARGEST_GROUP
from exhibition.visitors.web.forms import cleaned_phone, whole_number

_l: Any = lazy_gettext  # WTForms accepts lazy texts, but its types do not say so

LONGEST_LIST = 16_000


class CodeForm(FlaskForm):
    code = text_field(_l("Code of the group"), 20, autocomplete="off", autocapitalize="characters")


class GroupListForm(FlaskForm):
    slot_id = SelectField(
        _l("Session"),
        validators=[InputRequired(_l("Please choose a session.")), whole_number],
        validate_choice=False,
    )
    people = area_field(_l("Who comes? One name a line"), LONGEST_LIST, rows=8)
    count = number_field(_l("Or: how many strips for one person each, without names"), 1, MOST_LINES, optional=True)


class GroupForm(FlaskForm):
    name = text_field(_l("Name of the group"), 120)
    contact_name = text_field(_l("Who speaks for it"), 120)
    contact_phone = text_field(_l("Their mobile number"), 40, cleaned_phone, optional=True, inputmode="tel")
    most_people = number_field(_l("How many people it may register"), 1, LARGEST_GROUP)


class ChangeGroupForm(FlaskForm):
    most_people = number_field(_l("How many people it may register"), 1, LARGEST_GROUP)
    is_open = BooleanField(_l("The code registers people"))


class ChangeOnlineForm(FlaskForm):
    open = HiddenField(validators=[AnyOf(["yes", "no"])])
