"""Forms about sessions: shape and syntax only; the rules of sessions decide the rest."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectMultipleField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue] newer than its stubs
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from exhibition.core.errors import Refused
from exhibition.core.i18n import long_date
from exhibition.core.web.forms import ListedField, listed, number_field, text_field
from exhibition.editions.rules.session_acts import Going
from exhibition.venue.rules.day_windows import Hours
from exhibition.visitors.models import SlotState
from exhibition.visitors.rules import LARGEST_CAPACITY, LONGEST_NOTE

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

A_DAY_MINUTES = 24 * 60
SHORTEST_MINUTES = 5
FARTHEST_MINUTES = 31 * A_DAY_MINUTES
BREAKS = 2
MEANT_SO = _l("It is meant to lie outside the opening hours, or to begin in the past")


def _capacity(label: Any, *, optional: bool = False) -> Any:
    return number_field(label, 0, LARGEST_CAPACITY, optional=optional)


def _moment(label: Any, missing: Any) -> DateTimeLocalField:
    return DateTimeLocalField(label, validators=[InputRequired(missing)])


class _Refusing(FlaskForm):
    """A form that shows a refusal beside the field it names, or beside its first one."""

    first = "capacity"

    def show(self, refused: Refused) -> None:
        field = self._fields.get(refused.field or "", self._fields[self.first])
        field.errors = [*field.errors, str(refused.message)]


class SlotForm(_Refusing):
    """The settings of a session."""

    capacity = _capacity(_l("Capacity (people)"))
    state = RadioField(
        _l("State"),
        choices=[SelectChoice(SlotState.OPEN.value, _l("Open")), SelectChoice(SlotState.CLOSED.value, _l("Closed"))],
        validators=[InputRequired(_l("Choose open or closed."))],
    )
    note = text_field(_l("Note for visitors"), LONGEST_NOTE, optional=True)
    reserved = BooleanField(_l("Only for those who have a place: no further places are given out"))
    anyway = BooleanField(MEANT_SO)


class NewSlotForm(_Refusing):
    """One further session."""

    starts_at = _moment(_l("Starts"), _l("Please write when it starts."))
    ends_at = _moment(_l("Ends"), _l("Please write when it ends."))
    capacity = _capacity(_l("Capacity (people)"))
    note = text_field(_l("Note for visitors"), LONGEST_NOTE, optional=True)
    anyway = BooleanField(MEANT_SO)


class RetimeForm(_Refusing):
    """Another begin and end."""

    first = "starts_at"
    starts_at = _moment(_l("Starts"), _l("Please write when it starts."))
    ends_at = _moment(_l("Ends"), _l("Please write when it ends."))
    anyway = BooleanField(MEANT_SO)


class DivisionForm(_Refusing):
    """Where a session is split, and who goes into the second half."""

    first = "at"
    at = TimeField(_l("The second half begins"), validators=[InputRequired(_l("Please write when it starts."))])
    first_capacity = _capacity(_l("Capacity of the first half (people)"))
    second_capacity = _capacity(_l("Capacity of the second half (people)"))
    going = RadioField(
        _l("Who has a place"),
        choices=[
            SelectChoice(Going.NOBODY.value, _l("stays in the first half")),
            SelectChoice(Going.REST.value, _l("goes into the second half if they registered last and do not fit")),
            SelectChoice(Going.ALL.value, _l("goes into the second half")),
        ],
        default=Going.NOBODY.value,
    )


class TargetForm(_Refusing):
    """The session that people are moved into."""

    first = "target"
    target = ListedField(_l("Into the session"))


class SeveralForm(_Refusing):
    """What is done to the sessions that are ticked."""

    first = "do"
    do = RadioField(
        _l("What to do"),
        choices=[
            SelectChoice("shift", _l("Shift them")),
            SelectChoice("capacity", _l("Set their capacity")),
            SelectChoice("remove", _l("Delete them")),
        ],
        default="shift",
    )
    minutes = number_field(
        _l("By how many minutes (a negative number: earlier)"), -FARTHEST_MINUTES, FARTHEST_MINUTES, optional=True
    )
    capacity = _capacity(_l("Capacity of each (people)"), optional=True)
    anyway = BooleanField(MEANT_SO)


class _BreakForm(Form):
    begins = TimeField(_l("Break from"), validators=[Optional()])
    ends = TimeField(_l("until"), validators=[Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        begins, ends = self.begins.data, self.ends.data
        if (begins is None) != (ends is None):
            self.ends.errors = [_l("Write both times of the break, or neither.")]
            return False
        if begins is not None and ends is not None and ends <= begins:
            self.ends.errors = [_l("A break must end after it begins.")]
            return False
        return valid


class _TickedDays(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class GenerateForm(_Refusing):
    """Sessions one after another on some days."""

    first = "every_minutes"
    days = _TickedDays(_l("Days"), validators=[InputRequired(_l("Choose at least one day."))])
    begins = TimeField(_l("First session begins"), validators=[InputRequired(_l("Please write when it starts."))])
    ends = TimeField(
        _l("Last session ends at the latest"), validators=[InputRequired(_l("Please write when it ends."))]
    )
    every_minutes = number_field(_l("Every how many minutes"), SHORTEST_MINUTES, A_DAY_MINUTES)
    breaks = FieldList(FormField(_BreakForm), min_entries=BREAKS, max_entries=BREAKS)
    capacity = _capacity(_l("People in each"))
    anyway = BooleanField(MEANT_SO)

    def offer(self, days: Iterable[date]) -> None:
        self.days.choices = listed((day.isoformat(), long_date(day)) for day in days)

    def validate_ends(self, field: Field) -> None:
        if self.begins.data is not None and field.data is not None and field.data <= self.begins.data:
            raise ValidationError(str(_l("A session must end after it starts.")))

    @property
    def written_breaks(self) -> tuple[Hours, ...]:
        rows: list[dict[str, time | None]] = self.breaks.data
        return tuple((row["begins"], row["ends"]) for row in rows if row["begins"] and row["ends"])


def moment(field: DateTimeLocalField, timezone: str) -> datetime:
    """The moment that was written by the clock of the fair."""
    assert field.data is not None
    return field.data.replace(tzinfo=ZoneInfo(timezone))
