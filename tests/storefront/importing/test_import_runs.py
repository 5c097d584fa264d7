"""Import runs: from a shop's address or a file to the page, once, and never half."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from flask_babel import refresh
from sqlalchemy import func, select

from exhibition.core import jobs
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.storefront import pictures, service
from exhibition.storefront.editors import Editor
from exhibition.storefront.fetching.fetcher import Fetcher
from exhibition.storefront.importing import import_runs, publishing, shop_reading
from exhibition.storefront.importing.import_runs import ImportRequest
from exhibition.storefront.models import ImportRow, ImportRun, Listing, RunState
from exhibition.storefront.rules.states import ListingChange, ListingSource
from exhibition.storefront.service import ListingText
from tests.conftest import run_jobs
from tests.storefront.conftest import ORGANIZER, OTHER_SLUG, SLUG, exhibitor, photo, send
from tests.storefront.importing.run_import import (
    Stock,
    distrust,
    imported,
    product,
    publish_all,
    read_address,
    read_file,
    row_ids,
    served,
)

NOW = datetime(2026, 11, 6, 3, tzinfo=UTC)


def state_of_shop() -> list[tuple[object, ...]]:
    statement = select(Listing.id, Listing.title, Listing.price, Listing.published, Listing.updated_at)
    return [tuple(row) for row in db.session.execute(statement.order_by(Listing.id))]


def test_a_reading_shows_nothing_before_it_is_published(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Stock(product(1), product(2)), monkeypatch) as shop:
        before = state_of_shop()
        run = read_address(editor, shop)
        assert (run.state, run.counts["new"], run.done) == (RunState.PREVIEW, 2, 2)
        assert state_of_shop() == before
        publish_all(editor, run)
    listing = imported()["Keripik 1"]
    assert (listing.price, listing.currency, listing.external_id) == (15_000, "IDR", "K-1")
    assert (listing.source, listing.published, listing.link) == (ListingSource.IMPORT, True, "https://shop.example/1")


def test_reading_again_changes_nothing_and_says_so(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock(product(1), product(2))
    with served(stock, monkeypatch) as shop:
        publish_all(editor, read_address(editor, shop))
        before = state_of_shop()
        assert read_address(editor, shop).state is RunState.UNCHANGED
        assert stock.headers[-1]["If-None-Match"]
        stock.etag = False
        assert read_address(editor, shop).state is RunState.UNCHANGED
    assert state_of_shop() == before


def test_the_date_beside_the_price_moves_when_the_shop_confirms_it(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(Stock(product(1)), monkeypatch) as shop:
        publish_all(editor, read_address(editor, shop))
        later = imported()["Keripik 1"].price_at + timedelta(days=2)
        with time_machine.travel(later, tick=False):
            read_address(editor, shop)
        assert imported()["Keripik 1"].price_at == later


def test_a_changed_shop_is_shown_as_a_difference(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock(product(1), product(2), product(3))
    with served(stock, monkeypatch) as shop:
        publish_all(editor, read_address(editor, shop))
        ids = {title: listing.id for title, listing in imported().items()}
        stock.products = [product(1, price="Rp17.500"), product(2), product(4)]
        run = read_address(editor, shop)
        rows = import_runs.rows_of(run)
        assert {change: len(found) for change, found in rows.items()} == {
            ListingChange.CHANGED: 1,
            ListingChange.NEW: 1,
            ListingChange.GONE: 1,
        }
        changed = rows[ListingChange.CHANGED][0]
        assert (changed.before or {})["price"] == 15_000
        publish_all(editor, run)
    listings = imported()
    assert (listings["Keripik 1"].id, listings["Keripik 1"].price) == (ids["Keripik 1"], 17_500)
    assert not listings["Keripik 3"].published
    assert listings["Keripik 3"].gone_at
    assert listings["Keripik 4"].published


def test_a_product_that_comes_back_is_the_same_listing(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock(product(1), product(2))
    with served(stock, monkeypatch) as shop:
        publish_all(editor, read_address(editor, shop))
        listing_id = imported()["Keripik 2"].id
        stock.products = [product(1)]
        publish_all(editor, read_address(editor, shop))
        stock.products = [product(1), product(2)]
        publish_all(editor, read_address(editor, shop))
    assert (imported()["Keripik 2"].id, imported()["Keripik 2"].published) == (listing_id, True)


def test_a_listing_edited_by_hand_is_not_overwritten_silently(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock(product(1))
    with served(stock, monkeypatch) as shop:
        publish_all(editor, read_address(editor, shop))
        service.save_listing(editor, SLUG, imported()["Keripik 1"].id, ListingText("Keripik Bu Tini", "16000"))
        stock.products = [product(1, price="Rp20.000")]
        run = read_address(editor, shop)
        rows = import_runs.rows_of(run)
        assert list(rows) == [ListingChange.KEPT]
        import_runs.publish(editor, SLUG, run.id, set())
        assert imported()["Keripik Bu Tini"].price == 16_000
        assert read_address(editor, shop).state is RunState.UNCHANGED, "it is not asked again"
        stock.products = [product(1, price="Rp21.000")]
        publish_all(editor, read_address(editor, shop))
    assert imported()["Keripik 1"].price == 21_000


def test_an_edit_while_the_preview_is_open_wins(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock(product(1))
    with served(stock, monkeypatch) as shop:
        publish_all(editor, read_address(editor, shop))
        stock.products = [product(1, price="Rp20.000")]
        run = read_address(editor, shop)
        service.save_listing(editor, SLUG, imported()["Keripik 1"].id, ListingText("Keripik 1", "16000"))
        outcome = import_runs.publish(editor, SLUG, run.id, row_ids(run))
    assert outcome.skipped == 1
    assert imported()["Keripik 1"].price == 16_000


def test_products_without_ids_are_known_by_link_and_title(editor: Editor) -> None:
    table = "title,price,link\nKeripik,15000 IDR,https://shop.example/1\nRempeyek,12000 IDR,\n"
    publish_all(editor, read_file(editor, table))
    ids = {listing.id for listing in imported().values()}
    table = table.replace("Keripik", "Keripik pedas").replace("12000", "13000")
    run = read_file(editor, table)
    assert (run.counts["new"], run.counts["changed"]) == (0, 2)
    publish_all(editor, run)
    assert {listing.id for listing in imported().values()} == ids


def test_a_listing_typed_by_hand_is_not_added_twice(editor: Editor) -> None:
    text = ListingText("Keripik bayam", "9000", link="https://shop.example/9")
    mine = service.save_listing(editor, SLUG, None, text)
    run = read_file(editor, "title,price,link\nKeripik bayam super,9500 IDR,https://shop.example/9\n")
    assert {change: rows[0].listing_id for change, rows in import_runs.rows_of(run).items()} == {
        ListingChange.KEPT: mine.id
    }


def test_other_currencies_are_kept_and_shown_as_they_are(editor: Editor, client: FlaskClient) -> None:
    table = "id,title,price,sale_price\n1,Batik,35.50 USD,29.00 USD\n2,Kopi,1500 JPY,\n"
    publish_all(editor, read_file(editor, table))
    batik, kopi = imported()["Batik"], imported()["Kopi"]
    assert (batik.price, batik.sale_price, batik.currency) == (3_550, 2_900, "USD")
    assert (kopi.price, kopi.currency) == (1_500, "JPY")
    page = client.get("/stan/B10?lang=en").text
    assert "$35.50" in page
    assert "$29.00" in page
    assert "¥1,500" in page
    assert "Rp3.550" not in page
    refresh()  # the requests of a test share one context, which remembers the language
    indonesian = client.get("/stan/B10?lang=id").text
    assert "US$\u00a035,50" in indonesian


def test_a_price_without_a_currency_is_none_unless_the_seller_says_which(editor: Editor) -> None:
    table = "id,title,price,link\n1,Batik,35000,https://shop.example/1\n"
    unsaid = import_runs.start(editor, SLUG, ImportRequest(upload=import_runs.Upload("a.csv", table.encode())))
    run_jobs()
    db.session.rollback()
    assert (import_runs.rows_of(unsaid)[import_runs.DOUBTFUL][0].after or {})["price"] is None
    assert (import_runs.rows_of(read_file(editor, table))[ListingChange.NEW][0].after or {})["price"] == 35_000


def test_every_listing_says_the_date_of_its_price(editor: Editor, client: FlaskClient) -> None:
    publish_all(editor, read_file(editor, "id,title,price\n1,Batik,35000 IDR\n2,Kain,\n"))
    page = client.get("/stan/B10?lang=id").text
    assert page.count("Harga per ") == page.count('class="card product"') > 2


def test_an_import_with_problems_still_publishes_the_good_ones(editor: Editor, seller_client: FlaskClient) -> None:
    run = read_file(editor, "id,title,price,link\n1,Batik,35000 IDR,\n2,,12000 IDR,\n3,Kain,murah,\n")
    assert run.state is RunState.PREVIEW
    assert {(one["where"], one["code"]) for one in run.problems} >= {
        ("row 3", "title_missing"),
        ("row 4", "price_unreadable"),
    }
    page = seller_client.get(f"/exhibitor/listings/{SLUG}/import/{run.id}?lang=id").text
    assert "Baris 3" in page
    publish_all(editor, run)
    assert {title: listing.price for title, listing in imported().items()} == {"Batik": 35_000, "Kain": None}


def test_pictures_are_copied_and_re_encoded(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock()
    with served(stock, monkeypatch) as shop:
        stock.files["/1.jpg"] = (200, {"Content-Type": "image/jpeg"}, photo(1600, 1200))
        stock.files["/2.jpg"] = (200, {"Content-Type": "image/jpeg"}, b"no picture")
        stock.products = [product(n, image_link=f"{shop.address}/{n}.jpg") for n in (1, 2)]
        publish_all(editor, read_address(editor, shop))
    good, bad = imported()["Keripik 1"], imported()["Keripik 2"]
    assert good.picture_key
    assert not good.picture_address
    assert {file.name for file in pictures.folder().glob(f"{good.picture_key}*")} == {
        f"{good.picture_key}-{size}.{kind}" for size in (320, 960) for kind in ("jpg", "webp")
    }
    assert (bad.picture_key, bad.picture_tries, bad.published) == (None, 1, True)


def test_a_cancelled_run_leaves_nothing(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Stock(product(1)), monkeypatch) as shop:
        before = state_of_shop()
        run = read_address(editor, shop)
        rows = row_ids(run)
        import_runs.cancel(editor, SLUG, run.id)
        with pytest.raises(Refused, match="not_in_preview"):
            import_runs.publish(editor, SLUG, run.id, rows)
        assert (state_of_shop(), db.session.scalar(select(func.count(ImportRow.id)))) == (before, 0)


def test_a_run_cancelled_while_it_waits_is_never_read(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Stock(product(1)), monkeypatch) as shop:
        run = import_runs.start(editor, SLUG, ImportRequest(f"{shop.address}/feed.json"))
        import_runs.cancel(editor, SLUG, run.id)
        run_jobs()
        assert shop.asked == []


def test_a_run_killed_while_publishing_leaves_nothing_half_published(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = read_file(editor, "id,title,price\n1,Batik,35000 IDR\n2,Kain,1000 IDR\n")
    before = state_of_shop()

    def power_cut(*_args: object, **_values: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_remember_source", power_cut)
        with pytest.raises(KeyboardInterrupt):
            import_runs.publish(editor, SLUG, run.id, row_ids(run))
    db.session.rollback()
    assert state_of_shop() == before
    assert db.session.get_one(ImportRun, run.id).state is RunState.PREVIEW
    publish_all(editor, run)
    assert set(imported()) == {"Batik", "Kain"}


def test_a_killed_job_is_found_and_the_shop_can_be_read_again(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Stock(product(1)), monkeypatch) as shop:
        run = import_runs.start(editor, SLUG, ImportRequest(f"{shop.address}/feed.json"))
        shop_reading._claim(run.id)  # the job takes it, and is killed
        jobs.huey.flush()
        with pytest.raises(Refused, match="import_running"):
            import_runs.start(editor, SLUG, ImportRequest(f"{shop.address}/feed.json"))
        with time_machine.travel(run.created_at + timedelta(minutes=11)):
            shop_reading.tidy()
        db.session.rollback()
        assert (run.state, run.failure) == (RunState.FAILED, "interrupted")
        assert read_address(editor, shop).state is RunState.PREVIEW


def test_a_lost_job_is_started_again(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Stock(product(1)), monkeypatch) as shop:
        run = import_runs.start(editor, SLUG, ImportRequest(f"{shop.address}/feed.json"))
        jobs.huey.flush()
        with time_machine.travel(run.created_at + timedelta(minutes=11)):
            shop_reading.tidy()
            run_jobs()
        db.session.rollback()
        assert run.state is RunState.PREVIEW


def test_a_shop_is_read_again_by_itself_and_shown_at_once(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = Stock(product(1), product(2))
    with served(stock, monkeypatch) as shop:
        publish_all(editor, read_address(editor, shop))
        stock.products = [product(1, price="Rp18.000"), product(2)]
        assert shop_reading.start_due() == []
        with time_machine.travel(imported()["Keripik 1"].price_at + timedelta(hours=13)):
            assert len(shop_reading.start_due()) == 1
            run_jobs()
    db.session.rollback()
    assert imported()["Keripik 1"].price == 18_000


def test_a_shop_that_suddenly_lost_most_products_waits_for_a_person(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = Stock(*(product(number) for number in range(1, 9)))
    with served(stock, monkeypatch) as shop:
        publish_all(editor, read_address(editor, shop))
        stock.products = [product(1)]
        with time_machine.travel(imported()["Keripik 1"].price_at + timedelta(hours=13)):
            [run_id] = shop_reading.start_due()
            run_jobs()
        db.session.rollback()
        assert db.session.get_one(ImportRun, run_id).state is RunState.PREVIEW
        assert all(listing.published for listing in imported().values())


def test_a_new_price_of_an_untrusted_exhibitor_needs_nobody_but_a_new_text_does(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = Stock(product(1), product(2))
    with served(stock, monkeypatch) as shop:
        publish_all(editor, read_address(editor, shop))
        distrust()
        stock.products = [product(1, price="Rp18.000"), product(2, title="Jam tangan")]
        with time_machine.travel(imported()["Keripik 1"].price_at + timedelta(hours=13)):
            shop_reading.start_due()
            run_jobs()
    db.session.rollback()
    assert (imported()["Keripik 1"].price, imported()["Keripik 1"].published) == (18_000, True)
    assert not imported()["Jam tangan"].published


def test_only_public_addresses_are_fetched(editor: Editor) -> None:
    run = import_runs.start(editor, SLUG, ImportRequest("http://127.0.0.1/feed.json"))
    run_jobs()
    db.session.rollback()
    assert (run.state, run.failure) == (RunState.FAILED, "address_refused")


@pytest.mark.parametrize(
    ("content", "failure"), [("", "empty"), ("x" * (5 * 1024 * 1024 + 1), "too_large")], ids=["empty", "huge"]
)
def test_files_that_are_empty_or_too_large_are_refused_at_once(editor: Editor, content: str, failure: str) -> None:
    with pytest.raises(Refused, match=failure):
        read_file(editor, content)
    assert db.session.scalar(select(func.count(ImportRun.id))) == 0


def test_a_platform_that_cannot_be_read_gets_no_request(editor: Editor) -> None:
    run = import_runs.start(editor, SLUG, ImportRequest("https://tokopedia.com/bu-tini"))
    shop_reading.work(run.id, Fetcher())
    db.session.rollback()
    assert (run.state, run.failure) == (RunState.FAILED, "link_only")


def test_a_shop_keeps_at_most_500_listings(editor: Editor) -> None:
    there = len(service.listings_of(exhibitor()))
    table = "id,title,price\n" + "".join(f"{n},Kain {n},{n}000 IDR\n" for n in range(1, 501))
    publish_all(editor, read_file(editor, table))
    assert len(imported()) == 500 - there


def test_exhibitors_import_into_their_own_shop_and_no_other(editor: Editor, seller_client: FlaskClient) -> None:
    with pytest.raises(NotFound):
        import_runs.start(editor, OTHER_SLUG, ImportRequest("https://shop.example"))
    theirs = import_runs.start(ORGANIZER, OTHER_SLUG, ImportRequest("https://shop.example"))
    for path in ("", f"/{theirs.id}"):
        assert seller_client.get(f"/exhibitor/listings/{OTHER_SLUG}/import{path}").status_code == 404
    assert seller_client.get(f"/exhibitor/listings/{SLUG}/import/{theirs.id}").status_code == 404
    with pytest.raises(NotFound):
        import_runs.cancel(editor, SLUG, theirs.id)
    with pytest.raises(NotFound):
        import_runs.publish(editor, SLUG, theirs.id, set())


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "", "currency": "IDR"}, "url"),
        ({"url": "javascript:alert(1)", "currency": "IDR"}, "url"),
        ({"url": "https://shop.example\0", "currency": "IDR"}, "url"),
        ({"url": "https://shop.example", "currency": "emas"}, "currency"),
    ],
)
def test_a_bad_form_names_the_field(seller_client: FlaskClient, fields: dict[str, str], field: str) -> None:
    answer = send(seller_client, f"/exhibitor/listings/{SLUG}/import", fields)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert db.session.scalar(select(func.count(ImportRun.id))) == 0


def test_rows_of_another_run_are_not_taken(editor: Editor, seller_client: FlaskClient) -> None:
    run = read_file(editor, "id,title,price\n1,Batik,35000 IDR\n")
    page = f"/exhibitor/listings/{SLUG}/import/{run.id}"
    assert 'data-testid="job-progress"' in seller_client.get(page).text
    outcome = import_runs.publish(editor, SLUG, run.id, {10**9})
    assert (outcome.new, imported()) == (0, {})


def test_what_a_person_did_not_want_or_deleted_is_not_added_by_schedule(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = Stock(product(1), product(2), product(3))
    with served(stock, monkeypatch) as shop:
        run = read_address(editor, shop)
        unwanted = next(row.id for row in run.rows if (row.after or {})["title"] == "Keripik 2")
        import_runs.publish(editor, SLUG, run.id, row_ids(run) - {unwanted})
        service.delete_listing(editor, SLUG, imported()["Keripik 3"].id)
        stock.products = [product(1), product(2), product(3), product(4)]
        for day in (1, 2):
            with time_machine.travel(imported()["Keripik 1"].created_at + timedelta(days=day)):
                assert len(shop_reading.start_due()) == 1
                run_jobs()
            db.session.rollback()
            assert set(imported()) == {"Keripik 1", "Keripik 4"}
