"""Pages for visitors: what is on, registering, the pass."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.allocation import service as allocation
from exhibition.core import clock, qr
from exhibition.core.config import public_url
from exhibition.core.errors import NotFound, Refused
from exhibition.core.extensions import limiter
from exhibition.core.limiting import budgets
from exhibition.core.serving.bounds import MOST_STREAMS
from exhibition.core.web import cache
from exhibition.core.web.forms import show_refusal
from exhibition.core.web.live import Topics
from exhibition.core.web.page_metadata import page_address
from exhibition.venue import rounds
from exhibition.venue import service as venue
from exhibition.venue.edition import choice
from exhibition.venue.edition import structured_data as structured
from exhibition.venue.models import Exhibition
from exhibition.venue.rules import privacy_notices
from exhibition.venue.web.named_edition import for_everybody
from exhibition.visitors import rules, service, slots
from exhibition.visitors.mails import ical, messages
from exhibition.visitors.models import PassState
from exhibition.visitors.web import fair_texts, group_views, register_views, waiting_views
from exhibition.visitors.web import pass_page as pages
from exhibition.visitors.web.crowds import MAIL_LIMIT
from exhibition.visitors.web.forms import MailForm, MovePassForm, hours, words
from exhibition.visitors.web.pass_page import PassForms
from exhibition.visitors.web.session_lists import session_days

blueprint = Blueprint("visitors", __name__)

SLOTS_PART = "slots"
SHARED_PICTURE = "images/share.png"
KEPT_FOR_STAFF = 80
"""Streams of each server process reserved for gates and desks, however many visitors watch."""


@blueprint.app_template_global()
def slot_hours(slot: slots.Slot) -> str:
    return hours(slot)


@blueprint.app_template_global()
def slot_words(slot: slots.Slot, status: rules.SlotStatus) -> str:
    return words(slot, status)


@blueprint.get("/")
def front(edition: str) -> Response:
    """The front page: what is on, where, and when there is room. ``?part=slots`` gives only the slots.

    Between two fairs the installation's home is the list of its exhibitors' shops.
    """
    try:
        return _front(edition)
    except Refused as refused:
        if refused.code != "no_exhibition" or not choice.past():
            raise
        return current_app.make_response(redirect(url_for("storefront.shops")))


def _front(edition: str) -> Response:
    if request.args.get("part") == SLOTS_PART:
        return cache.page(lambda: _render_slots(for_everybody(edition)), SLOTS_PART)
    return cache.page(lambda: _render_front(for_everybody(edition)))


def _look(exhibition_id: int) -> dict[str, list[str | int]]:
    now = clock.now()
    return {str(slot.id): [slot.remaining, slot.status(now)] for slot in slots.of_edition(exhibition_id)}


places = Topics(_look, every_s=1.0, most=MOST_STREAMS - KEPT_FOR_STAFF)


@blueprint.get("/live")
def live(exhibition: Exhibition) -> Response:
    """Server-sent events: the places left and the state of each slot, whenever one changes."""
    return places.of(exhibition.id).stream()


def _render_slots(exhibition: Exhibition) -> str:
    return render_template("visitors/_slots.html", **_offer(exhibition))


def _offer(exhibition: Exhibition) -> dict[str, Any]:
    """The sessions with what they come to now, for a template."""
    days, planned, now = register_views.days(exhibition), rounds.by_day(exhibition), clock.now()
    offer = fair_texts.offered(exhibition, days, planned, now)
    return {
        "session_days": session_days(days, now),
        "takes_visitors": register_views.shows_registration(exhibition),
        "offer": offer,
        "rounds": planned,
        "now": now,
    }


def _render_front(exhibition: Exhibition) -> str:
    hall = venue.hall(exhibition)
    booths = allocation.shown(exhibition, hall)
    offer = _offer(exhibition)
    return render_template(
        "visitors/front.html",
        exhibition=exhibition,
        **offer,
        structured=structured.event(
            exhibition,
            address=page_address(url_for(".front")),
            picture=public_url() + url_for("static", filename=SHARED_PICTURE),
            register=page_address(url_for(".register")),
            room=any(day.room for day in offer["session_days"]),
        ),
        hall=hall,
        booth_address=url_for("storefront.booths") + "/",
        booths=booths,
        confirmed=sorted(
            ((claim, booth.code) for booth in booths for claim in booth.claims),
            key=lambda one: one[0].exhibitor.casefold(),
        ),
    )


@blueprint.get("/arsip")
def archive() -> Response:
    """The fairs that are over, the latest first."""
    return cache.page(lambda: render_template("visitors/archive.html", editions=choice.past()))


@blueprint.get("/privasi")
def privacy(edition: str) -> Response:
    """Which data of visitors is stored, why, and for how long."""
    return cache.page(lambda: _render_privacy(for_everybody(edition)))


def _render_privacy(exhibition: Exhibition) -> str:
    days = exhibition.retention_days
    return render_template(
        "visitors/privacy.html",
        exhibition=exhibition,
        erased_on=rules.erase_from(exhibition.ends_on, days),
        days=days,
        version=privacy_notices.LATEST,
    )


@blueprint.get("/p/<manage_key>")
def pass_page(manage_key: str) -> str:
    """The pass: what to do now, QR, short code, slot, and the possible acts."""
    return pages.page(service.find(manage_key))


@blueprint.get("/p/<manage_key>/calendar.ics")
def calendar(manage_key: str) -> Response:
    """The visit as a calendar entry."""
    issued = service.find(manage_key)
    content = ical.entry(issued, pages.edition_of(issued), messages.pass_address(issued.manage_key))
    return _download(content, "text/calendar; charset=utf-8", f"{issued.reference}.ics")


@blueprint.get("/p/<manage_key>/qr.png")
def picture(manage_key: str) -> Response:
    """The QR as a picture to keep on the phone."""
    issued = service.find(manage_key)
    if issued.state is not PassState.VALID:
        raise Refused("pass_cancelled", _("This pass is no longer valid. Open its page to see why, or register again."))
    return _download(qr.png(issued.token), "image/png", f"{issued.reference}.png")


def _download(content: bytes, content_type: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.post("/p/<manage_key>/move")
def move(manage_key: str) -> ResponseReturnValue:
    """Put the party into another slot."""
    form = MovePassForm()
    if not form.validate_on_submit():
        return pages.page(service.find(manage_key), PassForms(move=form)), 422
    try:
        service.move(manage_key, int(form.slot_id.data))
    except NotFound:
        raise
    except Refused as refused:
        form.slot_id.errors = [str(refused.message)]
        issued = service.find(manage_key)
        free_next = pages.sessions_named(pages.edition_of(issued), refused)
        return pages.page(issued, PassForms(move=form), free_next), refused.status
    flash(_("Moved. This QR code takes the place of the old one."), "good")
    return _back(manage_key)


@blueprint.post("/p/<manage_key>/cancel")
def cancel(manage_key: str) -> ResponseReturnValue:
    """Give the places back."""
    try:
        service.cancel(manage_key)
    except NotFound:
        raise
    except Refused as refused:
        flash(str(refused.message), "bad")
    else:
        flash(_("Cancelled. Your places are free for others; thank you for telling us."), "good")
    return _back(manage_key)


@blueprint.post("/p/<manage_key>/mail")
@limiter.limit(MAIL_LIMIT, key_func=lambda: str(request.view_args))
def mail(manage_key: str) -> ResponseReturnValue:
    """Send the pass by e-mail."""
    form = MailForm()
    if not form.validate_on_submit():
        return pages.page(service.find(manage_key), PassForms(mail=form)), 422
    budgets.asks_for_mail()
    try:
        budgets.take_mail(form.email.data)
    except Refused as refused:
        show_refusal(form, refused)
        return pages.page(service.find(manage_key), PassForms(mail=form)), refused.status
    service.send_to(manage_key, form.email.data or "")
    flash(_("The pass is on its way to %(email)s.", email=form.email.data), "good")
    return _back(manage_key)


def _back(manage_key: str) -> Response:
    return current_app.make_response(redirect(url_for(".pass_page", manage_key=manage_key), 303))


register_views.register_routes(blueprint)
waiting_views.register_routes(blueprint)
group_views.register_routes(blueprint)
