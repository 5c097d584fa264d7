"""The shops of all exhibitors, whether a fair is on or not: the home of the installation between two fairs."""

from flask import Blueprint, Response, render_template, request, url_for

from exhibition.core.sql.paging import page_number
from exhibition.core.web import cache
from exhibition.storefront.catalogue import shops as found_shops

MAX_SEARCH = 80


def register(blueprint: Blueprint) -> None:
    """Add the list of shops to the storefront's blueprint."""
    blueprint.add_url_rule("/toko", view_func=shops)


def shops() -> Response:
    """``?q=`` looks for names, products, districts; ``?page=``."""
    words = " ".join("".join(one if one.isprintable() else " " for one in request.args.get("q", "")).split())
    words, number = words[:MAX_SEARCH], page_number(request.args.get("page"))

    def render() -> str:
        return render_template(
            "storefront/catalogue/shops.html",
            page=found_shops.find(words, number),
            words=words,
            address=lambda other: url_for("storefront.shops", q=words or None, page=other),
        )

    return cache.page(render, f"{number} {words}")
