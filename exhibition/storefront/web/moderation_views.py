"""Listings that wait for an organizer's decision, forbidden words, trust, and the visitors' report button."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibition.accounts.web.signin import actor
from exhibition.core.errors import Refused
from exhibition.core.extensions import asking_group
from exhibition.core.i18n import lazy as _l
from exhibition.core.limiting.tries import count_try
from exhibition.core.web.forms import show_refusal
from exhibition.core.web.list_files import asked_kind, list_file
from exhibition.core.web.lists import Chip, ListColumn, ListDescription, state_column, whole_list
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import moderation
from exhibition.storefront.catalogue import booths
from exhibition.storefront.models import Listing, ListingReport, ReportReason
from exhibition.storefront.web.desk_frame import price_text
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


@dataclass(frozen=True)
class ListingToReview:
    """A listing that waits for an organizer, or that visitors have reported."""

    listing: Listing
    exhibitor: Exhibitor
    reports: tuple[ListingReport, ...] = ()


def _why(line: ListingToReview) -> list[Chip]:
    if line.reports:
        return [Chip(_reason_label(reason), "warn") for reason in dict.fromkeys(one.reason for one in line.reports)]
    word = line.listing.review_note
    return [Chip(_("Word: %(word)s", word=word), "bad")] if word else []


def _price(line: ListingToReview) -> str:
    return price_text(line.listing.price, line.listing.currency) if line.listing.price is not None else ""


TO_REVIEW = ListDescription[ListingToReview](
    "moderation",
    (
        ListColumn("title", _l("Product"), lambda line: line.listing.title, order="title", names=True),
        ListColumn(
            "exhibitor",
            _l("Exhibitor"),
            lambda line: line.exhibitor.name,
            order="exhibitor",
            link=lambda line: url_for("storefront.shop", slug=line.exhibitor.slug),
        ),
        ListColumn("price", _l("Price"), _price),
        state_column("why", _l("Why"), _why, order="why"),
        ListColumn("link", _l("Link"), lambda line: line.listing.link, order="link", at_first=False),
    ),
    id_of=lambda line: line.listing.id,
)


def moderate(exhibition: Exhibition) -> ResponseReturnValue:
    """The listings that wait, or with ``?show=reported`` those that visitors have reported; ``?file=`` as a file."""
    waiting = [ListingToReview(one.listing, one.exhibitor) for one in moderation.waiting()]
    reported = [ListingToReview(one.listing, one.exhibitor, tuple(one.reports)) for one in moderation.reported()]
    shows_reported = request.args.get("show") == "reported"
    listed = whole_list(TO_REVIEW, "storefront.moderate", reported if shows_reported else waiting, ("show",))
    if kind := asked_kind():
        table = listed.view.table(_("Products to look at"), listed.rows, exhibition.timezone)
        return list_file(kind, table, f"{exhibition.slug}-products-to-look-at")
    return render_template(
        "storefront/moderation/moderation.html",
        listed=listed,
        shows_reported=shows_reported,
        waiting=len(waiting),
        reported=len(reported),
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
    return redirect(url_for("storefront.moderate", show=request.args.get("show")))


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
