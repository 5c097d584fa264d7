"""The page on which a seller tells the takings of a day: by the link of the application, by a badge, or signed in.

All three are the same page. Its script keeps what is entered without a network and sends it later, to the same address
(``static/js/takings``); without the script it is a form like any other.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from exhibition.accounts.audit import Actor
from exhibition.accounts.web.signin import actor
from exhibition.badges import service as badges
from exhibition.core import clock
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import limiter
from exhibition.core.i18n import long_date
from exhibition.core.web.forms import require_valid
from exhibition.exhibitors import newcomers
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.web import acting
from exhibition.takings import overview, service
from exhibition.takings.models import Takings
from exhibition.takings.rules.telling import TakingsSource
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.web.named_edition import speak_of

blueprint = Blueprint("takings", __name__)

LIMIT = "30/minute;200/hour"
"""For one IP address: all sellers of a fair may share one."""
KEY_BYTES = 16
LONGEST_TYPED = 40
TYPED = (*service.MONEY_FIELDS, "pieces")


@dataclass(frozen=True)
class Teller:
    """Who opens the page, and for whom; ``address`` is that of the page."""

    exhibition: Exhibition
    exhibitor: Exhibitor
    actor: Actor
    source: TakingsSource
    address: str

    @property
    def sees_figures(self) -> bool:
        """Whether what was told is shown: not to people who only have a badge, which others can photograph."""
        return self.source is not TakingsSource.BADGE


@blueprint.route("/exhibitor/takings", methods=["GET", "POST"])
def own(exhibition: Exhibition) -> ResponseReturnValue:
    exhibitor = acting.exhibitor()
    return _page(Teller(exhibition, exhibitor, actor(), TakingsSource.EXHIBITOR, url_for(".own")))


@blueprint.route("/daftar-stan/<key>/omzet", methods=["GET", "POST"])
@limiter.limit(LIMIT, methods=["POST"])
def by_link(key: str) -> ResponseReturnValue:
    """By the secret link of an application that acts for an exhibitor."""
    application = newcomers.acting_by(key)
    if application is None or application.exhibitor_id is None:
        raise NotFound
    exhibition = applications.edition_of(application)
    speak_of(exhibition)
    exhibitor = exhibitors.by_id(application.exhibitor_id)
    teller = applications.actor_of(application)
    return _page(Teller(exhibition, exhibitor, teller, TakingsSource.EXHIBITOR, url_for(".by_link", key=key)))


@blueprint.route("/tanda/<token>/omzet", methods=["GET", "POST"])
@limiter.limit(LIMIT, methods=["POST"])
def by_badge(token: str) -> ResponseReturnValue:
    """By the QR of a badge that opens the gates: only the day that opened last can be told."""
    exhibition, holder, newest = badges.shown(token)
    speak_of(exhibition)
    if not newest or not holder.opens:
        message = _("This badge is not valid any more. Ask who has the link of the application.")
        raise Refused("badge_not_valid", message)
    exhibitor = exhibitors.by_id(holder.exhibitor_id)
    teller = Actor(None, f"{holder.exhibitor} {holder.number}")
    return _page(Teller(exhibition, exhibitor, teller, TakingsSource.BADGE, url_for(".by_badge", token=token)))


def _days(teller: Teller) -> list[date]:
    """The days that the page offers, the latest first."""
    opened = service.days_to_tell(teller.exhibition)
    if not teller.sees_figures:
        return list(opened[-1:])
    own = service.own_days(teller.exhibition, teller.exhibitor.id)
    told = service.told(teller.exhibition, teller.exhibitor.id)
    return [day for day in reversed(opened) if day in own or day in told]


def _day(text: str, days: list[date]) -> date | None:
    """The day of this name among them; the first of them if none is named."""
    if not text:
        return days[0] if days else None
    return next((day for day in days if day.isoformat() == text), None)


def _page(teller: Teller) -> ResponseReturnValue:
    if request.method != "POST":
        return _form(teller, kept="kept" in request.args), HTTPStatus.OK
    try:
        require_valid(FlaskForm())
        _tell(teller)
    except NotFound:
        raise
    except Refused as refused:
        return _form(teller, refused=refused), refused.status
    return redirect(teller.address, HTTPStatus.SEE_OTHER)


def _tell(teller: Teller) -> None:
    typed = request.form
    day = _day(typed.get("day", ""), _days(teller))
    amounts = service.read_amounts({name: typed.get(name, "")[:LONGEST_TYPED] for name in TYPED})
    if day is None and service.open_to_sellers(teller.exhibition):
        message = _("Choose one of the days that you can tell takings of.")
        raise Refused("takings_day", message, status=422, field="day")
    seconds = typed.get("seconds_ago", "0")
    counts = service.tell(
        teller.actor,
        teller.exhibition,
        teller.exhibitor.id,
        day or clock.now().date(),
        amounts,
        key=typed.get("key", ""),
        source=teller.source,
        seconds_ago=int(seconds[:9]) if seconds.isascii() and seconds.isdigit() else 0,
    )
    if not counts:
        flash(_("A later entry for this day is kept already; that one counts."), "warn")
    elif day is not None:
        flash(_("Kept: the takings of %(day)s. Thank you!", day=long_date(day)), "good")


def _form(teller: Teller, *, refused: Refused | None = None, kept: bool = False) -> str:
    """``kept``: as a phone keeps the page for times without a network, without figures, for any day of the fair."""
    exhibition, exhibitor = teller.exhibition, teller.exhibitor
    days = venue.days(exhibition) if kept else _days(teller)
    told = service.told(exhibition, exhibitor.id) if not kept else {}
    wanted = request.form.get("day") or request.args.get("day", "")
    chosen = _day(wanted, days) or (days[0] if days else None)
    return render_template(
        "takings/tell.html",
        exhibition=exhibition,
        exhibitor=exhibitor,
        teller=teller,
        frame="exhibitors/frame.html" if teller.address == url_for(".own") and not kept else "visitors/_frame.html",
        kept=kept,
        days=days,
        chosen=chosen,
        told=told,
        typed=_typed(teller, chosen, told),
        medians={day: overview.median_of(exhibition, day) for day in told} if teller.sees_figures else {},
        is_open=kept or service.open_to_sellers(exhibition),
        key=secrets.token_urlsafe(KEY_BYTES),
        refused=refused,
    )


def _typed(teller: Teller, chosen: date | None, told: dict[date, Takings]) -> dict[str, str]:
    """What stands in the fields: what was typed, else what was told before and is corrected now."""
    if request.method == "POST":
        return {name: request.form.get(name, "")[:LONGEST_TYPED] for name in TYPED}
    before = told.get(chosen) if chosen and teller.sees_figures else None
    values = {name: getattr(before, name) for name in TYPED} if before else {}
    return {name: f"{value:,}".replace(",", ".") for name, value in values.items() if value is not None}
