"""Which listings visitors see: trust, forbidden words, the organizer's decision, and reports; and who may do what."""

from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core.db import db
from exhibition.storefront import moderation, service
from exhibition.storefront.editors import Editor
from exhibition.storefront.models import Listing, ListingReport, Review
from exhibition.storefront.rules.forbidden_words import forbidden_in
from exhibition.storefront.service import ListingText
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in
from tests.storefront.conftest import CSRF_TOKEN, ORGANIZER, OTHER_SLUG, SLUG, exhibitor, send
from tests.storefront.importing.run_import import distrust, imported, publish_all, read_file

TABLE = "id,title,price\n1,Batik lasem,35000 IDR\n2,Kain panjang,1000 IDR\n"
BOOTH = "/stan/B10?lang=en"


def post(client: FlaskClient, page: str, address: str, fields: dict[str, Any]) -> TestResponse:
    for name in ("_login_user", "csrf_token"):  # the requests of a test share one context, with another sign-in
        g.pop(name, None)
    token = CSRF_TOKEN.search(client.get(page).text)
    return client.post(address, data=fields | {"csrf_token": token[1] if token else ""})


def waiting_ids() -> list[int]:
    """Of the seller; the demo's newcomers wait as well."""
    return [one.listing.id for one in moderation.waiting() if one.exhibitor.slug == SLUG]


def test_listings_of_a_trusted_exhibitor_are_shown_at_once(editor: Editor, client: FlaskClient) -> None:
    publish_all(editor, read_file(editor, TABLE))
    assert "Batik lasem" in client.get(BOOTH).text


def test_listings_of_others_wait_and_are_approved_together(
    editor: Editor, client: FlaskClient, organizer_client: FlaskClient
) -> None:
    distrust()
    publish_all(editor, read_file(editor, TABLE))
    typed = service.save_listing(editor, SLUG, None, ListingText("Topi caping", "5000"))
    assert (typed.review, typed.published) == (Review.WAITING, False)
    assert "Batik lasem" not in client.get(BOOTH).text
    ids = waiting_ids()
    assert len(ids) == 3
    answer = post(
        organizer_client, "/desk/moderation", "/desk/moderation/decide", {"listing": ids, "verdict": "approve"}
    )
    assert answer.status_code == 302
    page = client.get(BOOTH).text
    assert all(title in page for title in ("Batik lasem", "Kain panjang", "Topi caping"))
    assert waiting_ids() == []


def test_what_an_organizer_writes_needs_nobody(seller: object) -> None:
    distrust()
    assert service.save_listing(ORGANIZER, SLUG, None, ListingText("Topi caping", "5000")).published


def test_a_refused_listing_tells_its_owner_why_and_waits_again_when_it_is_changed(
    editor: Editor, seller_client: FlaskClient
) -> None:
    listing_id = service.listings_of(exhibitor())[0].id
    moderation.decide(COMMAND_LINE, {listing_id}, approve=False, note="Foto milik orang lain")
    assert "Foto milik orang lain" in seller_client.get(f"/exhibitor/listings/{SLUG}").text
    saved = service.save_listing(editor, SLUG, listing_id, ListingText("Keripik, foto sendiri", "15000"))
    assert (saved.review, saved.published) == (Review.WAITING, False)


def test_a_new_price_does_not_take_an_approved_listing_off(editor: Editor) -> None:
    distrust()
    listing = service.listings_of(exhibitor())[0]
    text = ListingText(listing.title, "17000", listing.availability, listing.link, listing.description)
    assert service.save_listing(editor, SLUG, listing.id, text).published


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rokok kretek", "rokok"),
        ("RÓKOK!", "rokok"),
        ("Perokok pasif", None),
        ("minuman  keras lokal", "minuman keras"),
        ("minuman segar", None),
        ("", None),
    ],
)
def test_forbidden_words_are_whole_words_in_any_spelling(text: str, found: str | None) -> None:
    assert forbidden_in(text, ["rokok", "minuman keras", " "]) == found


def test_a_forbidden_word_makes_even_a_trusted_exhibitor_wait(editor: Editor) -> None:
    publish_all(editor, read_file(editor, TABLE + "3,Rokok kretek,20000 IDR\n"))
    listing = imported()["Rokok kretek"]
    assert (listing.review, listing.review_note, listing.published) == (Review.WAITING, "rokok", False)
    assert imported()["Batik lasem"].published


def test_a_new_word_holds_what_is_shown_already(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    title = service.listings_of(exhibitor())[0].title
    answer = post(organizer_client, "/desk/moderation", "/desk/moderation/words", {"words": f"{title}\n\n"})
    assert answer.status_code == 302
    db.session.rollback()
    assert not service.listings_of(exhibitor())[0].published
    too_long = post(organizer_client, "/desk/moderation", "/desk/moderation/words", {"words": "x" * 10_001})
    assert too_long.status_code == 422


def test_trust_is_given_and_taken_at_the_desk(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    shop = f"/exhibitor/listings/{SLUG}"
    for trusted in ("0", "1"):
        post(organizer_client, shop, f"/desk/listings/{SLUG}/trust", {"trusted": trusted})
        db.session.rollback()
        assert exhibitor().trusted is (trusted == "1")
    missing = post(organizer_client, shop, "/desk/listings/nobody/trust", {"trusted": "1"})
    assert missing.status_code == 404


def test_a_visitor_reports_without_an_account_and_the_organizer_decides(
    client: FlaskClient, organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    listing_id = service.listings_of(exhibitor())[0].id
    assert f"/lapor/{listing_id}" in client.get(BOOTH).text
    answer = send(client, f"/lapor/{listing_id}", {"reason": "wrong_price", "note": "Di toko 20.000"})
    assert answer.status_code == 302
    g.pop("_login_user", None)
    assert "Di toko 20.000" in organizer_client.get("/desk/moderation?show=reported").text
    post(
        organizer_client,
        "/desk/moderation?show=reported",
        "/desk/moderation/decide",
        {"listing": listing_id, "verdict": "keep"},
    )
    db.session.rollback()
    assert moderation.reported() == []
    assert service.listings_of(exhibitor())[0].published
    send(client, f"/lapor/{listing_id}", {"reason": "forbidden", "note": ""})
    post(
        organizer_client,
        "/desk/moderation?show=reported",
        "/desk/moderation/decide",
        {"listing": listing_id, "verdict": "refuse"},
    )
    db.session.rollback()
    assert moderation.reported() == []
    assert client.get(f"/lapor/{listing_id}").status_code == 404
    assert f"/lapor/{listing_id}" not in client.get(BOOTH).text


def test_reports_are_limited_and_bad_ones_name_the_field(client: FlaskClient, exhibition: Exhibition) -> None:
    listing_id = service.listings_of(exhibitor())[0].id
    for fields in ({}, {"reason": "spite"}, {"reason": "other", "note": "x" * 501}, {"reason": "other", "note": "\0"}):
        assert send(client, f"/lapor/{listing_id}", fields).status_code == 422
    good = {"reason": "other", "note": ""}
    statuses = [send(client, f"/lapor/{listing_id}", good).status_code for _ in range(4)]
    assert statuses[-1] == 429
    assert db.session.scalar(select(func.count(ListingReport.id))) == statuses.count(302)


def test_exhibitors_edit_their_own_listings_and_nothing_else(seller_client: FlaskClient) -> None:
    theirs = service.listings_of(exhibitor(OTHER_SLUG))[0].id
    for address in (
        f"/exhibitor/listings/{OTHER_SLUG}",
        f"/exhibitor/listings/{OTHER_SLUG}/import",
        f"/exhibitor/listings/{OTHER_SLUG}/{theirs}",
        f"/exhibitor/listings/{SLUG}/{theirs}",
    ):
        assert seller_client.get(address).status_code == 404
    for address in ("/desk/moderation", "/desk/links", "/desk/listings"):
        assert seller_client.get(address).status_code == 403
    for address in ("/desk/moderation/decide", f"/desk/listings/{SLUG}/trust", "/desk/links/hosts"):
        answer = post(
            seller_client, f"/exhibitor/listings/{SLUG}/shop", address, {"trusted": "1", "verdict": "approve"}
        )
        assert answer.status_code == 403


@pytest.mark.parametrize("role", [None, RoleName.GATE])
def test_visitors_and_gate_staff_keep_no_shop(app: Flask, exhibition: Exhibition, role: RoleName | None) -> None:
    client = app.test_client()
    if role is not None:
        sign_in(client, create_user(COMMAND_LINE, "gate@example.com", role, name="Sari"))
    for address in (f"/exhibitor/listings/{SLUG}/import", "/desk/moderation", "/desk/links"):
        assert client.get(address).status_code in (302, 403)


def test_the_desk_says_how_much_waits(editor: Editor, organizer_client: FlaskClient) -> None:
    before = moderation.open_work().waiting
    distrust()
    publish_all(editor, read_file(editor, TABLE))
    assert moderation.open_work().waiting == before + 2
    assert f"({before + 2})" in organizer_client.get("/desk/listings").text


def test_a_listing_that_is_not_approved_can_never_be_published(exhibition: Exhibition) -> None:
    with pytest.raises(IntegrityError):
        db.session.execute(update(Listing).values(review=Review.WAITING))
    db.session.rollback()
