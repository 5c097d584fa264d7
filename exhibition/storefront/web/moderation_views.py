"""Listings that wait for an organizer's decision, forbidden words, trust, and the visitors' report button."""

import re
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.extensions import asking_group
from exhibition.core.limiting.tries import count_try
from exhibition.core.web.forms import show_refusal
from exhibition.storefront import moderation
from exhibition.storefront.catalogue import booths
from exhibition.storefront.models import ReportReason
from exhibition.storefront.web.forms import REASONS, ReportForm
from exhibition.venue.models import Exhibition

_NUMBER = re.compile(r"[0-9]{1,9}")
REPORTS_A_VISITOR = "5 per hour; 20 per day"


def register(blueprint: Blueprint) -> None:
    """Add moderation to the storefront's blueprint."""
    blueprint.add_url_rule("/desk/moderation", view_func=moderate)
    blueprint.add_url_rule("/desk/moderation/decide", view_func=decide, methods=["POST"])
    blueprint.add_url_rule("/desk/moderation/words", view_func=set_words, methods=["POST"])
    blueprint.add_url_rule("/desk/listings/<slug>/trust", view_func=trust, methods=["POST"])
    blueprint.add_url_rule("/lapor/<int(max=2147483647):listing_id>", view_func=report, methods=["GET", "POST"])
    blueprint.add_app_template_global(_reason_label, "report_reason")


def _reason_label(reason: ReportReason) -> str:
    return str(REASONS[reason])


def moderate(exhibition: Exhibition) -> ResponseReturnValue:
    return render_template(
        "storefront/moderation/moderation.html",
        waiting=moderation.waiting(),
        reported=moderation.reported(),
        words=exhibition.forbidden_words,
    )


def decide() -> ResponseReturnValue:
    """Approve, refuse or, for reported listings, leave alone; any number at once."""
    ids = {int(text) for text in request.form.getlist("listing") if _NUMBER.fullmatch(text)}
    verdict = request.form.get("verdict", "")
    if verdict not in ("approve", "refuse", "keep"):
        raise Refused("choice", _("Choose one of the answers."), status=422, field="verdict")
    if not ids:
        flash(_("Tick at least one product first."), "warn")
    elif verdict == "keep":
        moderation.dismiss(actor(), ids)
        flash(_("The reports are closed; the products stay."), "good")
    else:
        count = moderation.decide(actor(), ids, approve=verdict == "approve", note=request.form.get("note", ""))
        if verdict == "approve":
            flash(ngettext("%(num)s product is shown now.", "%(num)s products are shown now.", count), "good")
        else:
            flash(ngettext("%(num)s product is not shown.", "%(num)s products are not shown.", count), "good")
    return redirect(url_for("storefront.moderate"))


def set_words(exhibition: Exhibition) -> ResponseReturnValue:
    held = moderation.set_words(actor(), exhibition, request.form.get("words", ""))
    flash(_("The list of words is saved."), "good")
    if held:
        flash(ngettext("%(num)s product waits for you now.", "%(num)s products wait for you now.", held), "warn")
    return redirect(url_for("storefront.moderate"))


def trust(slug: str) -> ResponseReturnValue:
    exhibitor = moderation.set_trust(actor(), slug, trusted=request.form.get("trusted") == "1")
    if exhibitor.trusted:
        flash(_("From now on products of %(name)s are shown at once.", name=exhibitor.name), "good")
    else:
        flash(_("From now on products of %(name)s wait for you.", name=exhibitor.name), "good")
    return redirect(url_for("storefront.shop", slug=slug))


def report(listing_id: int) -> ResponseReturnValue:
    """Report a listing; needs no account, and nothing is stored about who reports."""
    exhibitor, listing = booths.published_listing(listing_id)
    form = ReportForm()
    if form.validate_on_submit():
        count_try(REPORTS_A_VISITOR, "report", asking_group())
        try:
            moderation.report(listing_id, form.reason.data or "", form.note.data or "")
        except Refused as refused:
            show_refusal(form, refused)
        else:
            flash(_("Thank you. The organizer looks at it."), "good")
            return redirect(url_for("storefront.short", slug=exhibitor.slug))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("storefront/moderation/report.html", form=form, listing=listing, exhibitor=exhibitor), status
