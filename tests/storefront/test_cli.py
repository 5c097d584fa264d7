"""``flask listings read``."""

import json
from pathlib import Path

import pytest
from flask import Flask

from exhibition.factory import create_app
from exhibition.storefront.cli import listings_cli
from tests.storefront.importing.shop_server import shop

FILES = Path(__file__).parent / "reading" / "files"


@pytest.fixture
def run():
    """Run the command in an application without a database."""
    app = Flask("without-database")
    app.cli.add_command(listings_cli)
    return lambda *words: app.test_cli_runner().invoke(args=["listings", "read", *map(str, words)])


def test_json_has_the_documented_form(run):
    result = run(FILES / "woocommerce-store.json", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert list(answer) == ["kind", "listings", "problems"]
    assert answer["kind"] == "woocommerce"
    assert answer["listings"][0] == {
        "id": "1",
        "title": "Teh – Poci",
        "price": "5.00",
        "currency": "GBP",
        "sale_price": "3.50",
        "availability": "in_stock",
        "link": "https://teh.example/poci/",
        "image": "https://teh.example/poci.png",
        "description": "Harum & pekat",
    }
    assert answer["listings"][3]["price"] is None
    assert list(answer["problems"][0]) == ["where", "code", "message"]


def test_table_shows_prices_and_problems(run):
    result = run(FILES / "indonesia-titik-koma.csv")
    assert result.exit_code == 0
    assert "Keripik Tempe" in result.stdout
    assert "row 6: The price could not be understood: Hubungi kami [price_unreadable]" in result.stdout


def test_nothing_readable_exits_with_two_and_one_sentence(run):
    result = run(FILES / "wix-export.csv", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"][0]["code"] == "wix_export"
    assert result.stderr.count("\n") == 1
    assert "Wix" in result.stderr


def test_missing_file_exits_with_two_and_one_sentence(run, tmp_path):
    result = run(tmp_path / "tidak-ada.csv")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)


def test_private_address_is_refused_unless_this_machine_is_allowed(run):
    content = (FILES / "rupiah.rss.xml").read_bytes()
    with shop(lambda *_: (200, {"Content-Type": "application/xml"}, content)) as served:
        refused = run(served.address)
        read = run(served.address, "--allow-private", "--json")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert (read.exit_code, json.loads(read.stdout)["kind"]) == (0, "rss")
    assert run("http://10.0.0.1:8000/", "--allow-private").exit_code == 2


def test_platform_link_counts_as_read(run):
    result = run("https://www.tokopedia.com/toko", "--json")
    assert (result.exit_code, json.loads(result.stdout)["kind"]) == (0, "link")


def test_currency_is_taken_from_the_owner_and_must_be_one(run):
    result = run(FILES / "shopify.json", "--json", "--currency", "IDR")
    assert json.loads(result.stdout)["listings"][0]["currency"] == "IDR"
    assert run(FILES / "shopify.json", "--currency", "emas").exit_code == 2


def test_file_over_the_limit_is_refused(run, tmp_path):
    large = tmp_path / "besar.csv"
    large.write_bytes(b"x" * (5 * 1024 * 1024 + 1))
    assert "larger than 5 MB" in run(large).stderr


def test_command_is_registered(tmp_path):
    app = create_app({"INSTANCE_PATH": str(tmp_path)}, testing=True)
    assert app.cli.commands["listings"] is listings_cli
