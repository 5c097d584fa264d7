"""A seller's phone: the address of a shop is pasted, checked, published; visitors see its goods at the booth."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from exhibition.accounts.models import User
from exhibition.core import jobs
from tests.browser.test_shop import PHONE, _fits, _seller, _signed_in
from tests.conftest import run_jobs
from tests.storefront.conftest import SLUG, photo
from tests.storefront.importing.run_import import Stock, product, served

pytestmark = [
    pytest.mark.browser,
    # flask-compress leaves the static files it streams to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def seller(fair: Flask) -> User:
    jobs.bind(fair)
    jobs.huey.flush()
    return _seller()


def _state(page: Page, state: str) -> None:
    page.locator(f"[data-testid=job-progress][data-state={state}]").wait_for()


def test_a_pasted_address_is_previewed_published_and_seen_at_the_booth(
    fair: Flask, server: str, browser: Browser, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = Stock()
    with served(stock, monkeypatch) as shop:
        stock.files["/1.jpg"] = (200, {"Content-Type": "image/jpeg"}, photo())
        stock.products = [product(1, title="Keripik bayam", image_link=f"{shop.address}/1.jpg"), product(2)]
        context = browser.new_context(viewport=PHONE, base_url=server)
        page = _signed_in(context, fair, server, seller)
        page.goto(f"/exhibitor/listings/{SLUG}?lang=en")
        page.get_by_role("button", name="Take over products from your shop").click()
        page.get_by_label("Address of your online shop").fill(f"{shop.address}/feed.json")
        page.get_by_role("button", name="Look at my products").click()
        _state(page, "waiting")
        assert _fits(page)
        run_jobs()
        _state(page, "preview")
        page.get_by_role("checkbox", name="Keripik bayam").wait_for()
        assert page.get_by_role("checkbox", checked=True).count() == 2
        assert _fits(page)
        visitor = browser.new_page(viewport=PHONE, base_url=server)
        visitor.goto(f"/b/{SLUG}?lang=en")
        assert visitor.get_by_text("Keripik bayam").count() == 0
        page.get_by_role("checkbox", name="Keripik 2").uncheck()
        page.get_by_role("button", name="Publish what is ticked").click()
        _state(page, "published")
        run_jobs()
        page.get_by_text("1 photo is still being copied").wait_for(state="detached")
        context.close()
    visitor.goto(f"/b/{SLUG}?lang=en")
    card = visitor.get_by_role("listitem").filter(has_text="Keripik bayam")
    card.get_by_text("Rp15.000").wait_for()
    card.get_by_text("Price as of").wait_for()
    card.locator("source[type='image/webp']").wait_for(state="attached")
    assert visitor.get_by_text("Keripik 2").count() == 0
    assert _fits(visitor)
    visitor.close()


def test_a_file_is_looked_over_a_price_corrected_and_a_product_taken_out(
    fair: Flask, server: str, browser: Browser, seller: User, tmp_path: Path
) -> None:
    file = tmp_path / "produk.csv"
    file.write_text(
        "Kode,Nama Produk,Harga\nK-1,Keripik bayam,Rp12.500\nK-2,,Rp9.000\nK-3,Keripik talas,murah\n"
        "K-4,Keripik ubi,Rp 162\nK-5,Keripik lama,Rp9.500\n"
    )
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server)
    page = _signed_in(context, fair, server, seller)
    page.goto(f"/exhibitor/listings/{SLUG}/import?lang=id")
    page.get_by_label("Atau berkas berisi produk Anda").set_input_files(file)
    page.get_by_role("button", name="Lihat produk saya").click()
    run_jobs()
    _state(page, "preview")
    page.locator("[data-code=title_missing]").get_by_text("Baris 3").wait_for()
    page.locator("[data-code=price_unreadable]").get_by_text("murah").wait_for()
    titles = page.locator("[data-row] strong:not(.price)").all_inner_texts()
    assert titles[:2] == ["Keripik talas", "Keripik ubi"], "the doubtful ones first"
    assert _fits(page)
    page.get_by_role("checkbox", name="Keripik lama").uncheck()
    page.get_by_role("button", name="Rp162.000").click()
    card = page.locator("[data-row]").filter(has_text="Keripik ubi")
    card.get_by_text("Dikoreksi oleh Anda").wait_for()
    assert not page.get_by_role("checkbox", name="Keripik lama").is_checked()
    talas = page.locator("[data-row]").filter(has_text="Keripik talas")
    talas.get_by_text("Koreksi harga").click()
    talas.get_by_label("Harga dalam rupiah").fill("15.5")
    page.get_by_role("button", name="Tayangkan yang dicentang").click()
    talas.locator(".field-error").wait_for()
    talas.get_by_label("Harga dalam rupiah").fill("15.500")
    page.get_by_role("button", name="Tayangkan yang dicentang").click()
    _state(page, "published")
    page.goto(f"/b/{SLUG}")
    for name, price in (("bayam", "Rp12.500"), ("talas", "Rp15.500"), ("ubi", "Rp162.000")):
        page.get_by_role("listitem").filter(has_text=f"Keripik {name}").get_by_text(price).wait_for()
    assert page.get_by_text("Keripik lama").count() == 0
    context.close()
