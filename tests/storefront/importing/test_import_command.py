"""``flask listings import``: a shop taken over from the command line."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from exhibition.core.db import db
from exhibition.storefront.importing import shop_reading
from exhibition.storefront.models import Listing
from exhibition.storefront.rules.states import ListingSource
from exhibition.venue.models import Exhibition
from tests.faults import logged, raising
from tests.storefront.conftest import SLUG, photo
from tests.storefront.importing.run_import import Stock, product
from tests.storefront.importing.shop_server import shop


def titles() -> list[str]:
    db.session.rollback()
    statement = select(Listing.title).where(Listing.source == ListingSource.IMPORT, Listing.published)
    return list(db.session.scalars(statement.order_by(Listing.position)))


def test_a_file_is_taken_over_once_however_often(app: Flask, exhibition: Exhibition, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("id,title,price\n1,Batik,35000 IDR\n2,,1 IDR\n")
    run = app.test_cli_runner().invoke
    first = run(args=["listings", "import", SLUG, str(file)])
    assert first.exit_code == 0, first.output
    assert "published: 1 new" in first.output
    assert "row 3: The product has no name" in first.output
    second = run(args=["listings", "import", SLUG, str(file), "--json"])
    assert json.loads(second.stdout)["state"] == "unchanged"
    assert titles() == ["Batik"]


def test_a_shop_on_this_machine_is_asked_only_when_allowed(app: Flask, exhibition: Exhibition) -> None:
    stock = Stock()
    with shop(stock.answer) as served:
        stock.files["/1.jpg"] = (200, {}, photo())
        stock.products = [product(1, image_link=f"{served.address}/1.jpg")]
        arguments = ["listings", "import", SLUG, f"{served.address}/feed.json"]
        refused = app.test_cli_runner().invoke(args=arguments)
        assert (refused.exit_code, served.asked) == (2, [])
        assert app.test_cli_runner().invoke(args=[*arguments, "--allow-private"]).exit_code == 0
    assert titles() == ["Keripik 1"]
    assert db.session.scalar(select(Listing.picture_key).where(Listing.title == "Keripik 1"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody", "https://shop.example"), "no exhibitor"),
        ((SLUG, "/no/such/file.csv"), "cannot be read"),
        ((SLUG, "https://shop.example", "--currency", "emas"), "Choose one"),
        ((SLUG, "https://tokopedia.com/toko"), "lets nobody read"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_2(
    app: Flask, exhibition: Exhibition, arguments: tuple[str, ...], sentence: str
) -> None:
    result = app.test_cli_runner().invoke(args=["listings", "import", *arguments])
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_a_fault_of_ours_is_one_sentence_and_2_with_its_traceback_in_the_log(
    app: Flask, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = TypeError("a fault")
    monkeypatch.setattr(shop_reading, "visit", raising(error))
    with logged(caplog, error):
        result = app.test_cli_runner().invoke(args=["listings", "import", SLUG, "https://shop.example"])
    assert (result.exit_code, titles()) == (2, [])
    assert "went wrong on our side" in result.stderr
