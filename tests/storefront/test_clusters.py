"""Clusters: their products together, and one contact who takes orders for all."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.exhibitors.models import Cluster, Exhibitor
from exhibition.storefront import clusters, service
from exhibition.storefront.service import ListingText
from exhibition.storefront.visits.models import ClusterContact, ClusterOrder
from exhibition.venue.models import Exhibition
from tests.storefront.conftest import ORGANIZER, SLUG, exhibitor
from tests.storefront.visits.test_clicks import CRAWLER, PHONE

NUMBER = "0812-3456-7890"
DESK = "/desk/clusters"


def cluster(slug: str = "camilan") -> Cluster:
    return db.session.scalars(select(Cluster).where(Cluster.slug == slug)).one()


def organizer_takes_orders(slug: str = "camilan") -> None:
    clusters.set_contact(COMMAND_LINE, slug, clusters.ORGANIZER, name="Bu Ratna", whatsapp=NUMBER)


def order(slug: str = "camilan", *ids: object) -> str:
    return f"/keluar/klaster/{cluster(slug).id}?" + "&".join(f"produk={id_}" for id_ in ids)


def asked() -> int:
    db.session.rollback()
    return sum(db.session.scalars(select(ClusterOrder.orders)))


def test_a_cluster_shows_the_products_of_all_its_exhibitors_and_no_others(
    exhibition: Exhibition, client: FlaskClient
) -> None:
    page = client.get("/klaster/kopi").text
    assert "Robusta sangrai sedang 200 g" in page
    assert "Arabika natural 200 g" in page
    assert "Keripik singkong" not in page
    assert "Arabika washed" not in page  # of an exhibitor without a booth
    assert page.count('class="lit"') == 3


def test_the_list_of_clusters_leads_to_each(exhibition: Exhibition, client: FlaskClient) -> None:
    page = client.get("/klaster").text
    assert [slug in page for slug in ("/klaster/kopi", "/klaster/batik", "/klaster/camilan")] == [True] * 3
    assert "/klaster/kopi" in client.get("/b/kopi-sirap", follow_redirects=True).text


@pytest.mark.parametrize("slug", ["nothing", "%00", "x" * 3000, "..%2Fkopi", "%F0%9F%8C%B6"])
def test_a_cluster_that_is_none_is_not_found(exhibition: Exhibition, client: FlaskClient, slug: str) -> None:
    assert client.get(f"/klaster/{slug}").status_code == 404


def test_without_a_contact_there_is_no_button_and_no_way(exhibition: Exhibition, client: FlaskClient) -> None:
    assert "/keluar/klaster/" not in client.get("/klaster/kopi").text.replace('action="/keluar/klaster/', "")
    assert client.get(order("kopi"), headers=PHONE).status_code == 404
    assert asked() == 0


def test_an_order_names_the_ticked_products_of_the_cluster_only(exhibition: Exhibition, client: FlaskClient) -> None:
    organizer_takes_orders()
    chips = service.save_listing(ORGANIZER, SLUG, None, ListingText("Keripik & sambal #1"))
    coffee = service.listings_of(exhibitor("kopi-sirap"))[0]
    answer = client.get(order("camilan", chips.id, coffee.id, 0, -1, "x", 10**30, "%00"), headers=PHONE)
    assert answer.status_code == 302
    address = urlsplit(answer.location)
    assert (address.netloc, address.path) == ("wa.me", "/6281234567890")
    message = parse_qs(address.query)["text"][0]
    assert "Bu Ratna" in message
    assert "- Keripik & sambal #1 (Keripik Bu Tini)" in message
    assert coffee.title not in message
    assert asked() == 1


def test_ticked_products_are_shown_before_the_order_is_sent(exhibition: Exhibition, client: FlaskClient) -> None:
    organizer_takes_orders()
    ids = [listing.id for listing in service.listings_of(exhibitor())]
    page = client.get(f"/klaster/camilan?produk={ids[0]}&produk=999999&produk=x&produk=-1").text
    assert f"/keluar/klaster/{cluster().id}?produk={ids[0]}" in page
    assert page.count(" checked") == 1
    assert asked() == 0


def test_an_order_does_not_grow_without_end(exhibition: Exhibition, client: FlaskClient) -> None:
    organizer_takes_orders()
    for number in range(40):
        service.save_listing(ORGANIZER, SLUG, None, ListingText(f"Keripik {number}"))
    ids = [listing.id for listing in service.listings_of(exhibitor())]
    message = parse_qs(urlsplit(client.get(order("camilan", *ids), headers=PHONE).location).query)["text"][0]
    assert message.count("\n- ") == clusters.MAX_ORDERED


def test_robots_and_double_clicks_do_not_order(exhibition: Exhibition, client: FlaskClient) -> None:
    organizer_takes_orders()
    assert client.get(order(), headers=CRAWLER).status_code == 302
    assert client.head(order(), headers=PHONE).status_code == 302
    assert asked() == 0
    client.get(order(), headers=PHONE)
    client.get(order(), headers=PHONE)
    assert asked() == 1


def test_an_exhibitor_of_the_cluster_takes_orders_as_long_as_they_can(
    exhibition: Exhibition, client: FlaskClient
) -> None:
    with pytest.raises(Refused) as refused:
        clusters.set_contact(COMMAND_LINE, "camilan", SLUG)
    assert (refused.value.code, refused.value.field) == ("contact_unreachable", "contact")
    service.save_storefront(ORGANIZER, SLUG, url="https://warung-serasi.example/toko/x", whatsapp=NUMBER)
    clusters.set_contact(COMMAND_LINE, "camilan", SLUG)
    assert client.get(order(), headers=PHONE).location.startswith("https://wa.me/6281234567890?")
    transaction(lambda: db.session.execute(update(Exhibitor).where(Exhibitor.slug == SLUG).values(cluster_id=None)))()
    assert clusters.contact_of(cluster()) is None
    assert client.get(order(), headers=PHONE).status_code == 404


@pytest.mark.parametrize(
    ("choice", "name", "whatsapp", "code", "field"),
    [
        ("kopi-sirap", "", "", "contact_unknown", "contact"),
        ("nobody\0", "", "", "contact_unknown", "contact"),
        ("organizer", "Ratna", "", "missing", "whatsapp"),
        ("organizer", "Ratna", "112", "whatsapp_unreadable", "whatsapp"),
        ("organizer", "Ratna", "9" * 5000, "whatsapp_unreadable", "whatsapp"),
        ("organizer", "", NUMBER, "missing", "name"),
        ("organizer", "x" * 121, NUMBER, "too_long", "name"),
        ("organizer", "Rat\u202ena", NUMBER, "unprintable", "name"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_at_its_field(
    exhibition: Exhibition, choice: str, name: str, whatsapp: str, code: str, field: str
) -> None:
    organizer_takes_orders()
    with pytest.raises(Refused) as refused:
        clusters.set_contact(COMMAND_LINE, "camilan", choice, name=name, whatsapp=whatsapp)
    assert (refused.value.code, refused.value.field, refused.value.status) == (code, field, 422)
    assert db.session.scalars(select(ClusterContact.name)).all() == ["Bu Ratna"]


def test_the_desk_chooses_changes_and_clears_a_contact(
    exhibition: Exhibition, organizer_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(organizer_client.application.config, "WTF_CSRF_ENABLED", False)
    typed = {"contact": "organizer", "name": '"><b>Ratna', "whatsapp": "12"}
    refused = organizer_client.post(f"{DESK}/kopi", data=typed)
    assert refused.status_code == 422
    assert 'value="&#34;&gt;&lt;b&gt;Ratna"' in refused.text
    assert organizer_client.post(f"{DESK}/kopi", data=typed | {"whatsapp": NUMBER}).status_code == 302
    assert "+6281234567890" in organizer_client.get(DESK).text
    assert organizer_client.post(f"{DESK}/kopi", data={"contact": ""}).status_code == 302
    assert db.session.scalar(select(ClusterContact)) is None
    assert organizer_client.post(f"{DESK}/nothing", data=typed).status_code == 404


def test_only_organizers_choose(exhibition: Exhibition, seller_client: FlaskClient) -> None:
    assert seller_client.get(DESK).status_code == 403
