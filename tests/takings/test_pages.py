"""The pages of takings: told by link and badge, seen by nobody else, summed at the desk, and on paper."""

import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation.planned import Claim
from exhibition.badges import service as badges
from exhibition.messages import readers, writing
from exhibition.messages.letters import write
from exhibition.messages.rules.audiences import Audience, Lacking
from exhibition.takings import overview, service
from exhibition.takings.rules.telling import Amounts
from exhibition.venue.models import Exhibition
from tests.badges.places import badge_of
from tests.pdf_text import text_of
from tests.takings.begun import kept, link_of, sellers, since_yesterday, tell

pytestmark = pytest.mark.usefixtures("csrf_off")

TYPED = {"cash": "1.250.000", "qris": "300.000", "orders": "", "pieces": "", "key": "0123456789", "seconds_ago": "0"}
READ = Amounts(1_250_000, 300_000)


@pytest.fixture
def day(exhibition: Exhibition) -> date:
    return since_yesterday(exhibition)


@pytest.fixture
def seller(exhibition: Exhibition, day: date) -> Claim:
    return sellers(exhibition)[0]


def test_a_seller_tells_by_link_without_a_script(client: FlaskClient, exhibition: Exhibition, seller: Claim) -> None:
    address, day = link_of(exhibition, seller), exhibition.starts_on.isoformat()
    answer = client.post(address, data=TYPED | {"day": day})
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert kept(exhibition, seller) == READ
    page = client.get(f"{address}?day={day}")
    assert "no-store" in page.headers["Cache-Control"]
    assert "Rp1.550.000" in page.text
    assert 'value="1.250.000"' in page.text


def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(
    client: FlaskClient, exhibition: Exhibition, seller: Claim
) -> None:
    wrong = TYPED | {"day": exhibition.starts_on.isoformat(), "qris": "3.00"}
    answer = client.post(link_of(exhibition, seller), data=wrong)
    assert answer.status_code == 422
    assert 'id="qris-error"' in answer.text
    assert 'value="1.250.000"' in answer.text
    assert kept(exhibition, seller) is None


def test_the_kept_page_has_no_figures(client: FlaskClient, exhibition: Exhibition, seller: Claim) -> None:
    tell(exhibition, seller, READ, "first-key")
    page = client.get(f"{link_of(exhibition, seller)}?kept").text
    assert "1.250.000" not in page
    assert "csrf_token" not in page


def test_by_a_badge_takings_are_told_but_not_seen(client: FlaskClient, exhibition: Exhibition, seller: Claim) -> None:
    badge = badge_of(exhibition, seller)
    address, last = f"/tanda/{badge.token}/omzet", service.days_to_tell(exhibition)[-1]
    assert client.post(address, data=TYPED | {"day": last.isoformat()}).status_code == 303
    assert service.told(exhibition, seller.exhibitor_id)[last].cash == READ.cash
    page = client.get(address).text
    assert "1.250.000" not in page
    assert "Rp1.550.000" not in page
    badges.reissue(COMMAND_LINE, exhibition, badge.id)
    assert client.get(address).status_code == 409


def test_a_link_that_acts_for_nobody_opens_nothing(client: FlaskClient, exhibition: Exhibition) -> None:
    assert client.get("/daftar-stan/no-such-key/omzet").status_code == 404
    assert client.get("/tanda/no-such-token/omzet").status_code == 404


def test_the_desk_sees_sums_corrects_and_hands_over_the_report(
    organizer_client: FlaskClient, exhibition: Exhibition, seller: Claim
) -> None:
    tell(exhibition, seller, READ, "first-key")
    day, total = exhibition.starts_on.isoformat(), len(sellers(exhibition))
    page = organizer_client.get(f"/desk/takings?day={day}&lang=en").text
    assert f"1 of {total} booths" in page
    assert "Rp1.550.000" in page
    corrected = organizer_client.post(
        f"/desk/takings/{day}/{seller.slug}", data={"cash": "1.000.000", "qris": "", "note": "Salah ketik"}
    )
    assert corrected.status_code == 303
    assert kept(exhibition, seller) == Amounts(cash=1_000_000)
    paper = text_of(organizer_client.get(f"/desk/takings.pdf?day={day}&language=en").data)
    assert "Rp1.000.000" in paper
    assert f"1 of {total} booths" in paper
    assert seller.exhibitor not in paper
    book = CalamineWorkbook.from_filelike(io.BytesIO(organizer_client.get(f"/desk/takings.xlsx?day={day}").data))
    rows = book.get_sheet_by_index(1).to_python()
    assert len(rows) == 1 + total
    assert [row[5] for row in rows if row[0] == seller.exhibitor] == [1_000_000]
    only = organizer_client.get(f"/desk/takings?day={day}&state=missing&file=csv").text
    assert seller.exhibitor not in only


def test_the_desk_needs_a_note(organizer_client: FlaskClient, exhibition: Exhibition, seller: Claim) -> None:
    address = f"/desk/takings/{exhibition.starts_on}/{seller.slug}"
    assert organizer_client.post(address, data={"cash": "1000", "note": ""}).status_code == 422
    assert organizer_client.get(f"/desk/takings/2020-01-01/{seller.slug}").status_code == 404
    assert kept(exhibition, seller) is None


def test_a_reminder_goes_to_those_who_have_not_told_and_leads_to_the_page(
    organizer_client: FlaskClient, exhibition: Exhibition, seller: Claim
) -> None:
    tell(exhibition, seller, READ, "first-key")
    day = exhibition.starts_on
    address = f"/desk/messages/new?group=exhibitors&lacking=takings:{day}"
    form = organizer_client.get(address).text
    assert f'selected value="takings:{day}"' in form
    words = {
        "subject_indonesian": "Omzet",
        "text_indonesian": "{exhibitor}: {link}",
        "lacking": f"takings:{day}",
    } | dict.fromkeys(("standing", "cluster_id", "zone_id"), "")
    written = organizer_client.post(address, data=words)
    message = writing.find(exhibition, int(written.headers["Location"].rsplit("/", 1)[1]))
    audience = Audience.from_json(message.audience)
    assert (audience.lacking, audience.day) == (Lacking.TAKINGS, day)
    found = readers.of_audience(exhibition, audience)
    untold = {who for who, days in overview.missing_days(exhibition).items() if day in days}
    assert {number for _kind, number in (one.reference for one in found)} == untold
    other = next(claim for claim in sellers(exhibition) if claim.exhibitor_id in untold)
    reader = next(one for one in found if one.reference[1] == other.exhibitor_id)
    assert link_of(exhibition, other) in write(exhibition, message, reader).text
