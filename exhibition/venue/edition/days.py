"""The days an edition may have."""

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from exhibition.core.errors import Refused

LONGEST_FAIR_DAYS = 31
EARLIEST, LATEST = date(2020, 1, 1), date(2050, 12, 31)
"""A pass's minutes are counted from 2020 and fit into three bytes until 2051 (the token's format)."""


def check_days(starts_on: date, ends_on: date) -> None:
    """Raises Refused with status 422: ``date_invalid``, ``dates_order``, ``too_long``."""
    if not (EARLIEST <= starts_on <= LATEST):
        message = _l("The fair must lie between 2020 and 2050.")
        raise Refused("date_invalid", message, status=422, field="starts_on")
    if ends_on < starts_on:
        raise Refused("dates_order", _l("The last day is before the first."), status=422, field="ends_on")
    if ends_on - starts_on >= timedelta(days=LONGEST_FAIR_DAYS):
        message = _l("A fair lasts at most %(days)s days.", days=LONGEST_FAIR_DAYS)
        raise Refused("too_long", message, status=422, field="ends_on")


def days_between(starts_on: date, ends_on: date) -> list[date]:
    """Every day from the first to the last."""
    return [starts_on + timedelta(days=number) for number in range((ends_on - starts_on).days + 1)]
