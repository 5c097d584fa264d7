"""Finding in the catalogue: products, booths and clusters, on both databases and for any input."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.allocation.models import Allocation, AllocationState
from exhibition.core.db import db, transaction
from exhibition.storefront import service
from exhibition.storefront.catalogue import finding as catalogue
from exhibition.storefront.catalogue.finding import CatalogueFilter, CatalogueResults
from exhibition.storefront.models import Listing, ListingWord
from exhibition.storefront.service import ListingText
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from tests.fairs import the_fair
from tests.storefront.conftest import ORGANIZER, SLUG, exhibitor

HOSTILE = (
    '"',
    '"*',
    "*",
    "kopi*",
    "kopi AND",
    "NEAR(a b)",
    "title:kopi",
    "' OR 1=1 --",
    "kopi' & !x:*",
    "a:*b",
    "\\",
    "%",
    "\0",
    "kopi\0teh",
    "🌶️",
    "🌶️" * 3000,
    "x" * 10_000,
    "a " * 5_000,
    "\ud800",
    "\u202e\u200b",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "ﷺ",
    "ß",
    "İstanbul",
)


def find(search: str = "", page: int = 1, **narrowed: str | int) -> CatalogueResults:
    exhibition = the_fair()
    return catalogue.find(exhibition, venue.hall(exhibition), CatalogueFilter(search, **narrowed), page)  # type: ignore[arg-type] the field names say which is which


def titles(found: CatalogueResults) -> list[str]:
    return [product.listing.title for product in found.products.items]


def add(title: str, price: str = "15000", description: str = "", slug: str = SLUG) -> Listing:
    return service.save_listing(ORGANIZER, slug, None, ListingText(title, price, description=description))


@transaction
def change(**values: object) -> None:
    db.session.execute(update(Listing).where(Listing.exhibitor_id == exhibitor().id).values(**values))


@pytest.mark.parametrize(
    ("search", "title"),
    [
        ("balado", "Keripik singkong balado 250 g"),
        ("BALADO keripik", "Keripik singkong balado 250 g"),
        ("bala", "Keripik singkong balado 250 g"),
        ("b", "Keripik singkong balado 250 g"),
        ("manis bala", "Keripik singkong balado 250 g"),
        ("tini balado", "Keripik singkong balado 250 g"),
        ("b10 balado", "Keripik singkong balado 250 g"),
        ("bawen kopi celup", "Kopi celup isi 10"),
        ("klaster kopi robusta", "Robusta petik merah 500 g"),
        ("bálàdö", "Keripik singkong balado 250 g"),
    ],
)
def test_products_are_found_by_beginnings_of_words_of_theirs_and_of_their_seller(
    exhibition: Exhibition, search: str, title: str
) -> None:
    found = find(search)
    assert title in titles(found)
    assert found.meant == ""


@pytest.mark.parametrize("search", ["adobo", "balado kopi", "lado", "keripik rendang"])
def test_every_word_has_to_be_there(exhibition: Exhibition, search: str) -> None:
    assert titles(find(search)) == []


@pytest.mark.parametrize(
    ("search", "meant", "title"),
    [
        ("keripk", "keripik", "Keripik singkong original 250 g"),
        ("kripik balado", "keripik balado", "Keripik singkong balado 250 g"),
        ("robsuta sagnrai", "robusta sangrai", "Robusta sangrai sedang 200 g"),
        ("keripk tinni", "keripik tini", "Keripik singkong original 250 g"),
        ("yogurt", "yoghurt", "Yoghurt stroberi 250 ml"),
    ],
)
def test_a_mistyped_search_is_answered_with_the_likely_words(
    exhibition: Exhibition, search: str, meant: str, title: str
) -> None:
    found = find(search)
    assert found.meant == meant
    assert title in titles(found)


def test_words_found_as_typed_are_not_taken_for_a_mistake(exhibition: Exhibition) -> None:
    add("Keripk khas")
    found = find("keripk")
    assert (found.meant, titles(found)) == ("", ["Keripk khas"])


def test_booths_and_clusters_are_found_by_their_names(exhibition: Exhibition) -> None:
    found = find("kopi")
    assert [cluster.slug for cluster in found.clusters] == ["kopi"]
    assert "Kopi Ngipik" in [stand.exhibitor.name for stand in found.stands if stand.exhibitor]
    assert find("sukoharjo").stands
    assert find("sukohajro").meant == "sukoharjo"
    assert [stand.code for stand in find("B10").stands] == ["B10"]


def test_titles_come_before_descriptions_and_everybody_before_anybodys_second(exhibition: Exhibition) -> None:
    add("Paket oleh-oleh", description="Berisi lumpia")
    add("Lumpia rebung")
    add("Lumpia goreng", slug="rempeyek-ambarawa")
    add("Lumpia basah", slug="rempeyek-ambarawa")
    assert titles(find("lumpia"))[-1] == "Paket oleh-oleh"


def test_the_plan_lights_the_booths_where_something_was_found(exhibition: Exhibition) -> None:
    assert find("balado").lit == {"B10"}
    assert find().lit == frozenset()
    assert len(find("", cluster="kopi").lit) == 3


def test_filters_narrow_by_cluster_group_zone_and_district(exhibition: Exhibition) -> None:
    everything = find().product_count
    for name, value in (("cluster", "kopi"), ("group", "Batik"), ("zone", "Kuliner"), ("district", "Bawen")):
        found = find("", 1, **{name: value})
        assert 0 < found.product_count < everything, name
    both = find("", cluster="camilan", district="Bawen")
    assert {product.stand.code for product in both.products.items} == {"B10"}
    assert find("", cluster="nothing").empty
    assert "Kuliner" in [value for value, _ in find().choices.zone]


def test_the_price_filter_leaves_out_what_has_no_rupiah_price(exhibition: Exhibition) -> None:
    add("Gratis", "0")
    add("Video iklan 30 detik", "")
    found = find("", lowest=0, highest=15_000)
    assert "Gratis" in titles(found)
    assert "Video iklan 30 detik" not in titles(find("", lowest=0))
    change(currency="USD")
    assert "Gratis" not in titles(find("", lowest=0, highest=15_000))


def test_the_price_filter_goes_by_the_present_price(exhibition: Exhibition) -> None:
    change(price=90_000, sale_price=7_000)
    assert {product.stand.code for product in find("", highest=8_000).products.items} == {"B10"}


def test_pages_hold_everything_once(exhibition: Exhibition) -> None:
    for number in range(60):
        add(f"Lumpia nomor {number}")
    pages = [find("lumpia", number) for number in (1, 2, 3, 4)]
    seen = [title for page in pages for title in titles(page)]
    assert len(seen) == len(set(seen)) == pages[0].product_count == 60
    assert [page.products.has_next for page in pages] == [True, True, False, False]


@pytest.mark.parametrize("values", [{"published": False}, {"published": False, "review": "waiting"}])
def test_hidden_products_are_not_found_and_not_guessed(exhibition: Exhibition, values: dict[str, object]) -> None:
    change(**values)
    assert titles(find("balado")) == []
    assert find("baladp").empty


def test_products_of_exhibitors_without_a_booth_are_not_found(exhibition: Exhibition) -> None:
    add("Lumpia rebung", slug=SLUG)
    transaction(lambda: db.session.execute(update(Allocation).values(state=AllocationState.RELEASED)))()
    assert titles(find("lumpia")) == []


def test_the_index_follows_every_change_in_its_own_transaction(exhibition: Exhibition) -> None:
    listing = add("Lumpia rebung", description="digulung")
    assert titles(find("lumpia digulung")) == ["Lumpia rebung"]
    service.save_listing(ORGANIZER, SLUG, listing.id, ListingText("Risoles rogut", "15000"))
    assert find("lumpia").empty
    assert find("digulung").empty
    assert find("risolse").meant == "risoles"
    service.delete_listing(ORGANIZER, SLUG, listing.id)
    assert find("risoles").empty


def test_nothing_of_a_change_that_fails_is_found_or_learnt(exhibition: Exhibition) -> None:
    @transaction
    def fail() -> None:
        listing = db.session.scalars(select(Listing)).first()
        assert listing is not None
        listing.title = "Lumpia rebung"
        db.session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert find("lumpia").empty
    assert db.session.scalar(select(ListingWord.id).where(ListingWord.word == "lumpia")) is None


def test_words_are_learnt_once_however_often_they_are_written(exhibition: Exhibition) -> None:
    add("Lumpia rebung")
    add("Lumpia Rebung", description="lumpia " * 50)
    assert len(db.session.scalars(select(ListingWord).where(ListingWord.word == "lumpia")).all()) == 1


@pytest.mark.parametrize("search", HOSTILE)
@pytest.mark.parametrize("part", ["", "results"])
def test_whatever_is_typed_is_answered(exhibition: Exhibition, client: FlaskClient, search: str, part: str) -> None:
    answer = client.get("/stan", query_string={"search": search.encode("utf-8", "surrogatepass"), "part": part})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("name", ["cluster", "group", "zone", "district", "page", "from"])
@pytest.mark.parametrize("value", ["\0", "x" * 10_000, "' OR 1=1", "-1", "🌶️", "99999999999999999999"])
def test_whatever_is_chosen_is_answered(exhibition: Exhibition, client: FlaskClient, name: str, value: str) -> None:
    assert client.get("/stan", query_string={name: value}).status_code == 200


@pytest.mark.parametrize("value", ["mahal", "-5", "9" * 40, "1e9", "\0", "🌶️"])
@pytest.mark.parametrize("name", ["lowest", "highest"])
def test_a_price_that_cannot_be_read_is_named_and_stays_as_typed(
    exhibition: Exhibition, client: FlaskClient, name: str, value: str
) -> None:
    answer = client.get("/stan", query_string={name: value, "search": "kopi", "lang": "en"})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text
    assert 'value="kopi"' in answer.text


def test_prices_the_wrong_way_round_are_turned(exhibition: Exhibition, client: FlaskClient) -> None:
    page = client.get("/stan?lowest=Rp18.000&highest=15000").text
    assert "Keripik singkong balado 250 g" in page


def test_the_catalogue_works_without_javascript_and_its_part_is_only_the_results(
    exhibition: Exhibition, client: FlaskClient
) -> None:
    page = client.get("/stan?search=balado&lang=en").text
    for text in ("Keripik singkong balado 250 g", "Rp17.000", "B10", "Price as of", 'action="/stan"', "<select"):
        assert text in page
    part = client.get("/stan?search=balado&part=results").text
    assert "Keripik singkong balado 250 g" in part
    assert 'data-lit="B10"' in part
    assert "<html" not in part
    assert "<form" not in part


@pytest.mark.usefixtures("cached")
def test_a_kept_page_answers_only_what_it_was_asked(exhibition: Exhibition, client: FlaskClient) -> None:
    add("Wedang uwuh")
    first = client.get("/stan?search=wedang")
    change(title="Wedang secang")
    assert client.get("/stan?search=wedang", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    for other in (
        "search=wedang&part=results",
        "search=wedang&lowest=1",
        "search=wedang+secang",
    ):
        assert "Wedang secang" in client.get(f"/stan?{other}").text
    assert "Wedang secang" not in client.get("/stan?search=wedang&page=2").text
    assert client.get("/stan?search=wedang&lowest=x").status_code == 422


def test_a_product_without_a_price_shows_none(exhibition: Exhibition, client: FlaskClient) -> None:
    add("Video iklan 30 detik", "")
    part = client.get("/stan?search=video+iklan&part=results").text
    assert "Video iklan 30 detik" in part
    assert "Rp" not in part


def test_the_next_page_keeps_the_search(exhibition: Exhibition, client: FlaskClient) -> None:
    for number in range(30):
        add(f"Lumpia nomor {number}")
    page = client.get("/stan?search=lumpia&district=Bawen&from=pass_page").text
    assert "search=lumpia" in page.split('rel="next"')[0].rsplit("<a ", 1)[1]
    assert "district=Bawen" in page.split('rel="next"')[0].rsplit("<a ", 1)[1]


def test_the_number_of_queries_does_not_grow_with_the_catalogue(
    app: Flask, exhibition: Exhibition, client: FlaskClient, statements: list[str]
) -> None:
    for address, most in (("/stan?search=keripik", 9), ("/stan?search=keripk", 11), ("/stan?search=xqzxqzxqz", 9)):
        client.get(address)
        db.session.remove()
        statements.clear()
        client.get(address)
        assert len([text for text in statements if text.startswith("SELECT")]) <= most, address
