"""A fault of ours while a shop is read: shown as one, logged with its traceback, and nothing half done."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from exhibition.core.db import db
from exhibition.storefront import pictures
from exhibition.storefront.editors import Editor
from exhibition.storefront.fetching import user_agent
from exhibition.storefront.importing import import_runs, publishing, shop_reading
from exhibition.storefront.importing.import_runs import ImportRequest
from exhibition.storefront.models import ImportRun, RunState
from exhibition.storefront.reading import feed, read
from tests.conftest import run_jobs
from tests.faults import logged, raising
from tests.storefront.conftest import SLUG, photo
from tests.storefront.importing.run_import import Stock, imported, product, publish_all, read_address, read_file, served
from tests.storefront.importing.shop_server import Answer, shop


class OddError(Exception):
    """An exception as other libraries raise it: with a ``code`` that is not ours, or none."""

    code = None


FAULTS: dict[str, Callable[[], Exception]] = {
    "TypeError": lambda: TypeError("a fault"),
    "OperationalError": lambda: OperationalError("SELECT 1", {}, Exception("gone")),
    "OddError": OddError,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", ["visit", "compare", "_go_on"])
def test_a_fault_ends_the_run_as_internal_and_is_logged(
    editor: Editor,
    seller_client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    step: str,
    fault: str,
) -> None:
    error = FAULTS[fault]()
    with served(Stock(product(1)), monkeypatch) as open_shop:
        with monkeypatch.context() as patch, logged(caplog, error):
            patch.setattr(shop_reading, step, raising(error))
            run = read_address(editor, open_shop)
        assert (run.state, run.failure, imported()) == (RunState.FAILED, "internal", {})
        page = seller_client.get(f"/exhibitor/listings/{SLUG}/import/{run.id}?lang=id").text
        assert "kesalahan di pihak kami" in page
        assert read_address(editor, open_shop).state is RunState.PREVIEW, "the shop can be read again"


def test_a_fault_while_a_scheduled_run_is_published_changes_nothing_and_is_tried_again(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = TypeError("a fault")
    stock = Stock(product(1))
    with served(stock, monkeypatch) as open_shop:
        publish_all(editor, read_address(editor, open_shop))
        start = imported()["Keripik 1"].price_at
        stock.products = [product(1, price="Rp18.000")]
        with time_machine.travel(start + timedelta(hours=13)), monkeypatch.context() as patch, logged(caplog, error):
            patch.setattr(publishing, "_remember_source", raising(error))
            [run_id] = shop_reading.start_due()
            run_jobs()
        db.session.rollback()
        run = db.session.get_one(ImportRun, run_id)
        assert (run.state, run.failure, imported()["Keripik 1"].price) == (RunState.FAILED, "internal", 15_000)
        with time_machine.travel(start + timedelta(hours=20)):
            assert len(shop_reading.start_due()) == 1
            run_jobs()
    db.session.rollback()
    assert imported()["Keripik 1"].price == 18_000


def test_what_the_shop_does_wrong_keeps_its_own_code(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stock = Stock()
    with served(stock, monkeypatch) as open_shop, caplog.at_level(logging.ERROR):
        stock.files["/feed.json"] = (503, {}, b"")
        run = read_address(editor, open_shop)
    assert (run.state, run.failure, caplog.records) == (RunState.FAILED, "status", [])


def test_a_fault_of_the_reader_is_not_taken_for_an_unreadable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "read", raising(KeyError("a fault")))
    with pytest.raises(KeyError):
        read(b"<rss><channel></channel></rss>")


def test_characters_that_no_database_stores_are_left_out_of_problems(editor: Editor) -> None:
    products = [
        {"id": 1, "title": "Batik", "price": "mu\0rah", "image_link": "https://shop.example/\ud800\0.jpg"},
        {"id": 2, "title": "Ka\0in", "price": "\ud800", "link": "https://shop.example/\ud800"},
    ]
    run = read_file(editor, json.dumps(products), "products.json")
    assert run.state is RunState.PREVIEW, run.failure
    said = " ".join(one["said"] for one in run.problems)
    assert "mu rah" in said
    assert said.isprintable()


def test_a_picture_that_trips_us_keeps_no_other_waiting(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = TypeError("a fault")
    prepare = pictures.prepare

    def prepare_all_but_wide(content: bytes) -> pictures.PreparedPicture:
        if content == wide:
            raise error
        return prepare(content)

    wide, stock = photo(1600, 900), Stock()
    monkeypatch.setattr(pictures, "prepare", prepare_all_but_wide)
    with served(stock, monkeypatch) as open_shop:
        stock.files |= {"/1.jpg": (200, {}, wide), "/2.jpg": (200, {}, photo(800, 600))}
        stock.products = [product(n, image_link=f"{open_shop.address}/{n}.jpg") for n in (1, 2)]
        run = read_address(editor, open_shop)
        with logged(caplog, error):
            publish_all(editor, run)
    assert (imported()["Keripik 1"].picture_tries, imported()["Keripik 1"].picture_key) == (1, None)
    assert imported()["Keripik 2"].picture_key


def _store(total: str | None) -> Callable[[str, Any], Answer | None]:
    """A WooCommerce shop of 130 products that says, or does not say, how many it has."""

    def answer(path: str, _headers: Any) -> Answer | None:
        parts = urlsplit(path)
        if parts.path != "/wp-json/wc/store/v1/products":
            return None
        page = int(parse_qs(parts.query).get("page", ["1"])[0])
        prices = {"price": "15000", "regular_price": "15000", "currency_code": "IDR", "currency_minor_unit": 0}
        products = [
            {"id": n, "name": f"Teh {n}", "permalink": f"https://teh.example/{n}", "prices": prices}
            for n in range(1, 131)
        ]
        headers = {} if total is None else {"X-WP-Total": total}
        return 200, headers, json.dumps(products[(page - 1) * 100 : page * 100]).encode()

    return answer


@pytest.mark.parametrize(
    ("total", "progress"),
    [
        ("130", [(100, 130), (130, 130)]),
        ("9999", [(100, 500), (130, 500)]),
        (None, [(100, 100), (130, 130)]),
        ("-1", [(100, 100), (130, 130)]),
        ("many", [(100, 100), (130, 130)]),
    ],
)
def test_progress_is_products_done_of_the_total_that_the_shop_states(
    editor: Editor,
    seller_client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    total: str | None,
    progress: list[tuple[int, int]],
) -> None:
    seen: list[tuple[int, int]] = []
    bars: list[bool] = []
    note = shop_reading._on_the_way

    def look(run_id: int, done: int, said: int | None) -> None:
        note(run_id, done, said)
        run = db.session.get_one(ImportRun, run_id, populate_existing=True)
        seen.append((run.done, run.total))
        bars.append('max="' in seller_client.get(f"/exhibitor/listings/{SLUG}/import/{run_id}").text)

    monkeypatch.setattr(shop_reading, "_on_the_way", look)
    with shop(_store(total)) as open_shop:
        monkeypatch.setattr(user_agent, "fetcher", lambda: open_shop.fetcher)
        run = import_runs.start(editor, SLUG, ImportRequest(f"{open_shop.address}/wp-json/wc/store/v1/products"))
        run_jobs()
    db.session.rollback()
    assert seen == progress
    assert bars == [done < whole for done, whole in progress], "a bar without a known end shows no share"
    assert (run.state, run.done, run.total) == (RunState.PREVIEW, 130, 130)
