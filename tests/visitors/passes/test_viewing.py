"""The address that shows a pass and changes nothing, and what a phone keeps of a pass."""

import re

import pytest
from flask.testing import FlaskClient

from exhibition.core.errors import NotFound
from exhibition.visitors import service
from exhibition.visitors.passes import viewing
from tests.visitors.passes.holding import open_slots, register, set_pass


@pytest.fixture
def english(client: FlaskClient) -> FlaskClient:
    client.set_cookie("locale", "en")
    return client


def test_it_shows_the_qr_and_offers_no_change(english: FlaskClient) -> None:
    issued = register(phone="+6281234567890")
    page = english.get(f"/v/{viewing.key_of(issued)}").text
    assert 'data-testid="pass-qr"' in page
    assert issued.code in page
    assert "<form" not in page
    assert issued.manage_key not in page
    assert "Siti" not in page


def test_it_follows_the_pass(english: FlaskClient) -> None:
    issued = register()
    address = f"/v/{viewing.key_of(issued)}"
    moved = service.move(issued.manage_key, open_slots()[1].id)
    assert viewing.find(viewing.key_of(issued)).generation == moved.generation
    service.cancel(issued.manage_key)
    assert 'data-testid="pass-qr"' not in english.get(address).text
    assert english.get(f"{address}/qr.png").status_code == 409


def test_it_cannot_be_made_up() -> None:
    mine, other = register(), register()
    key, foreign = viewing.key_of(mine), viewing.key_of(other)
    for wrong in (key[:-1], key + "A", foreign[:11] + key[11:], "!" * 28, "é" * 28, mine.manage_key):
        with pytest.raises(NotFound):
            viewing.find(wrong)


@pytest.mark.parametrize("kind", ["p", "v"])
def test_the_first_line_is_kept_true_by_what_the_server_says(english: FlaskClient, kind: str) -> None:
    issued = register()
    address = f"/{kind}/{issued.manage_key if kind == 'p' else viewing.key_of(issued)}"
    before = english.get(f"{address}/now").get_json()
    assert before["facts"]["party_size"] == 4
    set_pass(issued, admitted=1, inside=1)
    after = english.get(f"{address}/now").get_json()
    assert (after["facts"]["admitted"], after["seen"]) == (1, before["seen"])
    set_pass(issued, generation=1)
    assert english.get(f"{address}/now").get_json()["seen"] != before["seen"]


def test_the_page_says_first_what_to_do_now(english: FlaskClient) -> None:
    issued = register()
    page = english.get(f"/p/{issued.manage_key}").text
    line = re.search(r'data-advice="(\w+)"[^>]*>([^<]+)<', page)
    assert line is not None
    assert line[1] == "go_in"
    assert line[2].startswith("Go in now at Gerbang A (utara) or Gerbang B (selatan), until ")


def test_what_a_phone_keeps_has_no_form_and_no_other_session(english: FlaskClient) -> None:
    issued = register()
    kept = english.get(f"/p/{issued.manage_key}/kept").text
    assert 'data-testid="pass-qr"' in kept
    assert "There is no network." in kept
    assert "<form" not in kept
    assert "csrf_token" not in kept
    assert 'name="slot_id"' not in kept


def test_the_worker_names_files_that_are_there(english: FlaskClient) -> None:
    answer = english.get("/tiket/sw.js")
    assert answer.headers["Service-Worker-Allowed"] == "/"
    addresses = re.findall(r'"(/static/[^"]+)"', answer.text)
    assert len(addresses) > 5
    statuses = set()
    for address in addresses:
        with english.get(address) as answer:
            statuses.add(answer.status_code)
    assert statuses == {200}
