"""The pages on which exhibitors and organizers edit shops and listings, and the sheet of booth signs."""

from decimal import Decimal
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field

from exhibition.core.errors import Refused
from exhibition.core.i18n import money
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import editors, moderation, seller_fields, service, signs
from exhibition.storefront.importing import import_runs
from exhibition.storefront.links import checking as links
from exhibition.storefront.models import Platform
from exhibition.storefront.reading.currencies import decimals_of
from exhibition.storefront.rules import seller_input
from exhibition.storefront.rules.seller_input import ListingFault
from exhibition.storefront.rules.states import Availability
from exhibition.storefront.web import (
    catalogue_views,
    cluster_views,
    finding_views,
    import_views,
    link_views,
    moderation_views,
    shop_views,
    statistics_views,
    visitor_views,
)
from exhibition.storefront.web.desk_frame import editor, frame
from exhibition.storefront.web.forms import AVAILABILITIES, ListingForm, StorefrontForm
from exhibition.venue.models import Exhibition

blueprint = Blueprint("storefront", __name__)

PLATFORM_NAMES = {
    Platform.WARUNG_SERASI: "Warung Serasi",
    Platform.TOKOPEDIA: "Tokopedia",
    Platform.SHOPEE: "Shopee",
    Platform.BUKALAPAK: "Bukalapak",
    Platform.TIKTOK_SHOP: "TikTok Shop",
    Platform.INSTAGRAM: "Instagram",
    Platform.FACEBOOK: "Facebook",
    Platform.WHATSAPP: "WhatsApp",
    Platform.WEBSITE: "",
}
"""Proper names; a seller's own website has none."""

LISTING = "/exhibitor/listings/<slug>/<int(max=2147483647):listing_id>"


@blueprint.app_template_global()
def platform_name(platform: Platform) -> str:
    """The platform's own name, empty for a website."""
    return PLATFORM_NAMES[platform]


@blueprint.app_template_global()
def price_text(amount: int, currency: str) -> str:
    """A price in its own currency, from the currency's smallest unit."""
    decimals = decimals_of(currency) or 0
    return money(Decimal(amount).scaleb(-decimals), currency, decimals)


@blueprint.app_template_global()
def availability_label(availability: Availability) -> str:
    return str(AVAILABILITIES[availability])


@blueprint.errorhandler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
def _too_large(_error: Exception) -> ResponseReturnValue:
    """The answer to an upload larger than the server reads at all: the form's fields are lost, so name the one at
    fault.
    """
    if request.endpoint == "storefront.start_import":
        message = _("The file is larger than 5 MB. Export fewer products, or several files.")
        return render_template("error.html", status=413, message=message), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = _("The picture is larger than 5 MB. Go back: what you typed is still there. Choose a smaller picture.")
    return render_template("error.html", status=413, message=message), HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def _blame(form: FlaskForm, refused: Refused) -> None:
    """Show a refusal at the field it names; one that names none goes to the error page."""
    if refused.field is None or not hasattr(form, refused.field):
        raise refused
    field: Field = form[refused.field]
    field.errors = [*field.errors, str(refused.message)]


def _lost(form: ListingForm) -> bool:
    """Whether a form that is shown again came with a valid picture: browsers make people choose it again."""
    return bool(form.errors and form.picture.data and not form.picture.errors)


def _form_page(template: str, form: FlaskForm, exhibitor: Exhibitor, **values: object) -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template(template, frame=frame(), form=form, exhibitor=exhibitor, **values), status


@blueprint.get("/exhibitor/listings")
def own() -> ResponseReturnValue:
    """The exhibitor's own shop; a choice when they act for several, the desk's list for organizers."""
    exhibitors = editors.exhibitors_of(editor())
    if len(exhibitors) == 1:
        return redirect(url_for("storefront.shop", slug=exhibitors[0].slug))
    if not exhibitors and editor().organizer:
        return redirect(url_for("storefront.desk"))
    return render_template("storefront/own.html", frame=frame(), exhibitors=exhibitors)


@blueprint.get("/desk/listings")
def desk() -> ResponseReturnValue:
    """All shops, with a search."""
    search = request.args.get("search", "")[:80]
    return render_template(
        "storefront/desk.html", shops=service.shops(search), search=search, open_work=moderation.open_work()
    )


@blueprint.get("/exhibitor/listings/<slug>")
def shop(slug: str) -> ResponseReturnValue:
    """One shop and its listings, for editing."""
    exhibitor = editors.exhibitor_for(editor(), slug)
    return render_template(
        "storefront/shop.html",
        frame=frame(),
        exhibitor=exhibitor,
        storefront=service.storefront_of(exhibitor),
        listings=service.listings_of(exhibitor),
        source=import_runs.source_of(exhibitor),
        pictures_waiting=import_runs.pictures_waiting(exhibitor),
        broken=links.broken([exhibitor.id]),
    )


@blueprint.route("/exhibitor/listings/<slug>/shop", methods=["GET", "POST"])
def edit_storefront(slug: str) -> ResponseReturnValue:
    exhibitor = editors.exhibitor_for(editor(), slug)
    form = StorefrontForm(obj=service.storefront_of(exhibitor))
    if form.validate_on_submit():
        storefront = service.save_storefront(editor(), slug, url=form.url.data or "", whatsapp=form.whatsapp.data or "")
        platform = PLATFORM_NAMES[storefront.platform] if storefront else ""
        message = _("Saved. Visitors can now reach your shop.") if storefront else _("Saved. No shop is shown now.")
        flash(_("Saved. Your shop on %(platform)s is shown now.", platform=platform) if platform else message, "good")
        return redirect(url_for("storefront.shop", slug=slug))
    return _form_page("storefront/storefront_form.html", form, exhibitor)


@blueprint.route("/exhibitor/listings/<slug>/new", methods=["GET", "POST"])
def add_listing(slug: str) -> ResponseReturnValue:
    exhibitor = editors.exhibitor_for(editor(), slug)
    form = ListingForm()
    if form.validate_on_submit():
        try:
            listing = service.save_listing(editor(), slug, None, form.text())
        except Refused as refused:
            _blame(form, refused)
        else:
            if listing.published:
                flash(_("%(title)s is in your shop now.", title=listing.title), "good")
            else:
                flash(
                    _("%(title)s is saved. The organizer looks at it before visitors see it.", title=listing.title),
                    "good",
                )
            return redirect(url_for("storefront.shop", slug=slug))
    return _form_page("storefront/listing_form.html", form, exhibitor, listing=None, picture_lost=_lost(form))


@blueprint.route(LISTING, methods=["GET", "POST"])
def edit_listing(slug: str, listing_id: int) -> ResponseReturnValue:
    exhibitor, listing = service.listing_for(editor(), slug, listing_id)
    form = ListingForm(obj=listing)
    if not form.is_submitted():
        rupiah = seller_input.in_rupiah(listing.price, listing.currency)
        form.price.data = "" if rupiah is None else str(rupiah)
    if form.validate_on_submit():
        try:
            listing = service.save_listing(editor(), slug, listing_id, form.text())
        except Refused as refused:
            _blame(form, refused)
        else:
            flash(_("%(title)s is saved.", title=listing.title), "good")
            return redirect(url_for("storefront.shop", slug=slug))
    return _form_page("storefront/listing_form.html", form, exhibitor, listing=listing, picture_lost=_lost(form))


@blueprint.route(f"{LISTING}/delete", methods=["GET", "POST"])
def delete_listing(slug: str, listing_id: int) -> ResponseReturnValue:
    """Ask once, then delete."""
    exhibitor, listing = service.listing_for(editor(), slug, listing_id)
    form = FlaskForm()
    if form.validate_on_submit():
        title = service.delete_listing(editor(), slug, listing_id)
        flash(_("%(title)s is deleted.", title=title), "good")
        return redirect(url_for("storefront.shop", slug=slug))
    return _form_page("storefront/delete.html", form, exhibitor, listing=listing)


@blueprint.post(f"{LISTING}/move")
def move_listing(slug: str, listing_id: int) -> ResponseReturnValue:
    """One place up or down in the order visitors see."""
    direction = request.form.get("direction", "")
    if direction not in ("up", "down"):
        raise Refused("choice", seller_fields.FAULTS[ListingFault.CHOICE], status=422, field="direction")
    service.move_listing(editor(), slug, listing_id, up=direction == "up")
    return redirect(url_for("storefront.shop", slug=slug, _anchor=f"listing-{listing_id}"))


@blueprint.get("/desk/signs.pdf", endpoint="signs")
def booth_signs(exhibition: Exhibition) -> Response:
    """A sign for each open booth, one A5 page each."""
    answer = Response(signs.pdf(exhibition), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="signs-{exhibition.slug}.pdf"'
    return answer


visitor_views.register(blueprint)
catalogue_views.register(blueprint)
finding_views.register(blueprint)
shop_views.register(blueprint)
statistics_views.register(blueprint)
cluster_views.register(blueprint)
import_views.register(blueprint)
moderation_views.register(blueprint)
link_views.register(blueprint)
