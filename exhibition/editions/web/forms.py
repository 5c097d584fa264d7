"""Forms about whole editions: shape and syntax."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm

from exhibition.core.web.forms import number_field

_l: Any = lazy_gettext  # WTForms takes lazy texts but its types do not say so

FARTHEST_DAYS = 3650


class MoveForm(FlaskForm):
    days = number_field(_l("By how many days (a negative number: sooner)"), -FARTHEST_DAYS, FARTHEST_DAYS)
