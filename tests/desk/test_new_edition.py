"""The desk of a new edition, in which there is nothing yet: each list says what it is for and what to do first."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.editions import creating
from exhibition.editions.plans import EditionPlan

LISTS = (
    "/desk/layouts",
    "/desk/waiting",
    "/desk/applications",
    "/desk/exhibitors",
    "/desk/badges",
    "/desk/messages",
    "/desk/undeliverable",
    "/desk/slots",
    "/desk/registrations/waiting",
    "/desk/movements",
    "/desk/conflicts",
    "/desk/overrides",
    "/desk/edition/changes",
    "/desk/listings",
    "/desk/moderation",
    "/desk/links",
    "/desk/clusters",
    "/desk/statistics",
)
EMPTY = re.compile(r'<div class="empty">(.*?)</div>', re.DOTALL)


@pytest.fixture
def new_edition(app: Flask) -> None:
    creating.create(COMMAND_LINE, EditionPlan("kopi", "Pameran Kopi", date(2049, 3, 5), date(2049, 3, 6)))


@pytest.mark.usefixtures("new_edition")
@pytest.mark.parametrize("address", LISTS)
def test_an_empty_list_says_what_it_is_for_and_where_to_begin(organizer_client: FlaskClient, address: str) -> None:
    answer = organizer_client.get(address)
    assert answer.status_code == 200
    empty = EMPTY.search(answer.text)
    assert empty is not None, "the list is empty and does not say so"
    assert 'class="muted"' in empty[1], "it says what it is for"
    assert "<a href=" in empty[1], "it leads to what to do first"
    assert "“”" not in empty[1], "nobody has searched"
