"""What the desk's forms send: shape and syntax. What was seen travels as a mark (see ``rules.mark``)."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf, Length

from exhibition.allocation.rules import LARGEST_ID, StepKind
from exhibition.core.forms import number_field, required, text_field

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

UNREADABLE = _l("This cannot be read. Open the plan again.")


def _mark(label: Any) -> StringField:
    return StringField(label, [required(), Length(max=80, message=UNREADABLE)])


def _code(label: Any) -> StringField:
    return text_field(label, 16)


class HoldForm(FlaskForm):
    booth = _code(_l("Booth"))
    exhibitor_id = number_field(_l("Exhibitor"), 1, LARGEST_ID)
    hours = number_field(_l("Hours"), 1, 60 * 24, optional=True)


class ActForm(FlaskForm):
    seen = _mark(_l("Allocation"))
    act = StringField(
        _l("Act"),
        [required(), AnyOf([StepKind.OFFER, StepKind.CONFIRM, StepKind.RELEASE], message=UNREADABLE)],
    )


class MoveForm(FlaskForm):
    seen = _mark(_l("Allocation"))
    booth = _code(_l("Move to booth"))


class SwapForm(FlaskForm):
    seen = _mark(_l("Allocation"))
    other = _mark(_l("Swap with"))


class AnswerForm(FlaskForm):
    seen = _mark(_l("Offer"))
    answer = StringField(_l("Answer"), [required(), AnyOf(["accept", "decline"], message=UNREADABLE)])
