"""Favourites as a walk: from the entrance past every saved booth, even when a device's list is outdated or broken."""

from itertools import permutations

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from exhibition.allocation.models import Allocation, AllocationState
from exhibition.core.db import db, transaction
from exhibition.storefront.catalogue import favourites
from exhibition.storefront.catalogue.favourites import Walk
from exhibition.storefront.models import Listing
from exhibition.storefront.rules import walking
from exhibition.storefront.rules.walking import Point
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from tests.fairs import the_fair
from tests.storefront.conftest import SLUG, exhibitor

SLUGS = ["kopi-ngipik", SLUG, "batik-serasi", "jamu-bu-sri", "kopi-sirap"]
points = st.tuples(st.integers(0, 30).map(float), st.integers(0, 30).map(float))


def walk(listings: list[str], slugs: list[str]) -> Walk:
    exhibition = the_fair()
    return favourites.walk(exhibition, venue.hall(exhibition), listings, slugs)


def listing_id(title: str) -> str:
    return str(db.session.scalars(select(Listing.id).where(Listing.title == title)).one())


def stops(found: Walk) -> list[str]:
    return [stop.stand.code for stop in found.stops]


@given(points, st.lists(points, max_size=5), st.none() | points)
def test_the_way_is_never_much_longer_than_the_shortest(start: Point, places: list[Point], end: Point | None) -> None:
    found = walking.order(places, start, end)
    assert sorted(found) == list(range(len(places)))
    own = walking.length(start, [places[number] for number in found], end)
    shortest = min(walking.length(start, way, end) for way in permutations(places))
    assert own <= 1.5 * shortest + 1e-6


def test_many_places_are_put_in_order_each_once() -> None:
    places = [(float(number * 7 % 31), float(number * 11 % 29)) for number in range(200)]
    found = walking.order(places, (0.0, 0.0))
    assert sorted(found) == list(range(200))
    assert walking.length((0.0, 0.0), [places[n] for n in found]) < walking.length((0.0, 0.0), places) / 2


def test_saved_booths_and_products_become_stops_in_the_order_of_the_walk(exhibition: Exhibition) -> None:
    found = walk([listing_id("Keripik singkong balado 250 g"), listing_id("Beras kencur 600 ml")], SLUGS)
    assert len(found.stops) == len(SLUGS)
    assert stops(found) == stops(walk([], SLUGS[::-1]))
    here = next(stop for stop in found.stops if stop.stand.code == "B10")
    assert [listing.title for listing in here.products] == ["Keripik singkong balado 250 g"]
    (leg,) = found.legs
    assert leg.path[0] == leg.start
    assert found.gone == 0


def test_what_nobody_sees_any_more_is_counted_and_the_rest_shown(exhibition: Exhibition) -> None:
    hidden = listing_id("Keripik singkong balado 250 g")

    @transaction
    def hide() -> None:
        db.session.execute(update(Listing).where(Listing.id == int(hidden)).values(published=False))

    hide()
    found = walk([hidden, "999999"], ["nobody", "kopi-ngipik"])
    assert len(found.stops) == 1
    assert found.gone == 3


def test_an_exhibitor_without_a_booth_is_listed_apart(exhibition: Exhibition) -> None:
    @transaction
    def release() -> None:
        mine = update(Allocation).where(Allocation.exhibitor_id == exhibitor().id)
        db.session.execute(mine.values(state=AllocationState.RELEASED))

    release()
    found = walk([], [SLUG])
    assert found.stops == []
    assert [who.slug for who, _ in found.elsewhere] == [SLUG]


@pytest.mark.parametrize(
    "query",
    [
        "produk=abc&produk=-1&produk=99999999999999&produk=%00&stan=%00&stan=..%2F&stan=%F0%9F%8C%B6",
        "produk=" + "9" * 4000,
        "&".join(f"produk={number}" for number in range(1000)),
        "&".join(f"stan=s{number}" for number in range(1000)),
        "stan=' OR 1=1 --",
        "%ff=%ff&stan=%ff",
    ],
)
@pytest.mark.parametrize("part", ["", "&part=list"])
def test_whatever_a_device_remembers_is_answered(
    exhibition: Exhibition, client: FlaskClient, query: str, part: str
) -> None:
    assert client.get(f"/favorit?{query}{part}").status_code == 200


def test_the_page_says_how_to_begin_and_is_kept_by_nobody(exhibition: Exhibition, client: FlaskClient) -> None:
    answer = client.get("/favorit?lang=en")
    assert "Nothing is saved yet." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_list_sent_by_somebody_is_a_whole_page_with_the_plan(exhibition: Exhibition, client: FlaskClient) -> None:
    page = client.get(f"/favorit?stan={SLUG}&stan=kopi-ngipik").text
    assert "Keripik Bu Tini" in page
    assert page.count('class="route-stop"') == 2
    assert page.count('class="lit"') == 2
    part = client.get(f"/favorit?stan={SLUG}&part=list").text
    assert "<html" not in part
    assert "Keripik Bu Tini" in part
