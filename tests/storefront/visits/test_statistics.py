"""An exhibitor's results: by day, product, source and hour, against the median, and nobody else's."""

import csv
import io
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.demo import visits
from exhibition.storefront import service
from exhibition.storefront.models import ClickSource, OutboundClick
from exhibition.storefront.service import ListingText
from exhibition.storefront.visits import statistics
from exhibition.storefront.visits.models import FavouriteMark, PageView
from exhibition.storefront.visits.statistics import Figures, StatisticsSpan
from exhibition.venue.models import Exhibition
from tests.storefront.conftest import ORGANIZER, OTHER_SLUG, SLUG, exhibitor

PAGE = "/exhibitor/statistics"
JAKARTA = ZoneInfo("Asia/Jakarta")


def local(days_ago: int, hour: int) -> datetime:
    """An hour of a day in the edition's time zone."""
    today = clock.now().astimezone(JAKARTA).date()
    return datetime.combine(today - timedelta(days=days_ago), time(hour), JAKARTA)


@transaction
def note(
    slug: str = SLUG,
    *,
    hour: datetime,
    views: int = 0,
    clicks: int = 0,
    marks: int = 0,
    listing_id: int = 0,
    source: ClickSource = ClickSource.CATALOGUE,
) -> None:
    """Write the counts that so many visitors would leave."""
    of = {"exhibitor_id": exhibitor(slug).id, "hour": hour}
    if views:
        db.session.execute(insert(PageView).values(**of, source=source, views=views))
    if clicks:
        db.session.execute(insert(OutboundClick).values(**of, source=source, listing_id=listing_id, clicks=clicks))
    if marks:
        db.session.execute(insert(FavouriteMark).values(**of, listing_id=listing_id, marks=marks))


def found(exhibition: Exhibition, span: str = "", slug: str = SLUG) -> statistics.Statistics:
    return statistics.of(exhibitor(slug), exhibition, statistics.period(exhibition, span))


def test_hours_are_added_up_by_day_in_the_time_zone_of_the_fair(exhibition: Exhibition) -> None:
    note(hour=local(2, 0), views=3)  # still the day before in UTC
    note(hour=local(2, 23), views=4, clicks=1)
    note(hour=local(1, 0), views=5, marks=2, listing_id=1)
    days = dict(found(exhibition).days)
    assert list(days.values()) == [Figures(7, 1, 0), Figures(5, 0, 2), Figures(0, 0, 0)]
    assert list(days) == sorted(days)


def test_products_are_listed_with_the_shop_and_what_was_deleted(exhibition: Exhibition) -> None:
    listing = service.save_listing(ORGANIZER, SLUG, None, ListingText("Keripik bayam"))
    note(hour=local(0, 1), clicks=5, marks=2, listing_id=listing.id)
    note(hour=local(0, 1), clicks=2)
    note(hour=local(0, 2), clicks=1, marks=1, listing_id=999_999)
    products = {product.title: product[1:] for product in found(exhibition).products}
    assert products["Keripik bayam"] == (5, 2)
    assert products[None] == (2, 0)
    assert products[""] == (1, 1)
    assert products["Keripik singkong original 250 g"] == (0, 0)
    assert found(exhibition).products[0].title == "Keripik bayam"


def test_sources_and_hours_of_the_day(exhibition: Exhibition) -> None:
    note(hour=local(1, 9), views=9, clicks=2, source=ClickSource.BOOTH_QR)
    note(hour=local(0, 11), views=1, clicks=1, source=ClickSource.PASS_PAGE)
    result = found(exhibition)
    assert [tuple(origin) for origin in result.origins] == [
        (ClickSource.BOOTH_QR, 9, 2),
        (ClickSource.PASS_PAGE, 1, 1),
    ]
    assert result.hours == [(9, 2), (10, 0), (11, 1)]


def test_the_median_is_of_everybody_with_a_booth_and_nothing_counts_as_nothing(exhibition: Exhibition) -> None:
    everybody = statistics.with_a_booth(exhibition)
    assert len(everybody) == 31
    for number, one in enumerate(everybody[:17]):
        note(one.slug, hour=local(0, 0), views=10 + number)
    note("tempe-pabelan", hour=local(0, 0), views=1000)  # has no booth
    values = sorted([0] * 14 + [10 + number for number in range(17)])
    assert found(exhibition).fair == Figures(values[15], 0, 0)


def test_too_few_exhibitors_are_not_compared() -> None:
    assert statistics.middle([Figures(1, 1, 1)] * 4) is None
    assert statistics.middle([]) is None
    assert statistics.middle([Figures(n, 2 * n, 0) for n in range(6)]) == Figures(2.5, 5, 0)


def test_periods_that_have_begun_are_offered_and_others_are_all(exhibition: Exhibition) -> None:
    assert statistics.spans(exhibition) == [StatisticsSpan.ALL, StatisticsSpan.FAIR]  # the fair opens today
    assert statistics.period(exhibition, "after").span is StatisticsSpan.ALL
    assert statistics.period(exhibition, "'; DROP TABLE").span is StatisticsSpan.ALL
    note(hour=local(3, 12), views=7)
    note(hour=local(0, 0), views=2)
    assert found(exhibition).totals.views == 9
    assert found(exhibition, "fair").totals.views == 2


def test_after_the_fair_only_what_came_after_is_shown(exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch) -> None:
    note(hour=local(0, 12), views=7)
    later = clock.now() + timedelta(days=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    note(hour=local(1, 12), views=4)
    assert found(exhibition, "after").totals.views == 4
    assert found(exhibition, "fair").totals.views == 7


def test_last_years_figures_are_not_this_fairs(exhibition: Exhibition) -> None:
    note(hour=local(365, 12), views=70, clicks=70)
    assert found(exhibition).totals == Figures(0, 0, 0)


def test_the_number_of_queries_does_not_grow(exhibition: Exhibition, statements: list[str]) -> None:
    note(hour=local(0, 0), views=1)
    statements.clear()
    found(exhibition)
    few = len(statements)
    visits.add(exhibition)
    statements.clear()
    found(exhibition)
    assert len(statements) <= few


def test_an_exhibitor_sees_their_own_figures(exhibition: Exhibition, seller_client: FlaskClient) -> None:
    note(hour=local(0, 0), views=1234, clicks=56, marks=7, listing_id=1)
    page = seller_client.get(f"{PAGE}?lang=en").text
    assert '<strong data-testid="views">1,234</strong>' in page
    assert '<strong data-testid="clicks">56</strong>' in page
    assert '<strong data-testid="favourites">7</strong>' in page
    assert "Median of the fair" in page


def test_numbers_are_written_as_the_reader_does(exhibition: Exhibition, seller_client: FlaskClient) -> None:
    note(hour=local(0, 0), views=1234)
    assert '<strong data-testid="views">1.234</strong>' in seller_client.get(PAGE).text


def test_an_empty_page_says_what_to_do(exhibition: Exhibition, seller_client: FlaskClient) -> None:
    assert "Nothing has been counted yet." in seller_client.get(f"{PAGE}?lang=en").text


@pytest.mark.parametrize("ending", ["", ".csv", ".pdf"])
@pytest.mark.parametrize("slug", [OTHER_SLUG, "nobody", "%00", "..%2F..", "x" * 5000, "%F0%9F%8C%B6"])
def test_nobody_sees_anothers_figures(
    exhibition: Exhibition, seller_client: FlaskClient, ending: str, slug: str
) -> None:
    assert seller_client.get(f"{PAGE}{ending}?exhibitor={slug}").status_code == 404


def test_visitors_are_asked_to_sign_in(exhibition: Exhibition, client: FlaskClient) -> None:
    for ending in ("", ".csv", ".pdf"):
        assert client.get(f"{PAGE}{ending}").status_code == 302


def test_organizers_choose_at_the_desk(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    assert organizer_client.get(PAGE).location == "/desk/statistics"
    assert "Keripik Bu Tini" in organizer_client.get(f"{PAGE}?exhibitor={SLUG}").text
    assert organizer_client.get(f"{PAGE}.csv").status_code == 404


def test_the_csv_has_every_count_and_runs_no_formula(exhibition: Exhibition, seller_client: FlaskClient) -> None:
    listing = service.save_listing(ORGANIZER, SLUG, None, ListingText('=HYPERLINK("http://evil.example","x")'))
    note(hour=local(0, 0), views=3, clicks=2, marks=1, listing_id=listing.id)
    note(hour=local(1, 5), clicks=4, source=ClickSource.BOOTH_QR)
    answer = seller_client.get(f"{PAGE}.csv?lang=en")
    assert answer.mimetype == "text/csv"
    assert 'filename="statistics-keripik-bu-tini.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    product = '\'=HYPERLINK("http://evil.example","x")'
    today, yesterday = f"{local(0, 0):%Y-%m-%d}", f"{local(1, 0):%Y-%m-%d}"
    assert rows[0] == ["Day", "Hour", "What", "From where", "Product", "Number"]
    assert rows[1:] == [
        [yesterday, "05:00", "Click to the shop", "QR code at the booth", "The shop itself", "4"],
        [today, "00:00", "View", "Catalogue", "", "3"],
        [today, "00:00", "Click to the shop", "Catalogue", product, "2"],
        [today, "00:00", "Favourite", "", product, "1"],
    ]


def test_titles_are_text_on_the_page(exhibition: Exhibition, seller_client: FlaskClient) -> None:
    listing = service.save_listing(ORGANIZER, SLUG, None, ListingText("<script>alert(1)</script>"))
    note(hour=local(0, 0), clicks=2, listing_id=listing.id)
    page = seller_client.get(PAGE).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_demo_tells_a_story_that_is_over_by_now(exhibition: Exhibition) -> None:
    assert visits.add(exhibition) > 500
    everybody = statistics.totals(statistics.period(exhibition)).values()
    views, clicks, favourites = (sum(counts) for counts in zip(*everybody, strict=True))
    assert views > clicks > favourites > 0
    now = clock.now()
    latest = max(db.session.query(PageView.hour).all())[0]
    assert latest.astimezone(UTC) + timedelta(hours=1) <= now
