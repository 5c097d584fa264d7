"""A visitor's favourites, saved on their device, as a walk through the hall. Reads only and stores nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from exhibition.core.db import db
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.catalogue import booths
from exhibition.storefront.catalogue.booths import Stand
from exhibition.storefront.models import Listing
from exhibition.storefront.rules import walking
from exhibition.storefront.rules.walking import Point
from exhibition.venue.models import Exhibition, Landmark, LandmarkKind
from exhibition.venue.service import Hall, PlacedBooth

MOST = 200
"""Favourites in one list; a device stores no more."""
_NUMBER = re.compile(r"[0-9]{1,9}")
_SLUG = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class Stop:
    """A booth to walk to, with the favourites there; ``at`` is its middle in metres."""

    stand: Stand
    products: Sequence[Listing]
    at: Point


@dataclass(frozen=True)
class WalkLeg:
    """The part of the walk in one hall."""

    hall: Hall
    start: Point
    stops: Sequence[Stop]
    """In the order to walk."""

    @property
    def path(self) -> list[Point]:
        return [self.start, *(stop.at for stop in self.stops)]


@dataclass(frozen=True)
class Walk:
    legs: Sequence[WalkLeg]
    """One hall after the other, those with something saved."""
    elsewhere: Sequence[tuple[Exhibitor, Sequence[Listing]]]
    """Saved, but without a booth at present."""
    gone: int
    """How many favourites visitors can no longer see."""

    @property
    def stops(self) -> list[Stop]:
        return [stop for leg in self.legs for stop in leg.stops]


def _middle(place: Landmark | PlacedBooth) -> Point:
    return (place.x + place.width / 2, place.y + place.depth / 2)


def _door(hall: Hall, kind: LandmarkKind) -> Point | None:
    return next((_middle(mark) for mark in hall.landmarks if mark.kind is kind), None)


def _legs(hall: Hall, stops: Sequence[Stop]) -> list[WalkLeg]:
    """The hall with the entrance comes first; in each one walks from its own entrance, or its corner."""
    parts = sorted(hall.parts(), key=lambda part: _door(part, LandmarkKind.ENTRANCE) is None)
    legs: list[WalkLeg] = []
    for part in parts:
        own = [stop for stop in stops if stop.stand.booth and part.shows(stop.stand.booth.hall)]
        start = _door(part, LandmarkKind.ENTRANCE) or (part.x, part.y)
        order = walking.order([stop.at for stop in own], start, _door(part, LandmarkKind.EXIT))
        if own:
            legs.append(WalkLeg(part, start, [own[number] for number in order]))
    return legs


def walk(exhibition: Exhibition, hall: Hall, listing_ids: Sequence[str], slugs: Sequence[str]) -> Walk:
    """From the entrance past every saved booth towards the exit. Favourites that no longer exist are only counted."""
    ids = {int(text) for text in listing_ids[:MOST] if _NUMBER.fullmatch(text)}
    names = {text for text in slugs[:MOST] if _SLUG.fullmatch(text)}
    listings = list(db.session.scalars(select(Listing).where(Listing.id.in_(ids), Listing.published)))
    wanted = {listing.exhibitor_id for listing in listings}
    who = list(
        db.session.scalars(
            select(Exhibitor)
            .where(Exhibitor.id.in_(wanted) | Exhibitor.slug.in_(names))
            .order_by(Exhibitor.name, Exhibitor.id)
        )
    )
    products: dict[int, list[Listing]] = {exhibitor.id: [] for exhibitor in who}
    for listing in sorted(listings, key=lambda one: (one.position, one.id)):
        products[listing.exhibitor_id].append(listing)
    stops = [
        Stop(stand, products[stand.exhibitor.id], _middle(stand.booth))
        for stand in booths.open_stands(exhibition, hall, shops=False)
        if stand.booth and stand.exhibitor and stand.exhibitor.id in products
    ]
    standing = {stop.stand.exhibitor.id for stop in stops if stop.stand.exhibitor}
    return Walk(
        legs=_legs(hall, stops),
        elsewhere=[(one, products[one.id]) for one in who if one.id not in standing],
        gone=len(ids) - len(listings) + len(names - {one.slug for one in who}),
    )
