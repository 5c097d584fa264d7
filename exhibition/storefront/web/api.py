"""Booths and their products as JSON."""

from datetime import datetime
from http import HTTPStatus

from flask import Response, request, url_for
from pydantic import BaseModel, Field, RootModel

from exhibition.core.config import public_url
from exhibition.core.errors import NotFound
from exhibition.core.extensions import asking_group
from exhibition.core.limiting.tries import count_try
from exhibition.core.web import api
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ExhibitorKind
from exhibition.storefront import pictures
from exhibition.storefront.catalogue import booths as stands
from exhibition.storefront.catalogue.booths import Stand
from exhibition.storefront.models import Listing, Platform, Storefront
from exhibition.storefront.rules.states import Availability
from exhibition.storefront.visits import interest
from exhibition.storefront.web.page_visits import visit_of
from exhibition.venue import service as venue
from exhibition.venue.web.named_edition import EditionQuery, answers_of, asked

blueprint = api.blueprint("storefront", __name__)

FAVOURITES_AN_ADDRESS = "120 per minute; 3000 per hour"
"""Generous, because everybody on the fair's Wi-Fi has the same address."""


class PictureBody(BaseModel):
    """Addresses of a product's picture; ``.webp`` instead of ``.jpg`` gives the same in WebP."""

    small: str = Field(description="At most 320 pixels wide.")
    large: str = Field(description="At most 960 pixels wide.")


class ListingBody(BaseModel):
    id: int
    title: str
    description: str
    price: int | None = Field(
        description="In the currency's smallest unit in practice, rupiah for IDR; null when the seller names none."
    )
    sale_price: int | None = Field(description="What is asked at present, when less than `price`.")
    currency: str = Field(description="ISO 4217.")
    price_at: datetime = Field(description="When the price was last typed, or read from the shop.")
    availability: Availability
    link: str = Field(description="The product's own page; empty when it has none.")
    picture: PictureBody | None
    updated_at: datetime = Field(description="When anything of it was last changed.")


class StorefrontBody(BaseModel):
    platform: Platform
    url: str = Field(description="Empty when the exhibitor sells by WhatsApp only.")
    whatsapp: str = Field(description="E.164, or empty.")


class ExhibitorBody(BaseModel):
    slug: str
    name: str
    kind: ExhibitorKind
    product_group: str
    district: str
    description: str
    sample: bool = Field(description="Invented for the demo edition.")
    url: str = Field(description="The short address; it outlives a move to another booth.")


class HallBody(BaseModel):
    code: str
    name: str


class BoothBody(BaseModel):
    code: str
    zone: str
    hall: HallBody | None = Field(description="Null where the fair has one hall.")
    x: float = Field(description="Metres from the hall's left wall.")
    y: float = Field(description="Metres from the hall's upper wall.")
    width: float = Field(description="Metres.")
    depth: float = Field(description="Metres.")
    rotation: float = Field(description="Degrees clockwise about the centre.")
    url: str
    exhibitor: ExhibitorBody | None = Field(description="Null while the booth is free.")
    storefront: StorefrontBody | None
    listings: list[ListingBody]


class BoothsBody(RootModel[list[BoothBody]]):
    """Open booths in the order of their codes."""


class BoothPath(BaseModel):
    code: str = Field(min_length=1, max_length=16, description="As on the plan, e.g. `C05`.")


class FavouriteBody(api.Body):
    listing_id: int = Field(ge=1, le=2_147_483_647)


def _picture(key: str) -> PictureBody:
    small, large = (
        public_url() + url_for("storefront.picture", key=key, size=size, extension="jpg") for size in pictures.SIZES
    )
    return PictureBody(small=small, large=large)


def _listing(listing: Listing) -> ListingBody:
    return ListingBody(
        id=listing.id,
        title=listing.title,
        description=listing.description,
        price=listing.price,
        sale_price=listing.sale_price,
        currency=listing.currency,
        price_at=listing.price_at,
        availability=listing.availability,
        link=listing.link,
        picture=_picture(listing.picture_key) if listing.picture_key else None,
        updated_at=listing.updated_at,
    )


def _exhibitor(exhibitor: Exhibitor) -> ExhibitorBody:
    return ExhibitorBody(
        slug=exhibitor.slug,
        name=exhibitor.name,
        kind=exhibitor.kind,
        product_group=exhibitor.product_group,
        district=exhibitor.district,
        description=exhibitor.description,
        sample=exhibitor.sample,
        url=public_url() + url_for("storefront.short", slug=exhibitor.slug),
    )


def _storefront(storefront: Storefront) -> StorefrontBody:
    return StorefrontBody(platform=storefront.platform, url=storefront.url, whatsapp=storefront.whatsapp)


def _booth(stand: Stand) -> BoothBody:
    booth = stand.booth
    assert booth is not None
    return BoothBody(
        code=booth.code,
        zone=booth.zone,
        hall=HallBody(code=booth.hall.code, name=booth.hall.name) if booth.hall else None,
        x=booth.x - (booth.hall.x if booth.hall else 0.0),
        y=booth.y - (booth.hall.y if booth.hall else 0.0),
        width=booth.width,
        depth=booth.depth,
        rotation=booth.rotation,
        url=public_url() + url_for("storefront.booth", code=booth.code),
        exhibitor=_exhibitor(stand.exhibitor) if stand.exhibitor else None,
        storefront=_storefront(stand.storefront) if stand.storefront else None,
        listings=[_listing(listing) for listing in stand.listings],
    )


def _answer(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), mimetype="application/json")


@blueprint.get(
    "/booths",
    summary="Open booths with exhibitor, storefront and listings",
    responses=answers_of(BoothsBody),
)
def booths(query: EditionQuery) -> Response:
    """Every open booth of the edition, in the order of the codes."""
    exhibition = asked(query)
    opened = stands.open_stands(exhibition, venue.hall(exhibition))
    return _answer(BoothsBody([_booth(stand) for stand in opened]))


@blueprint.get(
    "/booths/<code>",
    summary="One open booth",
    responses=answers_of(BoothBody),
)
def booth(path: BoothPath, query: EditionQuery) -> Response:
    """404 ``not_found`` for a booth that does not exist or is not open."""
    exhibition = asked(query)
    stand = stands.stand_at(exhibition, venue.hall(exhibition), path.code)
    if stand.booth is None or not (stand.booth.open or stand.exhibitor):
        raise NotFound
    return _answer(_booth(stand))


@blueprint.post(
    "/favourites",
    summary="Count a listing saved as a favourite",
    responses={"204": None, "404": api.Problem},
)
def favourite(body: FavouriteBody) -> Response:
    """Sent by the page when a device stores a favourite; only the listing is counted, by the hour.

    404 ``not_found`` for a listing that visitors do not see.
    """
    count_try(FAVOURITES_AN_ADDRESS, "favourite", asking_group())
    interest.marked(body.listing_id, visit_of(request))
    return Response(status=HTTPStatus.NO_CONTENT)
