"""Pages for search engines and other shops: the sitemap, robots.txt, and the catalogue as a feed."""

from collections.abc import Callable, Iterator

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from exhibition.core.config import public_url
from exhibition.core.errors import NotFound
from exhibition.core.extensions import asking_group
from exhibition.core.limiting.tries import count_try
from exhibition.core.web.page_metadata import page_address
from exhibition.storefront import clusters as groups
from exhibition.storefront.catalogue import booths as stands
from exhibition.storefront.web import feeds
from exhibition.storefront.web.addresses import booth_path
from exhibition.venue import service as venue
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.web.named_edition import for_everybody, speak_of

FEEDS_AN_ADDRESS = "20 per minute; 200 per hour"
FEED_SECONDS = 300
PRIVATE = (
    "/desk",
    "/exhibitor",
    "/account",
    "/start",
    "/gate",
    "/p/",
    "/invitation/",
    "/keluar/",
    "/lapor/",
    "/favorit",
    "/e/*/exhibitor",
    "/e/*/keluar/",
    "/e/*/favorit",
)


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the storefront's blueprint."""
    blueprint.add_url_rule("/robots.txt", view_func=robots)
    blueprint.add_url_rule("/sitemap.xml", view_func=sitemap)
    blueprint.add_url_rule("/feed/google.xml", view_func=feed_xml)
    blueprint.add_url_rule("/feed/google.csv", view_func=feed_csv)


def robots() -> Response:
    """Which addresses are for people only; among them the links to shops, so that robots do not count as visitors."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), f"Sitemap: {public_url()}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


def sitemap() -> Response:
    """Every public page of every fair that is on, in each language."""
    changed = stands.listings_changed_at()
    pages: list[tuple[str, object]] = []
    for exhibition in _meant(""):
        pages += [
            (url_for(name), None)
            for name in ("visitors.front", "visitors.register", "storefront.booths", "storefront.clusters")
        ]
        pages += [(url_for("storefront.cluster", slug=one.cluster.slug), None) for one in groups.groups(exhibition)]
        pages += [
            (booth_path(stand), changed.get(stand.exhibitor.id))
            for stand in stands.open_stands(exhibition, venue.hall(exhibition), shops=False)
            if stand.exhibitor
        ]
    return Response(render_template("storefront/catalogue/sitemap.xml", pages=pages), mimetype="application/xml")


def feed_xml(edition: str) -> Response:
    """The whole catalogue as Google Merchant's RSS."""

    def make() -> bytes:
        fairs = " · ".join(exhibition.name for exhibition in _meant(edition))
        about = _("Everything that is sold at %(fair)s, and where to find it.", fair=fairs)
        return feeds.as_rss(
            fairs, about, page_address(url_for("storefront.booths", edition=edition or None)), _items(edition)
        )

    return _feed(make, "application/rss+xml")


def feed_csv(edition: str) -> Response:
    """The whole catalogue as a table with Google Merchant's columns."""

    def make() -> bytes:
        return feeds.as_csv(_items(edition))

    return _feed(make, "text/csv")


def _meant(edition: str) -> Iterator[Exhibition]:
    """The named edition, or every one that is on; while it is given out, links speak of it.

    Raises as ``for_everybody``.
    """
    if edition:
        yield for_everybody(edition)
        return
    meant = choice.meant_by_visitors()
    if not meant:
        raise choice.NoFair
    for exhibition in meant:
        speak_of(exhibition)
        yield exhibition


def _items(edition: str) -> Iterator[feeds.Item]:
    """All products, each once, or those of the requested exhibitor. Raises NotFound when nobody has its slug."""
    slug = request.args.get("exhibitor", "")
    seen: set[str] = set()
    found = False
    for exhibition in _meant(edition):
        try:
            for item in feeds.items(exhibition, venue.hall(exhibition), slug):
                if item["id"] not in seen:
                    seen.add(item["id"])
                    yield item
            found = True
        except NotFound:
            continue
    if not found:
        raise NotFound


def _feed(make: Callable[[], bytes], kind: str) -> Response:
    """The file, or 304 for a client that has it; limited (429), because making it is costly."""
    count_try(FEEDS_AN_ADDRESS, "feed", asking_group())
    answer = Response(make(), content_type=f"{kind}; charset=utf-8")
    answer.cache_control.public = True
    answer.cache_control.max_age = FEED_SECONDS
    answer.add_etag()
    answer.make_conditional(request)
    return answer
