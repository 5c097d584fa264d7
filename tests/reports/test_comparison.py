"""Fairs side by side: two small ones, in two time zones, whose numbers are worked out by hand."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.allocation import service as allocation
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.demo import applications
from exhibition.exhibitors import service as exhibitors
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind
from exhibition.exhibitors.service import Details
from exhibition.gate import devices
from exhibition.gate.rules.admission import ScanCode
from exhibition.reports import comparison, comparison_rows
from exhibition.reports.comparison import Attendance, FairFigures
from exhibition.storefront.models import ClickSource, OutboundClick
from exhibition.storefront.visits.models import PageView
from exhibition.venue.edition import states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.visitors.models import PassState, Registration, TimeSlot, VisitorPass
from tests.conftest import sign_in
from tests.editions import world as editions
from tests.editions.world import WHOLE
from tests.fairs import forget_request
from tests.gate import world

FIRST, SECOND = "kopi-2025", "kopi-2026"
LONG_AFTER = datetime(2026, 11, 20, tzinfo=UTC)
ADDRESS = "/desk/editions/compare"
Travel = Callable[[datetime], None]


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Travel:
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


def make(app: Flask, folder: Path, slug: str, *options: str, **values: Any) -> Exhibition:
    result = editions.create(app, folder, WHOLE | {"slug": slug} | values, *options)
    assert result.exit_code == 0, result.output
    return states.by_slug(slug)


def seller(fair: Exhibition, name: str, *, confirmed: bool = True) -> Exhibitor:
    code = next(booth.code for booth in allocation.plan(fair) if booth.state == "open")
    one = exhibitors.add(COMMAND_LINE, fair, Details(name, ExhibitorKind.UMKM))
    allocation.hold(COMMAND_LINE, fair, code, one.id)
    if confirmed:
        mark = next(booth.claim.mark for booth in allocation.plan(fair) if booth.code == code and booth.claim)
        allocation.confirm(COMMAND_LINE, fair, mark)
    return one


def visits(one: Exhibitor, hour: datetime, *, views: int, clicks: int) -> None:
    db.session.add(PageView(exhibitor_id=one.id, source=ClickSource.BOOTH_PAGE, hour=hour, views=views))
    db.session.add(OutboundClick(exhibitor_id=one.id, source=ClickSource.BOOTH_PAGE, hour=hour, clicks=clicks))
    db.session.commit()


def session_at(fair: Exhibition, starts_at: datetime) -> TimeSlot:
    found = select(TimeSlot).where(TimeSlot.exhibition_id == fair.id, TimeSlot.starts_at == starts_at)
    return db.session.scalars(found).one()


def device_of(fair: Exhibition) -> str:
    gate = devices.gate_by_code(fair, "A")
    return devices.enrol(devices.make_enrolment_code(COMMAND_LINE, fair, gate.id), "Ponsel")[0]


def scan(client: FlaskClient, device: str, token: str, verdict: str = "accepted", **more: Any) -> None:
    answer = world.send(client, device, token=token, **more)
    assert answer.get_json()["verdict"] == verdict


@pytest.fixture
def both(app: Flask, client: FlaskClient, tmp_path: Path, travel: Travel) -> None:
    first_fair(app, client, tmp_path, travel)
    second_fair(app, client, tmp_path, travel)
    travel(LONG_AFTER)


def first_fair(app: Flask, client: FlaskClient, folder: Path, travel: Travel) -> None:
    """In Central Java, eight booths; registered 4 + 2 people, of whom 3 come, and a walk-in."""
    travel(datetime(2025, 11, 1, tzinfo=UTC))
    days = {"starts_on": "2025-11-07", "ends_on": "2025-11-09"}
    fair = make(app, folder, FIRST, "--publish", name="Pameran Kopi", **days)
    one = seller(fair, "Kedai Yasmin")
    seller(fair, "Kedai Yuli", confirmed=False)
    for name, state in (
        ("Yasmin", ApplicationState.CONFIRMED),
        ("Yuli", ApplicationState.REJECTED),
        ("Yogi", ApplicationState.DRAFT),
    ):
        db.session.add(
            applications.application(
                fair, name, ExhibitorKind.UMKM, "Kopi", "Bawen", state=state, submitted_at=clock.now()
            )
        )
    db.session.commit()
    ten, eleven = datetime(2025, 11, 7, 3, tzinfo=UTC), datetime(2025, 11, 7, 4, tzinfo=UTC)
    family = world.issue(fair.id, party_size=4, slot=session_at(fair, ten))
    world.issue(fair.id, party_size=2, slot=session_at(fair, ten))
    world.issue(fair.id, party_size=5, slot=session_at(fair, ten), state=PassState.CANCELLED)
    walk_in = world.issue(fair.id, slot=session_at(fair, eleven))
    of_walk_in = select(VisitorPass.registration_id).where(VisitorPass.id == walk_in.id).scalar_subquery()
    db.session.execute(update(Registration).where(Registration.id == of_walk_in).values(walk_in=True))
    db.session.commit()
    device = device_of(fair)
    travel(ten.replace(minute=4))
    scan(client, device, family.token, people=2)
    scan(client, device, "no pass at all", "refused")
    travel(ten.replace(minute=58))
    scan(client, device, family.token, people=1)
    travel(eleven)
    scan(client, device, family.token, direction="exit", people=3)
    travel(eleven.replace(minute=10))
    scan(client, device, walk_in.token)
    scan(client, device, "no pass at all", "refused")
    travel(eleven.replace(hour=8))
    scan(client, device, family.token, "refused")
    visits(one, eleven, views=20, clicks=5)
    visits(one, datetime(2025, 11, 12, 4, tzinfo=UTC), views=9, clicks=7)
    travel(datetime(2025, 12, 1, tzinfo=UTC))
    states.change_state(COMMAND_LINE, FIRST, EditionState.ARCHIVED)


def second_fair(app: Flask, client: FlaskClient, folder: Path, travel: Travel) -> None:
    """In Sulawesi, an hour ahead, four booths, one day less; all three who registered come."""
    travel(datetime(2026, 11, 1, tzinfo=UTC))
    where = {"timezone": "Asia/Makassar", "open_booths": 4, "ends_on": "2026-11-07", "closes": "15:30"}
    fair = make(app, folder, SECOND, "--publish", name="Pameran Kopi 2026", **where)
    one, _other = seller(fair, "Kedai Zaitun"), seller(fair, "Kedai Zahra")
    ten = datetime(2026, 11, 6, 2, tzinfo=UTC)
    family = world.issue(fair.id, party_size=3, slot=session_at(fair, ten))
    device = device_of(fair)
    travel(ten.replace(minute=30))
    scan(client, device, family.token)
    scan(client, device, "no pass at all", "refused")
    visits(one, ten, views=30, clicks=10)


def lines(found: comparison.Comparison) -> dict[str, comparison_rows.Line]:
    with force_locale("en"):
        return {line.name: line for line in comparison_rows.figures(found)}


def of(slug: str) -> FairFigures:
    return next(one for one in comparison.compare([]).fairs if one.exhibition.slug == slug)


@pytest.mark.usefixtures("both")
def test_the_first_fairs_numbers_are_its_own() -> None:
    one = of(FIRST)
    assert (one.open_hours, one.booths, one.exhibitors, one.applications, one.registered) == (24, 8, 1, 2, 6)
    assert one.fair is not None
    assert one.fair.attendance == Attendance(registered=6, arrived=3, expected=6, no_shows=3, walk_ins=1)
    assert (one.fair.hours, one.fair.entered) == ({10: 3, 11: 1}, 4)
    assert (one.fair.peak, one.cap) == (3, 150)
    assert one.fair.refusals == {ScanCode.UNKNOWN: 2, ScanCode.TOO_LATE: 1}
    assert (one.fair.shops.views, one.fair.shops.clicks) == (20, 5)


@pytest.mark.usefixtures("both")
def test_the_second_fairs_hours_are_those_of_its_own_time_zone() -> None:
    two = of(SECOND)
    assert (two.open_hours, two.booths, two.exhibitors, two.applications, two.registered) == (13, 4, 2, 0, 3)
    assert two.fair is not None
    assert two.fair.attendance == Attendance(registered=3, arrived=3, expected=3, no_shows=0, walk_ins=0)
    assert (two.fair.hours, two.fair.peak) == ({10: 3}, 3)
    assert two.fair.refusals == {ScanCode.UNKNOWN: 1}
    assert (two.fair.shops.views, two.fair.shops.clicks) == (30, 10)


@pytest.mark.usefixtures("both")
def test_changes_are_from_one_fair_to_the_next() -> None:
    found = comparison.compare([])
    assert [one.exhibition.slug for one in found.fairs] == [FIRST, SECOND]
    assert {name: line.changes[1] for name, line in lines(found).items()} == {
        "Days": pytest.approx(-1 / 3),
        "Opening hours": pytest.approx(-11 / 24),
        "Open booths": -0.5,
        "Exhibitors with a confirmed booth": 1,
        "Applications": -1,
        "Visitors registered": -0.5,
        "Of them came": 0,
        "Did not come": -1,
        "Did not come, in percent": None,
        "Walk-ins": -1,
        "Entries": -0.25,
        "Most people inside at once": 0,
        "People allowed inside": 0,
        "Refused scans": pytest.approx(-2 / 3),
        "Views of booth pages": 0.5,
        "Clicks to shops": 1,
    }
    assert [comparison_rows.change_text(one) for one in (-0.5, 0, 0.001, 1)] == ["−50%", "±0%", "±0%", "+100%"]


def rows_of(page: str) -> list[list[str]]:
    """The cells of every row of the page's tables, without the hints and changes in small print."""
    found: list[list[str]] = []
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        found.append([" ".join(unescape(re.sub(r"<small.*?</small>|<[^>]+>", " ", cell)).split()) for cell in cells])
    return found


@pytest.mark.usefixtures("both")
def test_the_table_to_download_says_what_the_page_says(organizer_client: FlaskClient) -> None:
    forget_request()
    page = organizer_client.get(f"{ADDRESS}?lang=en").text
    content = organizer_client.get(f"{ADDRESS}.csv?lang=en").data.decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(content))
    assert heading == ["Figure", "Pameran Kopi 2025", "Pameran Kopi 2026", "Change in percent"]
    shown = [[name, first, second] for name, first, second in rows_of(page) if name not in ("Figure", "Hour", "Reason")]
    plain = [[re.sub("^(People let in, |Refused: )", "", row[0]), *(cell for cell in row[1:3])] for row in rows]
    assert plain == shown
    assert ["Entries", "4", "3", "-25"] in rows
    assert ["Did not come, in percent", "50", "0", ""] in rows
    assert ["People let in, 10:00–11:00", "3", "3", "0"] in rows
    assert ["Refused: Too late", "1", "0", "-100"] in rows
    for change in ("−25%", "−50%", "+100%"):
        assert change in page


@pytest.mark.usefixtures("both")
def test_a_draft_is_not_offered_and_not_compared(app: Flask, organizer_client: FlaskClient, tmp_path: Path) -> None:
    make(app, tmp_path, "rancangan", name="Rancangan Rahasia")
    for query in (
        "",
        "?edition=rancangan",
        f"?edition=rancangan&edition={FIRST}",
        "?edition=tidak-ada",
        "?edition=%00",
    ):
        page = organizer_client.get(ADDRESS + query)
        assert page.status_code == 200
        assert 'value="rancangan"' not in page.text
        assert "Pameran Kopi" in page.text
    both = [one.exhibition.slug for one in comparison.compare(["rancangan"]).fairs]
    assert both == [FIRST, SECOND], "as if none were named"
    assert [one.exhibition.slug for one in comparison.compare(["rancangan", FIRST]).fairs] == [FIRST]


def test_the_latest_three_are_compared_and_at_most_six(
    app: Flask, organizer_client: FlaskClient, tmp_path: Path
) -> None:
    slugs = [f"kopi-{year}" for year in range(2020, 2027)]
    for slug in slugs:
        days = {"starts_on": f"{slug[-4:]}-11-06", "ends_on": f"{slug[-4:]}-11-07"}
        make(app, tmp_path, slug, "--publish", **days)
    assert [one.exhibition.slug for one in comparison.compare([]).fairs] == slugs[-3:]
    assert [one.exhibition.slug for one in comparison.compare(slugs[:2]).fairs] == slugs[:2]
    assert [one.exhibition.slug for one in comparison.compare(slugs).fairs] == slugs[-6:]
    told = "At most 6 fairs stand side by side"
    forget_request()
    assert told in organizer_client.get(f"{ADDRESS}?lang=en&" + "&".join(f"edition={one}" for one in slugs)).text
    assert told not in organizer_client.get(f"{ADDRESS}?lang=en").text


def test_with_one_fair_the_page_says_what_it_is_for(app: Flask, organizer_client: FlaskClient, tmp_path: Path) -> None:
    forget_request()
    assert "There are no two fairs to compare yet." in organizer_client.get(f"{ADDRESS}?lang=en").text
    make(app, tmp_path, FIRST, "--publish")
    make(app, tmp_path, SECOND)
    page = organizer_client.get(f"{ADDRESS}?lang=en").text
    assert "There are no two fairs to compare yet." in page
    assert "<table" not in page
    assert organizer_client.get(f"{ADDRESS}.csv").status_code == 200


@pytest.mark.usefixtures("both")
def test_a_fair_to_come_has_what_is_prepared_and_nothing_of_what_happens_at_it(
    app: Flask, tmp_path: Path, organizer_client: FlaskClient
) -> None:
    days = {"starts_on": "2027-03-05", "ends_on": "2027-03-06"}
    fair = make(app, tmp_path, "kopi-2027", "--publish", **days)
    world.issue(fair.id, party_size=2, slot=session_at(fair, datetime(2027, 3, 5, 3, tzinfo=UTC)))
    found = comparison.compare(["kopi-2027", SECOND])
    coming = found.fairs[1]
    assert (coming.fair, coming.registered, coming.booths) == (None, 2, 8)
    shown = {name: (line.counts[1], line.changes[1]) for name, line in lines(found).items()}
    assert shown["Open booths"] == (8, 1)
    assert shown["Entries"] == shown["Did not come"] == shown["Clicks to shops"] == (None, None)
    assert "–" in organizer_client.get(f"{ADDRESS}?edition=kopi-2027&edition={SECOND}").text


@pytest.mark.usefixtures("both")
def test_while_a_fair_lasts_its_figures_are_shown_but_not_compared(travel: Travel) -> None:
    travel(datetime(2026, 11, 6, 2, 40, tzinfo=UTC))
    found = comparison.compare([])
    assert found.fairs[1].fair is not None
    assert found.fairs[1].fair.attendance.expected == 0, "the session is not over"
    shown = {name: (line.counts, line.changes[1]) for name, line in lines(found).items()}
    assert shown["Entries"] == ([4, 3], None)
    assert shown["Did not come"] == ([3, None], None)


@pytest.mark.parametrize("then", [EditionState.CALLED_OFF, EditionState.ARCHIVED])
@pytest.mark.usefixtures("both")
def test_nobody_was_missed_at_a_fair_that_was_called_off(then: EditionState) -> None:
    fair = states.by_slug(SECOND)
    world.issue(fair.id, party_size=9, slot=session_at(fair, datetime(2026, 11, 6, 3, tzinfo=UTC)))
    states.change_state(COMMAND_LINE, SECOND, EditionState.CALLED_OFF)
    if then is EditionState.ARCHIVED:
        states.change_state(COMMAND_LINE, SECOND, then)
    two = of(SECOND)
    assert two.fair is not None
    assert two.fair.attendance == Attendance(registered=12, arrived=3, expected=0, no_shows=0, walk_ins=0)
    found = comparison.compare([])
    assert all(line.changes == [None, None] for line in lines(found).values())


@pytest.mark.usefixtures("both")
def test_nobody_was_missed_at_a_session_that_was_closed() -> None:
    db.session.execute(update(TimeSlot).values(state="closed"))
    db.session.commit()
    one = of(FIRST)
    assert one.fair is not None
    assert one.fair.attendance == Attendance(registered=6, arrived=3, expected=0, no_shows=0, walk_ins=1)


def test_where_no_gate_let_anybody_in_it_is_not_known_who_did_not_come(app: Flask, tmp_path: Path) -> None:
    fair = make(app, tmp_path, FIRST, "--publish", starts_on="2025-11-07", ends_on="2025-11-08")
    world.issue(fair.id, party_size=4, slot=session_at(fair, datetime(2025, 11, 7, 3, tzinfo=UTC)))
    one = of(FIRST)
    assert one.fair is not None
    assert one.fair.attendance == Attendance(registered=4, arrived=0, expected=0, no_shows=0, walk_ins=0)


@pytest.mark.usefixtures("both")
def test_the_number_of_statements_does_not_grow_with_the_passes(statements: list[str]) -> None:
    def asked() -> int:
        db.session.expire_all()
        statements.clear()
        comparison.compare([])
        return len(statements)

    before = asked()
    fair = states.by_slug(FIRST)
    for hour in (2, 3, 4, 6):
        world.issue(fair.id, slot=session_at(fair, datetime(2025, 11, 7, hour, tzinfo=UTC)))
    seller(states.by_slug(SECOND), "Kedai Zul")
    assert asked() == before


@pytest.mark.usefixtures("both")
def test_a_fairs_name_is_no_formula_in_the_table(organizer_client: FlaskClient) -> None:
    db.session.execute(update(Exhibition).where(Exhibition.slug == FIRST).values(name="=1+1 2025"))
    db.session.commit()
    content = organizer_client.get(f"{ADDRESS}.csv").data.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(content)))[1] == "'=1+1 2025"


@pytest.mark.usefixtures("both")
def test_the_list_of_fairs_leads_here_and_organizers_of_one_fair_do_not_see_it(
    app: Flask, organizer_client: FlaskClient
) -> None:
    assert f'href="{ADDRESS}"' in organizer_client.get("/desk/editions").text
    of_one = create_user(COMMAND_LINE, "joko@example.com", RoleName.ORGANIZER, exhibition_id=states.by_slug(SECOND).id)
    client = sign_in(app.test_client(), of_one)
    forget_request()
    for address in (ADDRESS, f"{ADDRESS}.csv"):
        assert client.get(address).status_code == 403
