"""The exhibitors' results of the fair, by cluster, district and zone."""

import csv
import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from exhibition.core.db import db, transaction
from exhibition.demo import visits
from exhibition.exhibitors.models import Exhibitor
from exhibition.reports import overview
from exhibition.storefront import clusters
from exhibition.storefront.models import ClickSource
from exhibition.storefront.visits import statistics
from exhibition.storefront.visits.counting import PageVisit
from exhibition.venue.models import Exhibition
from tests.storefront.conftest import BROWSER, SLUG
from tests.storefront.visits.test_statistics import local, note


def look(exhibition: Exhibition) -> overview.FairOverview:
    return overview.overview(exhibition, statistics.period(exhibition))


def test_figures_are_added_up_by_cluster_district_and_zone(exhibition: Exhibition) -> None:
    note(SLUG, hour=local(0, 0), views=10, clicks=4)  # Camilan, Bawen, Pemerintah
    note("kopi-banaran-muda", hour=local(0, 0), views=5, clicks=1)  # Kopi, Bawen, Kuliner
    note("jamu-bu-sri", hour=local(0, 0), views=2, marks=3, listing_id=1)  # no cluster, Bergas, Kerajinan
    found = look(exhibition)
    parts = {part.name: part for part in found.clusters}
    assert parts["Klaster Camilan"].figures == (10, 4, 0)
    assert parts["Klaster Kopi"].figures == (5, 1, 0)
    assert parts[""].figures == (2, 0, 3)
    assert found.clusters[-1].name == ""
    assert next(part for part in found.districts if part.name == "Bawen").figures == (15, 5, 0)
    assert next(part for part in found.zones if part.name == "Kuliner").figures == (5, 1, 0)
    assert found.totals == (17, 5, 3)
    assert found.lines[0].exhibitor.slug == SLUG
    assert sum(part.exhibitors for part in found.zones) == len(found.lines) == 31


def test_every_sum_is_the_same_whichever_way_it_is_parted(exhibition: Exhibition) -> None:
    visits.add(exhibition)
    found = look(exhibition)
    for parts in (found.clusters, found.districts, found.zones):
        for place, total in enumerate(found.totals):
            assert sum(part.figures[place] for part in parts) == total


def test_days_and_plan_show_what_the_sums_say(exhibition: Exhibition) -> None:
    note(SLUG, hour=local(0, 0) - timedelta(days=2), views=10, clicks=4)
    note("kopi-banaran-muda", hour=local(0, 0), views=5, clicks=1)
    found = look(exhibition)
    assert [figures for _day, figures in found.days] == [(10, 4, 0), (0, 0, 0), (5, 1, 0)]
    ids = {line.exhibitor.slug: line.exhibitor.id for line in found.lines}
    shades = found.warmth.shades
    assert (shades[ids[SLUG]].label, shades[ids["kopi-banaran-muda"]].label) == ("4 klik", "1 klik")
    assert [shade.label for shade in found.warmth.legend] == [
        "tanpa klik", "1 sampai 2 klik", "3 sampai 4 klik", "5 sampai 6 klik",
    ]  # fmt: skip
    assert [shade.count for shade in found.warmth.legend][1:] == [1, 1, 0]


def test_requests_for_orders_are_counted_with_their_cluster(exhibition: Exhibition) -> None:
    clusters.ordered(clusters.by_slug("kopi"), PageVisit(ClickSource.CLUSTER_PAGE, "192.0.2.1", BROWSER))
    db.session.rollback()
    assert {part.name: part.orders for part in look(exhibition).clusters}["Klaster Kopi"] == 1


def test_the_page_shows_all_three_and_every_exhibitor(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    note(SLUG, hour=local(0, 0), views=10, clicks=4)
    page = organizer_client.get("/desk/statistics?lang=en").text
    for heading in ("By cluster", "By district", "By zone", "By exhibitor"):
        assert heading in page
    assert f"/exhibitor/statistics?exhibitor={SLUG}" in page


def test_the_csv_runs_no_formula(exhibition: Exhibition, organizer_client: FlaskClient) -> None:
    transaction(
        lambda: db.session.execute(
            update(Exhibitor).where(Exhibitor.slug == SLUG).values(name="=1+1", district="@SUM(A1)")
        )
    )()
    note(SLUG, hour=local(0, 0), views=10, clicks=4)
    content = organizer_client.get("/desk/statistics.csv?lang=en").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert len(rows) == 32
    assert rows[1] == ["'=1+1", "B10", "Pemerintah", "Klaster Camilan", "'@SUM(A1)", "3", "10", "4", "0"]


@pytest.mark.parametrize("address", ["/desk/statistics", "/desk/statistics.csv"])
def test_only_organizers_see_everybody(exhibition: Exhibition, client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 302
