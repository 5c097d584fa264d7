"""Editing a shop: the exhibitor's own pages, the organizers' list, and that bad input leaves nothing behind."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.core.errors import NotFound
from exhibition.storefront import pictures, service
from exhibition.storefront.editors import Editor
from exhibition.storefront.models import Listing, Picture, Platform, Storefront
from exhibition.storefront.rules import seller_input
from exhibition.storefront.service import ListingText
from exhibition.venue.models import Exhibition
from tests.storefront.conftest import OTHER_SLUG, SLUG, exhibitor, photo, send

SHOP = f"/exhibitor/listings/{SLUG}"
GOOD = {"title": "Keripik singkong", "price": "15.000", "availability": "in_stock", "link": "", "description": ""}


def state() -> tuple[int | None, ...]:
    """The numbers of rows in every table that a form may write to, and of files."""
    rows = [db.session.scalar(select(func.count()).select_from(table)) for table in (Listing, Picture, AuditEntry)]
    shops = db.session.execute(select(Storefront.url, Storefront.whatsapp).order_by(Storefront.id)).all()
    folder = pictures.folder()
    return (*rows, hash(tuple(map(tuple, shops))), len(list(folder.glob("*"))) if folder.exists() else 0)


def upload(content: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename="photo.jpg", name="picture")


def test_an_exhibitor_lands_in_their_own_shop(seller_client: FlaskClient) -> None:
    answer = seller_client.get("/exhibitor/listings")
    assert answer.location == SHOP
    assert "Keripik singkong original 250 g" in seller_client.get(SHOP).text


def test_an_exhibitor_adds_a_product_with_a_photo(seller_client: FlaskClient) -> None:
    fields = GOOD | {"title": "Keripik bayam", "price": "Rp12.500", "picture": upload(photo())}
    answer = send(seller_client, f"{SHOP}/new", fields)
    assert (answer.status_code, answer.location) == (302, SHOP)
    listing = service.listings_of(exhibitor())[-1]
    assert (listing.title, listing.price, listing.published) == ("Keripik bayam", 12_500, True)
    assert listing.picture_key
    page = seller_client.get(SHOP).text
    assert "Rp12.500" in page
    assert listing.picture_key in page


def test_a_form_with_errors_names_each_field_and_keeps_what_was_typed(seller_client: FlaskClient) -> None:
    before = state()
    fields = GOOD | {"title": "Keripik <b>pedas</b>", "price": "15.5", "link": "javascript:alert(1)"}
    answer = send(seller_client, f"{SHOP}/new?lang=en", fields)
    assert answer.status_code == 422
    assert 'id="price-error"' in answer.text
    assert 'id="link-error"' in answer.text
    assert 'title-error"' not in answer.text
    assert 'value="Keripik &lt;b&gt;pedas&lt;/b&gt;"' in answer.text
    assert 'value="15.5"' in answer.text
    assert state() == before


HOSTILE_LISTINGS = [
    ("title", ""),
    ("title", "   "),
    ("title", "x" * 161),
    ("title", "Keripik\0"),
    ("title", "Keripik\u202egnp"),
    ("price", "-1"),
    ("price", "9" * 30),
    ("price", "15.5"),
    ("price", "15000\0"),
    ("price", "'; DROP TABLE listing; --"),
    ("availability", "sold"),
    ("availability", ""),
    ("availability", "in_stock\0"),
    ("link", "javascript:alert(1)"),
    ("link", "https://a:b@toko.id/"),
    ("link", "ftp://toko.id/"),
    ("link", "https://"),
    ("link", "https://toko.id/" + "x" * 500),
    ("link", "https://toko.id/\0"),
    ("description", "x" * 2_001),
    ("description", "a\0b"),
]


@pytest.mark.parametrize(("field", "value"), HOSTILE_LISTINGS)
def test_a_hostile_listing_is_refused_at_its_field(seller_client: FlaskClient, field: str, value: str) -> None:
    before = state()
    answer = send(seller_client, f"{SHOP}/new", GOOD | {field: value})
    assert answer.status_code == 422
    assert f'{field}-error"' in answer.text
    assert state() == before


HOSTILE_UPLOADS = {
    "text": b"no picture",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "truncated": photo()[:3000],
    "too large": photo() + b"\0" * pictures.MAX_BYTES,
}


@pytest.mark.parametrize("name", HOSTILE_UPLOADS)
def test_a_hostile_upload_is_refused_at_its_field(seller_client: FlaskClient, name: str) -> None:
    before = state()
    answer = send(seller_client, f"{SHOP}/new", GOOD | {"picture": upload(HOSTILE_UPLOADS[name])})
    assert answer.status_code == 422
    assert 'id="picture-error"' in answer.text
    assert state() == before


def test_an_upload_beyond_the_servers_limit_is_told_to_be_the_picture(seller_client: FlaskClient) -> None:
    before = state()
    body = b"\0" * (6 * 1024 * 1024 + 1)
    answer = seller_client.post(f"{SHOP}/new?lang=en", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "The picture is larger than 5 MB" in answer.text
    assert state() == before


HOSTILE_SHOPS = [
    ("url", "javascript:alert(1)"),
    ("url", "https://user@toko.id"),
    ("url", "toko saya"),
    ("url", "x" * 501),
    ("url", "https://toko.id/\0"),
    ("url", "https://toko.id/\u202e"),
    ("url", "<script>alert(1)</script>"),
    ("whatsapp", "12"),
    ("whatsapp", "0812\0"),
    ("whatsapp", "9" * 600),
    ("whatsapp", "' OR 1=1 --"),
]


@pytest.mark.parametrize(("field", "value"), HOSTILE_SHOPS)
def test_a_hostile_shop_is_refused_at_its_field(seller_client: FlaskClient, field: str, value: str) -> None:
    before = state()
    answer = send(seller_client, f"{SHOP}/shop", {"url": "https://tokopedia.com/a", "whatsapp": ""} | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert state() == before


@pytest.mark.parametrize("title", ["Keripik 🌶️ pedas", "كرسبي", "<img src=x onerror=alert(1)>", "'; DROP TABLE x; --"])
def test_harmless_text_is_taken_as_it_is_and_shown_escaped(seller_client: FlaskClient, title: str) -> None:
    assert send(seller_client, f"{SHOP}/new", GOOD | {"title": title}).status_code == 302
    assert service.listings_of(exhibitor())[-1].title == title
    for page in (SHOP, "/stan/B10"):
        assert "<img src=x" not in seller_client.get(page).text


def test_a_shop_is_known_by_its_address_and_reached_by_whatsapp(seller_client: FlaskClient) -> None:
    fields = {"url": "shopee.co.id/butini", "whatsapp": "0812 3456 7890"}
    assert send(seller_client, f"{SHOP}/shop", fields).status_code == 302
    storefront = service.storefront_of(exhibitor())
    assert storefront is not None
    assert (storefront.platform, storefront.url) == (Platform.SHOPEE, "https://shopee.co.id/butini")
    assert storefront.whatsapp == "+6281234567890"


def test_a_shop_with_nothing_in_it_is_taken_away(editor: Editor) -> None:
    assert service.save_storefront(editor, SLUG, url="", whatsapp="") is None
    assert service.storefront_of(exhibitor()) is None


@pytest.mark.parametrize(
    "address",
    [
        f"/exhibitor/listings/{OTHER_SLUG}",
        f"/exhibitor/listings/{OTHER_SLUG}/new",
        f"/exhibitor/listings/{OTHER_SLUG}/shop",
        "/exhibitor/listings/nobody",
        "/exhibitor/listings/%00",
    ],
)
def test_somebody_elses_shop_is_not_there(seller_client: FlaskClient, address: str) -> None:
    assert seller_client.get(address).status_code == 404


def test_somebody_elses_listing_is_not_there_even_under_the_own_shop(seller_client: FlaskClient) -> None:
    other = service.listings_of(exhibitor(OTHER_SLUG))[0]
    before = state()
    for address in (f"{SHOP}/{other.id}", f"{SHOP}/{other.id}/delete", f"{SHOP}/{2**31}", f"{SHOP}/{2**31 - 1}"):
        assert seller_client.get(address).status_code == 404
    assert send(seller_client, f"{SHOP}/{other.id}/move", {"direction": "up"}).status_code == 404
    assert state() == before


@pytest.mark.parametrize("work", ["save_storefront", "save_listing", "delete_listing", "move_listing"])
def test_the_service_itself_refuses_somebody_elses_shop(editor: Editor, work: str) -> None:
    other = service.listings_of(exhibitor(OTHER_SLUG))[0].id
    calls = {
        "save_storefront": lambda: service.save_storefront(editor, OTHER_SLUG, url="", whatsapp=""),
        "save_listing": lambda: service.save_listing(editor, OTHER_SLUG, None, ListingText("x")),
        "delete_listing": lambda: service.delete_listing(editor, OTHER_SLUG, other),
        "move_listing": lambda: service.move_listing(editor, OTHER_SLUG, other, up=True),
    }
    with pytest.raises(NotFound):
        calls[work]()


def test_the_order_changes_but_not_the_date_beside_the_price(editor: Editor) -> None:
    before = service.listings_of(exhibitor())
    dates = {listing.id: listing.updated_at for listing in before}
    ids = [listing.id for listing in before]
    service.move_listing(editor, SLUG, ids[2], up=True)
    service.move_listing(editor, SLUG, ids[0], up=True)
    db.session.expire_all()
    after = service.listings_of(exhibitor())
    assert [listing.id for listing in after] == [ids[0], ids[2], ids[1]]
    assert {listing.id: listing.updated_at for listing in after} == dates


def test_an_unknown_direction_is_refused(seller_client: FlaskClient) -> None:
    listing = service.listings_of(exhibitor())[0]
    assert send(seller_client, f"{SHOP}/{listing.id}/move", {"direction": "sideways"}).status_code == 422


def test_deleting_asks_once(seller_client: FlaskClient) -> None:
    listing = service.listings_of(exhibitor())[0]
    assert listing.title in seller_client.get(f"{SHOP}/{listing.id}/delete").text
    assert send(seller_client, f"{SHOP}/{listing.id}/delete", {}).location == SHOP
    assert listing.title not in [left.title for left in service.listings_of(exhibitor())]


def test_every_change_is_in_the_audit_trail_with_before_and_after(editor: Editor) -> None:
    listing = service.save_listing(editor, SLUG, None, ListingText("Keripik bayam", "10.000"))
    listing_id = listing.id
    service.save_listing(editor, SLUG, listing_id, ListingText("Keripik bayam", "11.000"))
    service.move_listing(editor, SLUG, listing_id, up=True)
    service.delete_listing(editor, SLUG, listing_id)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.object_type == "listing", AuditEntry.object_id == str(listing_id))
    ).all()
    assert [entry.action for entry in sorted(entries, key=lambda entry: entry.id)] == [
        "listing.add",
        "listing.change",
        "listing.move",
        "listing.delete",
    ]
    change = next(entry for entry in entries if entry.action == "listing.change")
    assert change.before is not None
    assert change.after is not None
    assert (change.before["price"], change.after["price"]) == (10_000, 11_000)
    assert change.actor_name == "Tini"


def test_saving_without_a_change_leaves_no_trace(editor: Editor) -> None:
    listing = service.listings_of(exhibitor())[0]
    text = ListingText(listing.title, str(listing.price), listing.availability, listing.link, listing.description)
    before = (state(), listing.updated_at)
    saved = service.save_listing(editor, SLUG, listing.id, text)
    assert (state(), saved.updated_at) == before


def test_organizers_find_and_edit_every_shop(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    everything = organizer_client.get("/desk/listings").text
    assert "Keripik Bu Tini" in everything
    assert "Rempeyek Ambarawa" in everything
    found = organizer_client.get("/desk/listings?search=balado").text
    assert "Keripik Bu Tini" in found
    assert "Rempeyek Ambarawa" not in found
    assert send(organizer_client, f"/exhibitor/listings/{OTHER_SLUG}/new", GOOD).status_code == 302


@pytest.mark.parametrize("search", ["%", "_", "'; --", "\0", "<script>", "x" * 5000, "🌶️", "\u202e"])
def test_any_search_is_answered(organizer_client: FlaskClient, exhibition: Exhibition, search: str) -> None:
    for address in ("/desk/listings", "/stan"):
        answer = organizer_client.get(address, query_string={"search": search})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_a_search_for_a_percent_sign_does_not_match_everything(exhibition: Exhibition) -> None:
    assert service.shops("%") == []


def test_the_desk_is_not_for_exhibitors(seller_client: FlaskClient) -> None:
    assert seller_client.get("/desk/listings").status_code == 403
    assert seller_client.get("/desk/signs.pdf").status_code == 403


def test_strangers_are_sent_to_sign_in(app: Flask, exhibition: Exhibition) -> None:
    assert app.test_client().get(SHOP).status_code == 302


def test_a_full_shop_takes_no_more(
    exhibition: Exhibition, organizer_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seller_input, "MAX_LISTINGS", 3)
    before = state()
    assert send(organizer_client, f"{SHOP}/new", GOOD).status_code == 409
    assert state() == before
