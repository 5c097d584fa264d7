"""Files of real shops, none of which may enter the repository: served over HTTP from their folder, and read.
``real_feeds.json`` holds the right result for each, found by looking at the file: prices are whole numbers of the
currency's smallest unit (rupiah, pence, fils), and of the first listing; ``told_currency`` is given where the file
names none. Where they are: ``tests/real_files.py``.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from exhibition.storefront.importing.discovery import read_address
from exhibition.storefront.reading.currencies import decimals_of
from tests.real_files import FEEDS, needs_feeds
from tests.storefront.importing.shop_server import shop

pytestmark = needs_feeds

FACTS = json.loads(Path(__file__).with_name("real_feeds.json").read_text())


def smallest_unit(amount, currency):
    decimals = decimals_of(currency)
    return None if amount is None or decimals is None else int(amount.scaleb(decimals))


def serve(path, headers):
    file = FEEDS / Path(path.partition("?")[0]).name
    return (200, {"Content-Type": "application/octet-stream"}, file.read_bytes()) if file.is_file() else None


def test_every_real_file_has_its_facts():
    assert {path.name for path in FEEDS.iterdir()} - {"INDEX.md"} == set(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_real_file_is_read_as_judged(name):
    facts = FACTS[name]
    with shop(serve) as served:
        reading = read_address(f"{served.address}/{name}", served.fetcher, currency=facts.get("told_currency"))
    found = {"kind": reading.kind, "listings": len(reading.listings)}
    found["problems"] = dict(Counter(problem.code for problem in reading.problems))
    if reading.listings:
        first = reading.listings[0]
        found |= {
            "first": first.title,
            "last": reading.listings[-1].title,
            "price": smallest_unit(first.price, first.currency),
            "sale_price": smallest_unit(first.sale_price, first.currency),
            "currency": first.currency,
            "availability": first.availability,
            "picture": first.image and first.image.removeprefix(served.address),
        }
    expected = {"sale_price": None} | facts if facts["listings"] else dict(facts)
    expected.pop("told_currency", None)
    assert found == expected
