"""Forms of the gates' desk: shape and syntax only."""

# pyright: reportArgumentType=false
# WTForms shows lazy texts as well as plain ones; its types know only the plain.

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from exhibition.gate.counters import LARGEST_CAPACITY
from exhibition.gate.headcount import LARGEST_COUNT, LONGEST_REASON


class GateForm(FlaskForm):
    code = StringField(
        _l("Code"),
        [
            InputRequired(),
            Regexp(r"^\s*[A-Za-z0-9]{1,8}\s*$", message=_l("One to eight letters or digits, like A or N2.")),
        ],
        render_kw={"maxlength": 8, "autocapitalize": "characters", "autocomplete": "off"},
    )
    name = StringField(_l("Name"), [InputRequired(), Length(max=80)], render_kw={"maxlength": 80})


class CapacityForm(FlaskForm):
    capacity = IntegerField(
        _l("People who may be inside"),
        [InputRequired(), NumberRange(0, LARGEST_CAPACITY)],
        render_kw={"inputmode": "numeric", "min": 0, "max": LARGEST_CAPACITY},
    )


class CountForm(FlaskForm):
    inside = IntegerField(
        _l("People counted inside"),
        [InputRequired(), NumberRange(0, LARGEST_COUNT)],
        render_kw={"inputmode": "numeric", "min": 0, "max": LARGEST_COUNT},
    )
    reason = StringField(
        _l("Why it was counted"),
        [InputRequired(), Length(max=LONGEST_REASON)],
        render_kw={"maxlength": LONGEST_REASON, "autocomplete": "off"},
    )


class ConflictForm(FlaskForm):
    note = StringField(_l("Note"), [InputRequired(), Length(max=500)], render_kw={"maxlength": 500})


class DeviceNameForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired(), Length(max=80)], render_kw={"maxlength": 80})
