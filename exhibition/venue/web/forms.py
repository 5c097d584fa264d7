"""Forms of the edition and its hall: shape and syntax."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FloatField,
    Form,
    FormField,
    SelectMultipleField,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.validators import NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from exhibition.core.i18n import TIMEZONE_NAMES
from exhibition.core.web.forms import ListedField, listed, number_field, required, text_field
from exhibition.venue.rules.edition import (
    LARGEST_STAFF,
    LONGEST_WAITING_MINUTES,
    MOST_EACH_CONTACT,
    SHORTEST_WAITING_MINUTES,
    Overridable,
    Reentry,
)
from exhibition.venue.rules.fair_hours import Way

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

A_DAY_MINUTES = 24 * 60
LONGEST_RETENTION_DAYS = 365
LONGEST_HOLD_HOURS = 60 * 24
SHORTEST_WAIT_MS, LONGEST_WAIT_MS = 200, 5000
"""A scanner never waits for the server longer than five seconds."""


class WrittenDateField(DateField):
    """A date field with our own message for an invalid date."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(_l("This is not a date. Write it like 2020-11-06."))) from error


class WrittenTimeField(TimeField):
    """A field for a time of day, with our own message for an invalid one."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([value[:5] for value in valuelist])
        except ValueError as error:
            raise ValueError(str(_l("This is not a time of day. Write it like 09:00."))) from error


class HoursForm(Form):
    """Opening hours of one day; the service knows which day it is."""

    day = WrittenDateField(_l("Day"), [required()])
    opens_at = WrittenTimeField(_l("Opens"), [required()])
    closes_at = WrittenTimeField(_l("Closes"), [required()])


def _codes(label: Any) -> StringField:
    """Booth codes, separated by spaces or commas."""
    return text_field(label, 2000, optional=True, placeholder="A01 A03")


class SpacingForm(FlaskForm):
    count = number_field(_l("How many booths"), 1, 1000, optional=True)
    distance_m = FloatField(
        _l("At least this many metres apart"),
        [Optional(), NumberRange(0.1, 100, message=_l("Write a number from %(min)s to %(max)s."))],
        render_kw={"inputmode": "decimal", "min": 0.1, "max": 100, "step": "any"},
    )
    metric = ListedField(
        _l("Measured"),
        choices=listed(
            [
                ("centre", _l("from centre to centre")),
                ("edge", _l("from edge to edge")),
                ("front", _l("from front to front")),
            ]
        ),
    )
    fixed = _codes(_l("Open in any case"))
    forbidden = _codes(_l("Never open"))


class PlanFileForm(FlaskForm):
    file = FileField(
        _l("File"), [required()], render_kw={"accept": ".json,.svg,.csv,.tsv,.txt,.xlsx,image/svg+xml,text/csv"}
    )


def _metres(label: Any, default: float | None) -> FloatField:
    return FloatField(
        label,
        [Optional(), NumberRange(0.1, 1000, message=_l("Write a number from %(min)s to %(max)s."))],
        default=default,
        render_kw={"inputmode": "decimal", "min": 0.1, "max": 1000, "step": "any"},
    )


UNIT_LABELS = {
    "m": _l("metres"),
    "cm": _l("centimetres"),
    "mm": _l("millimetres"),
    "ft": _l("feet"),
    "in": _l("inches"),
}


class PlanWishForm(FlaskForm):
    """How a file is to be read; sent by GET, because it changes nothing."""

    class Meta:
        csrf = False

    mode = ListedField(
        _l("The booths of the file"),
        choices=listed([("add", _l("are added or updated")), ("replace", _l("replace the whole plan"))]),
    )
    unit = ListedField(_l("Unit of lengths without one"), choices=listed(UNIT_LABELS.items()))
    centred = BooleanField(_l("x and y are the middle of a booth"))
    fit = BooleanField(_l("Make the hall as large as the booths need"))
    drawing_width_m = _metres(_l("Width of the whole drawing in metres"), None)
    booth_width_m = _metres(_l("Width of booths without a size, in metres"), 3.0)
    booth_depth_m = _metres(_l("Depth of booths without a size, in metres"), 3.0)


class RoundForm(FlaskForm):
    day = WrittenDateField(_l("Day"), [required()])
    starts_at = WrittenTimeField(_l("Begins"), [required()])
    minutes = number_field(_l("Minutes"), 1, 240)


class LayoutForm(FlaskForm):
    name = text_field(_l("Name of the layout"), 80)


OVERRIDE_LABELS = {
    Overridable.TOO_EARLY: _l("too early"),
    Overridable.TOO_LATE: _l("too late"),
    Overridable.SLOT_CLOSED: _l("session closed"),
    Overridable.VENUE_FULL: _l("hall full"),
    Overridable.PROTOCOL_REFUSED: _l("mask or screening"),
    Overridable.ALREADY_USED: _l("coming back where nobody may"),
}


REENTRY_LABELS = {
    Reentry.NEVER: _l("never"),
    Reentry.AFTER_ROUND: _l("after a disinfection round"),
    Reentry.WITHIN_SESSION: _l("as long as their session lasts"),
}


class ChosenField(SelectMultipleField):
    """Boxes to tick, stored as one text with spaces between the values."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_data(self, value: Any) -> None:
        self.data = value.split() if value else []

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(str(_l("Choose from the list."))) from error

    @property
    def text(self) -> str:
        return " ".join(self.data or [])


class EditionForm(FlaskForm):
    name = text_field(_l("Name of the fair"), 160)
    tagline = text_field(_l("One sentence about it"), 300, optional=True)
    venue_name = text_field(_l("Venue"), 160)
    address = text_field(_l("Address"), 300, optional=True)
    directions_url = text_field(
        _l("Link to a map"),
        500,
        Regexp(r"^(https?://[^\s/]+\S*)?$", message=_l("A link begins with https:// or http://.")),
        optional=True,
        inputmode="url",
    )
    timezone = ListedField(
        _l("Time zone"), choices=listed((zone, f"{short} ({zone})") for zone, short in TIMEZONE_NAMES.items())
    )
    starts_on = WrittenDateField(_l("First day"), [required()])
    ends_on = WrittenDateField(_l("Last day"), [required()])
    days = FieldList(FormField(HoursForm), max_entries=40)
    way = ListedField(
        _l("What happens to everything outside"), choices=listed((way, way) for way in ("", *Way)), default=""
    )
    place_seen = BooleanField(_l("It was shown who has a pass for the old place"))
    tell_place = BooleanField(_l("Tell everybody who has a pass of the new place"))
    early_minutes = number_field(_l("Minutes before its session that a party may enter"), 0, A_DAY_MINUTES)
    late_minutes = number_field(_l("Minutes after its session that a party may still enter"), 0, A_DAY_MINUTES)
    reentry = ListedField(
        _l("Coming back: who has left may come in again"), choices=listed((way, REENTRY_LABELS[way]) for way in Reentry)
    )
    people_each_contact = number_field(
        _l("People that one phone number or e-mail address may register for a day"), 1, MOST_EACH_CONTACT
    )
    waiting_minutes = number_field(
        _l("Minutes that a place is kept for somebody on a waiting list"),
        SHORTEST_WAITING_MINUTES,
        LONGEST_WAITING_MINUTES,
    )
    hold_hours = number_field(_l("Hours that a booth is held"), 1, LONGEST_HOLD_HOURS)
    badges_per_booth = number_field(_l("Badges for the staff of one booth"), 0, LARGEST_STAFF)
    offline_after_ms = number_field(
        _l("Milliseconds that a scanner waits before it decides by itself"), SHORTEST_WAIT_MS, LONGEST_WAIT_MS
    )
    amber_minutes = number_field(_l("Minutes until a scanner's data is amber"), 1, A_DAY_MINUTES)
    red_minutes = number_field(_l("Minutes until a scanner's data is red"), 1, A_DAY_MINUTES)
    longest_stay_minutes = number_field(
        _l("Minutes without a scan after which people inside are presumed to have left"),
        1,
        A_DAY_MINUTES,
        optional=True,
    )
    no_show_minutes = number_field(
        _l("Minutes after which places of people who have not come go to walk-ins"), 1, A_DAY_MINUTES, optional=True
    )
    override_codes = ChosenField(
        _l("What supervisors may overrule"), choices=listed((code, OVERRIDE_LABELS[code]) for code in Overridable)
    )
    walk_in_name_required = BooleanField(_l("Stewards must write down the name of a walk-in"))
    mask_required = BooleanField(_l("Everybody wears a mask; stewards look for it"))
    screening_question = text_field(_l("Question that stewards ask everybody"), 200, optional=True)
    retention_days = number_field(
        _l("Days after the fair until names and addresses are erased"), 1, LONGEST_RETENTION_DAYS
    )
