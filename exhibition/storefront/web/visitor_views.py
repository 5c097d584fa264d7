"""The pages visitors see: a booth, its short address, its pictures, and the way to its shop."""

import re
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exhibition.allocation import service as allocation
from exhibition.core.config import public_url
from exhibition.core.contacts import whatsapp_link
from exhibition.core.web.page_metadata import page_address
from exhibition.storefront import pictures
from exhibition.storefront.catalogue import booths as stands
from exhibition.storefront.catalogue import structured_data as structured
from exhibition.storefront.catalogue.booths import Stand
from exhibition.storefront.models import ClickSource
from exhibition.storefront.visits import clicks, interest
from exhibition.storefront.visits.counting import source_of
from exhibition.storefront.web.addresses import booth_path, picture_address
from exhibition.storefront.web.page_visits import visit_of
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.service import Hall
from exhibition.venue.web import named_edition

_KEY = re.compile(r"[0-9a-f]{64}")


def register(blueprint: Blueprint) -> None:
    """Add the visitors' pages to the storefront's blueprint."""
    blueprint.add_url_rule("/stan/<code>", view_func=booth)
    blueprint.add_url_rule("/b/<slug>", view_func=short)
    blueprint.add_url_rule("/keluar/<way>/<int(max=2147483647):id>", view_func=outbound)
    blueprint.add_url_rule("/pictures/<key>-<int:size>.<extension>", view_func=picture)


def booth(exhibition: Exhibition, code: str) -> ResponseReturnValue:
    """A booth: its exhibitor, place and products, and the ways to buy. Of several who have it on different days,
    ``?exhibitor=`` names one.
    """
    hall = venue.hall(exhibition)
    stand = stands.stand_at(exhibition, hall, code, request.args.get("exhibitor", ""))
    return _page(exhibition, hall, stand, source_of(request.args.get("from", "")))


def short(slug: str) -> ResponseReturnValue:
    """The address in the booth's QR: redirects to the exhibitor's present booth, or to their own page when they have
    none.
    """
    exhibition = stands.edition_of(slug)
    named_edition.speak_of(exhibition)
    hall = venue.hall(exhibition)
    stand = stands.stand_of(exhibition, hall, slug)
    if stand.booth is None:
        return _page(exhibition, hall, stand, ClickSource.BOOTH_QR)
    address: dict[str, Any] = {**stand.address, "from": "qr"}
    return redirect(url_for("storefront.booth", **address))


def _page(exhibition: Exhibition, hall: Hall, stand: Stand, source: ClickSource) -> str:
    if stand.exhibitor:
        name, path = stand.exhibitor.name, url_for("storefront.short", slug=stand.exhibitor.slug)
    else:
        name, path = stand.code, url_for("storefront.booth", code=stand.code)
    address = public_url() + path
    share = _("Look at %(name)s at %(fair)s: %(address)s", name=name, fair=exhibition.name, address=address)
    page = render_template(
        "storefront/catalogue/booth.html",
        exhibition=exhibition,
        hall=hall.parts([stand.code])[0] if stand.booth else hall,
        plan=allocation.shown(exhibition, hall),
        stand=stand,
        source=source.value,
        canonical=booth_path(stand),
        structured=_structured(stand),
        share_url=whatsapp_link("", share),
    )
    if stand.exhibitor and request.method == "GET":
        interest.saw(stand.exhibitor.id, replace(visit_of(request), source=source))
    return page


def _structured(stand: Stand) -> structured.Document:
    if stand.exhibitor is None:
        return {}
    address = page_address(booth_path(stand))
    return structured.booth_page(stand.exhibitor, stand.storefront, stand.listings, address, picture_address)


def outbound(way: str, id: int) -> ResponseReturnValue:  # noqa: A002 named in the address
    """Send the visitor to a stored address and count it; no part of the target comes from the request."""
    target = clicks.target(way, id)
    if request.method == "GET":
        clicks.follow(target, visit_of(request))
    answer = redirect(target.address)
    answer.headers["Referrer-Policy"] = "origin"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def picture(key: str, size: int, extension: str) -> Response:
    """A stored picture; its name is its content, so it may be kept for ever."""
    if not _KEY.fullmatch(key) or size not in pictures.SIZES or extension not in pictures.TYPES:
        abort(404)
    file = pictures.folder() / pictures.file_name(key, size, extension)
    if not file.is_file():
        abort(404)
    answer = send_file(file, mimetype=pictures.TYPES[extension], etag=False, max_age=365 * 24 * 3600)
    answer.cache_control.immutable = True
    return answer
