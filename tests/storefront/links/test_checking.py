"""Checks of links: when one counts as broken, how politely it is checked, and the effect for visitors and owners."""

import email
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.storefront import service
from exhibition.storefront.editors import Editor
from exhibition.storefront.links import checking as links
from exhibition.storefront.models import LinkCheck, Listing, Storefront
from exhibition.storefront.rules.link_health import Answer, Health, after, answer_of, is_below
from exhibition.storefront.rules.states import LinkState
from tests.conftest import run_jobs
from tests.storefront.conftest import BROWSER, SLUG, exhibitor
from tests.storefront.importing.shop_server import Answer as Served
from tests.storefront.importing.shop_server import Shop, shop

START = datetime(2026, 11, 6, 3, tzinfo=UTC)
OK, GONE = (200, {}, b"here"), (404, {}, b"")


class Site:
    def __init__(self) -> None:
        self.answers: dict[str, Served] = {}
        self.agents: list[str] = []

    def answer(self, path: str, headers: object) -> Served | None:
        self.agents.append(dict(headers)["User-Agent"])  # type: ignore[call-overload]
        return self.answers.get(path)


@transaction
def only_link(address: str, whatsapp: str = "+6281234567890") -> int:
    """Make one listing with this link the only one to check."""
    kept = service.listings_of(exhibitor())[0].id
    db.session.execute(delete(Listing).where(Listing.id != kept))
    db.session.execute(update(Listing).values(link=address))
    db.session.execute(delete(Storefront))
    db.session.add(Storefront(exhibitor_id=exhibitor().id, platform="website", url="", whatsapp=whatsapp))
    return kept


@transaction
def move_shop(address: str) -> None:
    db.session.execute(update(Storefront).values(url=address))


def all_checks() -> list[LinkCheck]:
    return list(db.session.scalars(select(LinkCheck).order_by(LinkCheck.id)))


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def served(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(links, "PAUSE_S", 0)
    with shop(site.answer) as open_shop:
        yield open_shop


def check(served: Shop, hours: float) -> LinkCheck:
    """Run a round this many hours after the start."""
    with time_machine.travel(START + timedelta(hours=hours), tick=False):
        links.check_due(served.fetcher)
        run_jobs()
    db.session.rollback()
    return db.session.scalars(select(LinkCheck)).one()


def outbox(app: Flask) -> list[str]:
    files = sorted(Path(app.config["INSTANCE"], "outbox").glob("*.eml"))
    mails = [email.message_from_bytes(file.read_bytes()) for file in files]
    return [str(mail.get_payload(0)) for mail in mails if mail["To"] == "tini@example.com"]


@pytest.fixture(autouse=True)
def empty_outbox(app: Flask) -> None:
    for file in Path(app.config["INSTANCE"], "outbox").glob("*.eml"):
        file.unlink()


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, Answer.GOOD),
        (403, Answer.UNSURE),
        (429, Answer.UNSURE),
        (404, Answer.BAD),
        (500, Answer.BAD),
        (None, Answer.BAD),
    ],
)
def test_the_meaning_of_a_status(status: int | None, answer: Answer) -> None:
    assert answer_of(status) is answer


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        ((0, 8, 16), LinkState.FAILING),
        ((0, 25), LinkState.FAILING),
        ((0, 8, 24), LinkState.BROKEN),
        ((0, 1, 2, 3, 23.9), LinkState.FAILING),
    ],
)
def test_broken_takes_three_failures_over_a_day(hours: tuple[float, ...], state: LinkState) -> None:
    health = Health(LinkState.ALIVE, 0, None)
    for hour in hours:
        health = after(health, Answer.BAD, START + timedelta(hours=hour))
    assert health.state is state


def test_a_good_or_unsure_answer_restarts_the_count() -> None:
    failing = Health(LinkState.FAILING, 2, START)
    assert after(failing, Answer.GOOD, START) == Health(LinkState.ALIVE, 0, None)
    assert after(failing, Answer.UNSURE, START) == Health(LinkState.UNKNOWN, 0, None)
    broken = Health(LinkState.BROKEN, 3, START)
    assert after(broken, Answer.UNSURE, START) == broken
    assert after(broken, Answer.GOOD, START).state is LinkState.ALIVE


def test_names_below_a_host_are_its_own_and_alike_ones_are_not() -> None:
    assert is_below("www.shopee.com", "shopee.com")
    assert not is_below("notshopee.com", "shopee.com")


def test_a_link_that_opens_gets_only_a_head_request(editor: Editor, site: Site, served: Shop) -> None:
    only_link(f"{served.address}/1")
    site.answers["/1"] = OK
    assert check(served, 0).state is LinkState.ALIVE
    assert served.methods == ["GET", "HEAD"], "robots.txt, then the page"
    check(served, 1)
    assert len(served.asked) == 2, "not due yet"


def test_where_head_is_not_answered_get_is_tried(editor: Editor, served: Shop, site: Site) -> None:
    only_link(f"{served.address}/1")
    site.answers["/1"] = (405, {}, b"")
    check(served, 0)
    assert served.methods[-2:] == ["HEAD", "GET"]


def test_a_broken_link_shows_the_way_to_whatsapp_and_mails_its_owner_once(
    app: Flask, editor: Editor, site: Site, served: Shop, client: FlaskClient
) -> None:
    listing_id = only_link(f"{served.address}/1")
    site.answers["/1"] = GONE
    assert [check(served, hours).state for hours in (0, 9)] == [LinkState.FAILING] * 2
    assert outbox(app) == []
    assert check(served, 25).state is LinkState.BROKEN
    assert len(outbox(app)) == 1
    check(served, 60)
    check(served, 90)
    assert len(outbox(app)) == 1
    page = client.get("/stan/B10?lang=en").text
    assert "Ask on WhatsApp" in page
    answer = client.get(f"/keluar/produk/{listing_id}", headers={"User-Agent": BROWSER})
    assert answer.location.startswith("https://wa.me/6281234567890")
    assert service.listings_of(exhibitor())[0].title in unquote(answer.location)
    site.answers["/1"] = OK
    assert check(served, 120).state is LinkState.ALIVE
    assert client.get(f"/keluar/produk/{listing_id}").location == f"{served.address}/1"


@pytest.mark.parametrize("status", [403, 429])
def test_a_server_that_does_not_like_programs_is_never_called_broken(
    editor: Editor, site: Site, served: Shop, status: int
) -> None:
    only_link(f"{served.address}/1")
    site.answers["/1"] = (status, {}, b"")
    assert {check(served, 25 * day).state for day in range(5)} == {LinkState.UNKNOWN}


def test_robots_txt_is_obeyed(editor: Editor, site: Site, served: Shop) -> None:
    only_link(f"{served.address}/private/1")
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private/\n")
    assert check(served, 0).state is LinkState.UNKNOWN
    assert served.asked == ["/robots.txt"]


def test_we_say_who_we_are_and_where_to_write(app: Flask) -> None:
    from exhibition.storefront.fetching import user_agent

    assert user_agent.user_agent() == "Exhibition/1.0 (+http://localhost; pameran@localhost)"


def test_two_requests_to_a_host_are_apart(
    editor: Editor, site: Site, served: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_link(f"{served.address}/1")
    waits: list[float] = []
    monkeypatch.setattr(links, "PAUSE_S", 2.0)
    monkeypatch.setattr(links.time, "sleep", waits.append)
    check(served, 0)
    assert len(waits) == len(served.asked) - 1 == 2
    assert all(1 < wait <= 2 for wait in waits)


def test_one_round_at_a_time(editor: Editor, served: Shop) -> None:
    only_link(f"{served.address}/1")
    with time_machine.travel(START, tick=False):
        links.gather()
        assert len(links._claim()) == 1
        assert links._claim() == []
        assert links.check_due(served.fetcher) == 0
    with time_machine.travel(START + timedelta(hours=1), tick=False):
        assert len(links._claim()) == 1, "the lease of a round that was killed ends by itself"


def test_a_closed_platform_is_marked_by_host_and_opened_again(
    app: Flask, editor: Editor, client: FlaskClient, served: Shop
) -> None:
    only_link("https://www.closed.example/p/1")
    with time_machine.travel(START, tick=False):
        links.gather()
        assert links.mark_host(COMMAND_LINE, "https://Closed.example/shop") == 1
        run_jobs()
        db.session.rollback()
        assert "Ask on WhatsApp" in client.get("/stan/B10?lang=en").text
        assert len(outbox(app)) == 1
        assert links.check_due(served.fetcher) == 0, "nobody asks a closed platform"
        links.unmark_host(COMMAND_LINE, "closed.example")
    db.session.rollback()
    assert db.session.scalars(select(LinkCheck.state)).one() is LinkState.UNKNOWN


@pytest.mark.parametrize("text", ["", "shopee", "not a host", "a\0.com", "x" * 300 + ".com", "javascript:alert(1)"])
def test_an_invalid_host_is_refused(editor: Editor, text: str) -> None:
    with pytest.raises(Refused, match="host_invalid"):
        links.mark_host(COMMAND_LINE, text)


def test_a_link_that_trips_us_is_not_held_against_its_shop_and_keeps_no_other_waiting(
    editor: Editor, site: Site, served: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    only_link(f"{served.address}/1")
    move_shop(f"{served.address}/shop")
    site.answers |= {"/1": OK, "/shop": OK}
    try_one = links._try

    def trip(address: str, *rest: Any) -> Any:
        if address.endswith("/1"):
            raise TypeError("a fault")
        return try_one(address, *rest)

    monkeypatch.setattr(links, "_try", trip)
    with time_machine.travel(START, tick=False):
        assert links.check_due(served.fetcher) == 2
    db.session.rollback()
    states = {check.address.rpartition("/")[2]: (check.state, check.failures) for check in all_checks()}
    assert states == {"1": (LinkState.UNKNOWN, 0), "shop": (LinkState.ALIVE, 0)}
    assert all(check.next_at > START for check in all_checks()), "the next round begins with others"
    assert [record.exc_info is not None for record in caplog.records if record.levelname == "ERROR"] == [True]


def test_links_that_are_gone_are_forgotten(editor: Editor, served: Shop) -> None:
    only_link("https://a.example/1")
    links.gather()
    only_link("https://b.example/1")
    links.gather()
    assert db.session.scalars(select(LinkCheck.address)).all() == ["https://b.example/1"]


def test_the_desk_shows_what_does_not_open(
    editor: Editor, site: Site, served: Shop, organizer_client: FlaskClient
) -> None:
    only_link(f"{served.address}/1")
    site.answers["/1"] = GONE
    check(served, 0)
    page = organizer_client.get("/desk/links?lang=en").text
    assert f"{served.address}/1" in page
    assert "Failed 1 times" in page
    assert f"/exhibitor/listings/{SLUG}" in page


def test_links_to_a_closed_platform_are_counted_at_the_desk_not_listed(
    exhibition: object, organizer_client: FlaskClient
) -> None:
    links.gather()
    links.mark_host(COMMAND_LINE, "warung-serasi.example")
    overview = links.overview()
    assert overview.troubled == []
    assert [(host.host, count > 50) for host, count in overview.hosts] == [("warung-serasi.example", True)]
    assert "warung-serasi.example" in organizer_client.get("/desk/links").text
