"""Forms of the gates' desk: shape and syntax only."""

# pyright: reportArgumentType=false
# WTForms shows lazy texts as well as plain ones; its types allow only plain ones.

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, FloatField, IntegerField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from exhibition.gate.occupancy.caps import LARGEST_AREA_M2, LARGEST_CAP, SMALLEST_AREA_M2
from exhibition.gate.occupancy.contact_list import LONGEST_REASON as LONGEST_LETTER
from exhibition.gate.occupancy.headcount import LARGEST_COUNT, LONGEST_REASON
from exhibition.visitors.models import LARGEST_PARTY


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
        [InputRequired(), NumberRange(0, LARGEST_CAP)],
        render_kw={"inputmode": "numeric", "min": 0, "max": LARGEST_CAP},
    )


class WrittenMomentField(DateTimeLocalField):
    """A date with a time of day, with our own error message."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_l("This is no date with a time. Write it like 2020-11-06 09:00."))) from error


class PlannedCapForm(CapacityForm):
    starts_at = WrittenMomentField(_l("From"), [InputRequired(message=_l("Please write from when."))])
    reason = StringField(
        _l("Why (optional)"),
        [Length(max=LONGEST_REASON)],
        render_kw={"maxlength": LONGEST_REASON, "autocomplete": "off"},
    )


class SpanForm(FlaskForm):
    starts_at = WrittenMomentField(_l("From"), [InputRequired(message=_l("Please write from when."))])
    ends_at = WrittenMomentField(_l("Until"), [InputRequired(message=_l("Please write until when."))])


class ConfirmForm(FlaskForm):
    reason = StringField(
        _l("Number of the health office's letter"),
        [InputRequired(message=_l("Please fill this in.")), Length(max=LONGEST_LETTER)],
        render_kw={"maxlength": LONGEST_LETTER, "autocomplete": "off"},
    )
    password = PasswordField(
        _l("Your password again"),
        [InputRequired(message=_l("Please fill this in.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class AreaForm(FlaskForm):
    square_metres_each = FloatField(
        _l("Square metres for each person"),
        [
            Optional(),
            NumberRange(SMALLEST_AREA_M2, LARGEST_AREA_M2, message=_l("Write a number from %(min)s to %(max)s.")),
        ],
        render_kw={"inputmode": "decimal", "min": SMALLEST_AREA_M2, "max": LARGEST_AREA_M2, "step": "any"},
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


class CorrectionForm(FlaskForm):
    people = IntegerField(_l("How many it were"), [InputRequired(), NumberRange(0, LARGEST_PARTY)])
    reason = StringField(_l("Reason"), [InputRequired(), Length(max=LONGEST_REASON)])


class ConflictForm(FlaskForm):
    note = StringField(_l("Note"), [InputRequired(), Length(max=500)], render_kw={"maxlength": 500})


class DeviceNameForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired(), Length(max=80)], render_kw={"maxlength": 80})
