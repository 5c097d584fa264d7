"""Languages, and how dates, times and money are written in them."""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale, lazy_gettext

from exhibition.core.config import PROJECT, cookie_name

LOCALES = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT_LOCALE = "id"
DEFAULT_TIMEZONE = "Asia/Jakarta"
TRANSLATIONS = PROJECT / "translations"
COOKIE = "locale"
YEAR = 365 * 24 * 3600
TIMEZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}

babel = Babel()


def _cookie() -> str:
    return cookie_name(COOKIE, tls=current_app.config["TLS"])


def choose_locale() -> str:
    """The language of this request: ``?lang=``, then the cookie, then Indonesian.

    Browsers at the fair are often set to English by their makers, so Accept-Language is ignored.
    """
    if not has_request_context():
        return DEFAULT_LOCALE
    for wanted in (request.args.get("lang"), request.cookies.get(_cookie())):
        if wanted in LOCALES:
            return wanted
    return DEFAULT_LOCALE


def _remember_choice(response: Response) -> Response:
    if request.query_string and (wanted := request.args.get("lang")) in LOCALES:
        response.set_cookie(
            _cookie(), wanted, max_age=YEAR, samesite="Lax", httponly=True, secure=current_app.config["TLS"]
        )
    return response


def current_locale() -> str:
    """The code of the current language, also outside a request."""
    locale = get_locale()
    return str(locale) if locale else DEFAULT_LOCALE


def lazy(text: str, **values: Any) -> str:
    """A text that is translated when shown, typed as ``str`` because form labels want one; import it as ``_l``."""
    return cast("str", lazy_gettext(text, **values))


def _formats() -> str:
    """The locale for dates and times; English is British English, with the day first and 24 hours."""
    locale = current_locale()
    return "en_GB" if locale == "en" else locale


def zone_name(zone: tzinfo | str) -> str:
    """The short name of an Indonesian time zone, WIB, WITA or WIT; otherwise the zone's own name."""
    return TIMEZONE_NAMES.get(str(zone), str(zone))


def _zone(timezone: str | None) -> ZoneInfo:
    return ZoneInfo(timezone or getattr(g, "timezone", DEFAULT_TIMEZONE))


def show_times_in(timezone: str) -> None:
    """Write times in this zone from now on, in this request or job, where a call names no other."""
    g.timezone = timezone


def clock_time(moment: datetime, timezone: str | None = None) -> str:
    """``13.00`` or ``13:00`` in the edition's time zone."""
    return format_time(moment, "short", tzinfo=_zone(timezone), locale=_formats())


def hours_text(starts_at: datetime, ends_at: datetime, timezone: str) -> str:
    """From when to when, with the name of the time zone."""
    hours = f"{clock_time(starts_at, timezone)}\N{EN DASH}{clock_time(ends_at, timezone)}"
    return f"{hours} {zone_name(timezone)}"


def long_date(day: date, timezone: str | None = None) -> str:
    """``Jumat, 6 November 2020``; a moment is first put into the edition's time zone."""
    if isinstance(day, datetime):
        day = day.astimezone(_zone(timezone)).date()
    return format_date(day, "EEEE, d MMMM y", locale=_formats())


def short_date(day: date, timezone: str | None = None) -> str:
    """``Jum 6 Nov``; a moment is first put into the edition's time zone."""
    if isinstance(day, datetime):
        day = day.astimezone(_zone(timezone)).date()
    return format_date(day, "EEE d MMM", locale=_formats())


def moment_text(moment: datetime, timezone: str | None = None) -> str:
    """``6 Nov 2020 13.00`` or ``6 Nov 2020 13:00`` in the edition's time zone."""
    day = format_datetime(moment, "d MMM y", tzinfo=_zone(timezone), locale=_formats())
    return f"{day} {clock_time(moment, timezone)}"


def money(amount: int | Decimal, currency: str = "IDR", decimals: int = 2) -> str:
    """``Rp15.000``: ``amount`` in the currency's major unit; rupiah has no cents in practice.

    Other currencies are written in the style of the reader's language, with ``decimals`` digits; amounts are never
    converted.
    """
    if currency == "IDR":
        return format_currency(amount, "IDR", "¤#,##0", locale="id", currency_digits=False)
    pattern = "¤\u00a0#,##0" if current_locale() == "id" else "¤#,##0"
    pattern += "." + decimals * "0" if decimals else ""
    return format_currency(amount, currency, pattern, locale=current_locale(), currency_digits=False)


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT_LOCALE
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    babel.init_app(app, locale_selector=choose_locale)
    app.after_request(_remember_choice)
    app.jinja_env.filters |= {
        "clock_time": clock_time,
        "long_date": long_date,
        "short_date": short_date,
        "moment_text": moment_text,
        "money": money,
    }
    app.jinja_env.globals |= {"LOCALES": LOCALES, "current_locale": current_locale, "zone_name": zone_name}
