"""What a phone keeps of the visitors' pages is all that a kept pass needs to look as it should."""

import json
import re

import pytest
from flask.testing import FlaskClient

from exhibition.venue.models import Exhibition
from tests.visitors.passes.holding import register

ASKED = re.compile(r'(?:<link rel="stylesheet" href|<script[^>]* src|<link rel="icon" href)="([^"]+)"')


@pytest.mark.parametrize("page", ["pass", "mine"])
def test_every_file_that_a_kept_page_asks_for_is_kept(client: FlaskClient, exhibition: Exhibition, page: str) -> None:
    address = "/tiket" if page == "mine" else f"/p/{register().manage_key}/kept"
    worker = client.get("/tiket/sw.js").text
    kept = set(json.loads(worker.splitlines()[0].removeprefix("self.SHIPPED = ").removesuffix(";"))["files"])
    asked = set(ASKED.findall(client.get(address).text))
    assert len(asked) > 4
    assert asked <= kept
