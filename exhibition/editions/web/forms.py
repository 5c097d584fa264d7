"""Forms about whole editions: shape and syntax."""

from datetime import time
from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, FloatField
from wtforms.validators import NumberRange

from exhibition.core.errors import Refused
from exhibition.core.i18n import DEFAULT_TIMEZONE, TIMEZONE_NAMES
from exhibition.core.web import forms
from exhibition.core.web.forms import ListedField, listed, number_field, required, text_field
from exhibition.editions.checking import LONGEST, LONGEST_SLUG
from exhibition.editions.plans import ContactPlan, Part
from exhibition.venue.rules.hall_grid import BOOTH_SIDES, MOST_BOOTHS, MOST_COLUMNS, MOST_ROWS, WIDEST_AISLE, Wall
from exhibition.venue.web.forms import ChosenField, WrittenDateField, WrittenTimeField

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

FARTHEST_DAYS = 3650


class MoveForm(FlaskForm):
    days = number_field(_l("By how many days (a negative number: sooner)"), -FARTHEST_DAYS, FARTHEST_DAYS)


PART_LABELS = {
    Part.HALL: _l("Hall with booths, zones and the published layout"),
    Part.SESSIONS: _l("Sessions and disinfection rounds, moved to the new days"),
    Part.GATES: _l("Gates, without their phones"),
    Part.CAPS: _l("Caps of people inside"),
    Part.RULES: _l("Rules, texts and the points of the call for applications"),
}


def _timezones() -> list[tuple[str, str]]:
    """Those of Indonesia first."""
    others = sorted(zone for zone in available_timezones() if "/" in zone and zone not in TIMEZONE_NAMES)
    return [*((zone, f"{short} ({zone})") for zone, short in TIMEZONE_NAMES.items()), *((one, one) for one in others)]


class OrganizerContactForm(FlaskForm):
    """How people reach the organizer; what is right is the use case's to say."""

    organizer_name = text_field(_l("Name of the office that holds the fair"), LONGEST["name"], optional=True)
    contact_email = text_field(_l("E-mail address"), 254, optional=True, inputmode="email")
    contact_phone = text_field(_l("Phone"), 30, optional=True, inputmode="tel")
    contact_whatsapp = text_field(_l("WhatsApp"), 30, optional=True, inputmode="tel")

    def plan(self) -> ContactPlan:
        return ContactPlan(
            self.organizer_name.data or "",
            self.contact_email.data or "",
            self.contact_phone.data or "",
            self.contact_whatsapp.data or "",
        )


def show_refusal(form: FlaskForm, refused: Refused) -> None:
    """As ``core.web.forms`` does it; a plan names its contact's fields ``contact.email`` and so on."""
    if refused.field:
        refused.field = refused.field.replace("contact.organizer", "organizer_name").replace("contact.", "contact_")
    forms.show_refusal(form, refused)


class NewEditionForm(OrganizerContactForm):
    """A fair to be made; what its values must be is the use case's to say."""

    name = text_field(_l("Name of the fair"), LONGEST["name"])
    slug = text_field(_l("Short name in addresses"), LONGEST_SLUG, optional=True, autocapitalize="none")
    venue_name = text_field(_l("Venue"), LONGEST["venue_name"], optional=True)
    address = text_field(_l("Address"), LONGEST["address"], optional=True)
    starts_on = WrittenDateField(_l("First day"), [required()])
    ends_on = WrittenDateField(_l("Last day"), [required()])
    opens = WrittenTimeField(_l("Opens"), [required()], default=time(9))
    closes = WrittenTimeField(_l("Closes"), [required()], default=time(17))
    timezone = ListedField(_l("Time zone"), choices=listed(_timezones()), default=DEFAULT_TIMEZONE)
    parts = ChosenField(_l("What comes along"), choices=listed(PART_LABELS.items()), default=" ".join(Part))


WALL_LABELS = {
    Wall.UPPER: _l("upper wall"),
    Wall.LOWER: _l("lower wall"),
    Wall.LEFT: _l("left wall"),
    Wall.RIGHT: _l("right wall"),
}


def _metres(label: Any, lowest: float, highest: float, default: float) -> FloatField:
    return FloatField(
        label,
        [required(), NumberRange(lowest, highest, message=_l("Write a number from %(min)s to %(max)s."))],
        default=default,
        render_kw={"inputmode": "decimal", "min": lowest, "max": highest, "step": "any"},
    )


class HallGridForm(FlaskForm):
    """Rows of booths side by side, an aisle before each row."""

    rows = number_field(_l("Rows"), 1, MOST_ROWS, default=3)
    columns = number_field(_l("Booths in a row"), 1, MOST_COLUMNS, default=4)
    booth_width = _metres(_l("Width of a booth (m)"), *BOOTH_SIDES, default=3.0)
    booth_depth = _metres(_l("Depth of a booth (m)"), *BOOTH_SIDES, default=3.0)
    aisle = _metres(_l("Width of the aisles (m)"), 0, WIDEST_AISLE, default=3.0)
    door = ListedField(_l("Entrance"), choices=listed(WALL_LABELS.items()), default=Wall.UPPER.value)
    open_booths = number_field(_l("How many of them are open"), 1, MOST_BOOTHS, optional=True)
    replace = BooleanField(_l("The booths that are drawn now, and the layouts, give way to these"))
