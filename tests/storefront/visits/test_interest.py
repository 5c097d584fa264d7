"""Views and favourites are counted by the hour, and nothing is stored about who it was."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, update

from exhibition.core.db import db, transaction
from exhibition.core.extensions import limiter
from exhibition.storefront import service
from exhibition.storefront.models import ClickSource, Listing
from exhibition.storefront.visits import counting
from exhibition.storefront.visits.models import FavouriteMark, PageView
from exhibition.venue.models import Exhibition
from tests.storefront.conftest import BROWSER, SLUG, exhibitor
from tests.storefront.visits.test_clicks import CRAWLER, PHONE

BOOTH = "/stan/B10"
FAVOURITES = "/api/v1/favourites"


def viewed() -> dict[ClickSource, int]:
    db.session.rollback()
    return {row.source: row.views for row in db.session.scalars(select(PageView))}


def marked() -> dict[int, int]:
    db.session.rollback()
    return {row.listing_id: row.marks for row in db.session.scalars(select(FavouriteMark))}


def listing() -> Listing:
    return service.listings_of(exhibitor())[0]


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (BOOTH, ClickSource.BOOTH_PAGE),
        (f"{BOOTH}?from=qr", ClickSource.BOOTH_QR),
        (f"{BOOTH}?from=catalogue", ClickSource.CATALOGUE),
        (f"{BOOTH}?from=pass_page", ClickSource.PASS_PAGE),
        (f"{BOOTH}?from=front_page", ClickSource.FRONT_PAGE),
        (f"{BOOTH}?from=cluster_page", ClickSource.CLUSTER_PAGE),
        (f"{BOOTH}?from=%27%3BDROP%00", ClickSource.BOOTH_PAGE),
        (f"/b/{SLUG}", ClickSource.BOOTH_QR),
    ],
)
def test_a_view_is_counted_by_where_it_came_from(
    exhibition: Exhibition, client: FlaskClient, address: str, source: ClickSource
) -> None:
    answer = client.get(address, headers=PHONE, follow_redirects=True)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert viewed() == {source: 1}


@pytest.mark.parametrize("headers", [CRAWLER, {"User-Agent": ""}, PHONE | {"Sec-Purpose": "prefetch;prerender"}])
def test_robots_and_prefetches_are_no_views(
    exhibition: Exhibition, client: FlaskClient, headers: dict[str, str]
) -> None:
    assert client.get(BOOTH, headers=headers).status_code == 200
    assert viewed() == {}


def test_a_free_booth_has_no_views(exhibition: Exhibition, client: FlaskClient) -> None:
    assert client.get("/stan/J04", headers=PHONE).status_code == 200
    assert viewed() == {}


def test_opening_a_page_twice_at_once_is_one_view(exhibition: Exhibition, client: FlaskClient) -> None:
    for _ in range(3):
        client.get(BOOTH, headers=PHONE)
    client.get(BOOTH, headers={"User-Agent": f"{BROWSER} other"})
    assert viewed() == {ClickSource.BOOTH_PAGE: 2}


def test_the_page_is_shown_when_counting_fails(
    exhibition: Exhibition, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("no counting today")

    monkeypatch.setattr(counting, "add_one", fail)
    assert "Keripik Bu Tini" in client.get(BOOTH, headers=PHONE).text


def test_a_view_is_one_write(exhibition: Exhibition, client: FlaskClient, statements: list[str]) -> None:
    statements.clear()
    client.get(BOOTH, headers=PHONE)
    assert len([text for text in statements if text.startswith(("INSERT", "UPDATE", "DELETE"))]) == 1


def test_a_favourite_is_counted_for_its_listing(exhibition: Exhibition, client: FlaskClient) -> None:
    id_ = listing().id
    assert client.post(FAVOURITES, json={"listing_id": id_}, headers=PHONE).status_code == 204
    assert client.post(FAVOURITES, json={"listing_id": id_}, headers=PHONE).status_code == 204  # a double tap
    assert marked() == {id_: 1}
    limiter.reset()  # as after ten seconds
    client.post(FAVOURITES, json={"listing_id": id_}, headers=PHONE)
    assert marked() == {id_: 2}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"listing_id": None}, 422),
        ({"listing_id": "1"}, 422),
        ({"listing_id": 0}, 422),
        ({"listing_id": -1}, 422),
        ({"listing_id": 10**30}, 422),
        ({"listing_id": True}, 422),
        ({"listing_id": 1, "name": "Sari"}, 422),
        ({"listing_id": 2_147_483_647}, 404),
    ],
)
def test_an_unknown_listing_is_refused_and_not_counted(
    exhibition: Exhibition, client: FlaskClient, body: dict[str, object], status: int
) -> None:
    answer = client.post(FAVOURITES, json=body, headers=PHONE)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert marked() == {}


def test_hidden_listings_are_no_favourites(exhibition: Exhibition, client: FlaskClient) -> None:
    id_ = listing().id
    transaction(lambda: db.session.execute(update(Listing).where(Listing.id == id_).values(published=False)))()
    assert client.post(FAVOURITES, json={"listing_id": id_}, headers=PHONE).status_code == 404


def test_a_flood_of_favourites_is_stopped(exhibition: Exhibition, client: FlaskClient) -> None:
    id_ = listing().id
    answers = [client.post(FAVOURITES, json={"listing_id": id_}, headers=PHONE).status_code for _ in range(121)]
    assert answers[-1] == 429
    assert set(answers[:120]) == {204}


def test_no_table_of_counts_has_a_place_for_who_it_was(app: Flask) -> None:
    for table, columns in {
        "page_view": {"id", "exhibitor_id", "source", "hour", "views"},
        "favourite_mark": {"id", "exhibitor_id", "listing_id", "hour", "marks"},
        "outbound_click": {"id", "exhibitor_id", "listing_id", "source", "hour", "clicks"},
        "cluster_order": {"id", "cluster_id", "hour", "orders"},
    }.items():
        assert {column["name"] for column in inspect(db.engine).get_columns(table)} == columns
