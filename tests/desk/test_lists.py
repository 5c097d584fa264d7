"""Every list of the desk is made of one description: it sorts, keeps its columns, and is downloaded as it is shown."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from exhibition.venue.models import Exhibition

pytestmark = pytest.mark.usefixtures("exhibition")
LISTS = {
    "/desk/messages": ("subject", "state"),
    "/desk/badges": ("name", "booth"),
    "/desk/listings": ("exhibitor", "products"),
    "/desk/moderation": ("title", "exhibitor"),
    "/desk/links": ("exhibitor", "since"),
    "/desk/overrides": ("by", "reason"),
}
NAMES = re.compile(r'<th scope="row" role="rowheader">\s*(?:<a [^>]*>)?([^<]*)', re.DOTALL)


def names(page: str) -> list[str]:
    return [found.strip() for found in NAMES.findall(page)]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_downloaded_as_it_is_shown(organizer_client: FlaskClient, address: str) -> None:
    naming, other = LISTS[address]
    asked = f"{address}?lang=en&column={naming}&column={other}&order=-{naming}"
    page = organizer_client.get(asked).text
    shown = names(page)
    assert shown == sorted(shown, key=str.casefold, reverse=True)
    rows = list(csv.reader(io.StringIO(organizer_client.get(f"{asked}&file=csv").data.decode("utf-8-sig"))))
    headings = re.findall(r'<a class="sorts" href="[^"]*">([^<]*)</a>', page)
    assert rows[0] == headings or not shown
    assert len(rows[0]) == 2
    assert len(rows) - 1 >= len(shown)
    assert organizer_client.get(f"{asked}&file=xlsx").data[:2] == b"PK"
    assert organizer_client.get(f"{address}?file=exe").mimetype == "text/html"


@pytest.mark.usefixtures("csrf_off")
def test_who_waits_is_downloaded_for_a_reason_only(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    address = "/desk/registrations/waiting/file"
    assert organizer_client.post(address, data={"kind": "csv"}).status_code == 422
    assert organizer_client.post(address, data={"kind": "exe", "reason": "visit"}).status_code == 404
