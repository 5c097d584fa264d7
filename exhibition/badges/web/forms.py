"""The forms of badges: a name, and at the desk whose staff it is."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm

from exhibition.core.web.forms import ListedField, text_field
from exhibition.visitors.rules import LONGEST_NAME

_l: Any = lazy_gettext  # WTForms accepts lazy texts, but its types do not say so


class BadgeForm(FlaskForm):
    name = text_field(_l("Name on the badge"), LONGEST_NAME, autocomplete="off")


class DeskBadgeForm(BadgeForm):
    exhibitor_id = ListedField(_l("Exhibitor"), coerce=int)
