"""The catalogue's page and the visitor's list of favourites, each as a whole page or as the part that scripts fetch."""

from collections import Counter
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from exhibition.allocation import service as allocation
from exhibition.core.errors import Refused
from exhibition.core.sql.paging import page_number
from exhibition.core.web import cache
from exhibition.storefront import seller_fields
from exhibition.storefront.catalogue import favourites as saved
from exhibition.storefront.catalogue import finding as catalogues
from exhibition.storefront.catalogue.finding import MAX_SEARCH, CatalogueFilter
from exhibition.storefront.models import ClickSource
from exhibition.storefront.rules import seller_input
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.booth_numbers import LONGEST_CODE
from exhibition.venue.service import Hall
from exhibition.venue.web import hall_tabs
from exhibition.venue.web.hall_tabs import HallTab
from exhibition.venue.web.named_edition import for_everybody

MAX_CHOICE = 160
FILTERS = ("cluster", "group", "zone", "district")
PRICES = ("lowest", "highest")
PARTS = {"results": "storefront/catalogue/_results.html", "list": "storefront/catalogue/_favourites.html"}


def register(blueprint: Blueprint) -> None:
    """Add the catalogue to the storefront's blueprint."""
    blueprint.add_url_rule("/stan", endpoint="booths", view_func=catalogue)
    blueprint.add_url_rule("/favorit", view_func=favourites)


def _shown(text: str, limit: int) -> str:
    """A text from the address, safe to show again: one line, no invisible characters."""
    return " ".join("".join(character if character.isprintable() else " " for character in text[:limit]).split())


def _wish(typed: MultiDict[str, str]) -> tuple[CatalogueFilter, dict[str, str]]:
    """The search in the address, and which of its prices cannot be read; a lowest price above the highest is swapped
    with it.
    """
    faults: dict[str, str] = {}
    prices: dict[str, int | None] = {}
    for name in PRICES:
        try:
            prices[name] = seller_fields.checked(
                name, lambda name=name: seller_input.rupiah(typed.get(name, "")[:MAX_CHOICE])
            )
        except Refused as refused:
            prices[name], faults[name] = None, str(refused.message)
    lowest, highest = prices["lowest"], prices["highest"]
    if lowest is not None and highest is not None and lowest > highest:
        lowest, highest = highest, lowest
    filters = {name: _shown(typed.get(name, ""), MAX_CHOICE) for name in FILTERS}
    return CatalogueFilter(
        _shown(typed.get("search", ""), MAX_SEARCH), **filters, lowest=lowest, highest=highest
    ), faults


def catalogue(edition: str) -> ResponseReturnValue:
    """Products, booths and clusters; ``part=results`` gives the results alone, for searching as one types."""
    wish, faults = _wish(request.args)
    came = request.args.get("from")
    source = came if came in set(ClickSource) else ClickSource.CATALOGUE.value
    asked: dict[str, str] = {
        name: _shown(text, MAX_CHOICE)
        for name in ("search", *FILTERS, *PRICES)
        if (text := request.args.get(name, "").strip())
    }
    asked |= {"from": source} if source and source != ClickSource.CATALOGUE else {}
    named = _shown(request.args.get("hall", ""), LONGEST_CODE)
    asked |= {"hall": named} if named else {}
    part, number = request.args.get("part"), page_number(request.args.get("page"))

    def render() -> str:
        exhibition = for_everybody(edition)
        hall = venue.hall(exhibition)
        found = catalogues.find(exhibition, hall, wish, number)
        shown = hall.only(asked.get("hall") or _hall_of_first(hall, found.lit))
        return render_template(
            PARTS["results"] if part == "results" else "storefront/catalogue/catalogue.html",
            exhibition=exhibition,
            hall=shown,
            hall_tabs=_tabs(hall, shown, asked, found.lit),
            plan=allocation.shown(exhibition, hall),
            wish=wish,
            asked=asked,
            faults=faults,
            found=found,
            source=source,
        )

    if faults:
        return render(), HTTPStatus.UNPROCESSABLE_ENTITY
    return cache.page(render, repr((part == "results", number, sorted(asked.items()))))


def _hall_of_first(hall: Hall, lit: Collection[str]) -> str:
    """The first hall in which something was found."""
    return next((booth.hall.code for booth in hall.booths if booth.hall and booth.code in lit), "")


def _tabs(hall: Hall, shown: Hall, asked: Mapping[str, str], lit: Collection[str]) -> list[HallTab]:
    """The halls, and in how many booths of each something was found."""
    counts = Counter(booth.hall.code for booth in hall.booths if booth.hall and booth.code in lit)
    notes = {code: ngettext("%(num)s found", "%(num)s found", count) for code, count in counts.items()}

    def address(code: str) -> str:
        values: dict[str, Any] = {**asked, "hall": code}
        return url_for("storefront.booths", _anchor="plan", **values)

    return hall_tabs.tabs(hall, shown, address, notes)


def favourites(exhibition: Exhibition) -> ResponseReturnValue:
    """The favourites of a device as a walk; the device names them in the address (``produk``, ``stan``)."""
    hall = venue.hall(exhibition)
    listing_ids, slugs = request.args.getlist("produk"), request.args.getlist("stan")
    page = render_template(
        PARTS["list"] if request.args.get("part") == "list" else "storefront/catalogue/favourites.html",
        exhibition=exhibition,
        hall=hall,
        plan=allocation.shown(exhibition, hall),
        walk=saved.walk(exhibition, hall, listing_ids, slugs),
        shared=bool(listing_ids or slugs),
    )
    return page, HTTPStatus.OK, {"X-Robots-Tag": "noindex"}
