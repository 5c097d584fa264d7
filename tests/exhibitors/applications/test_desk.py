"""The organizers' list of applications: filtered, ordered and paged correctly for any number of them."""

import csv
import io
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.sql.paging import PAGE_SIZE
from exhibition.exhibitors.applications import calls, duplicates
from exhibition.exhibitors.applications import desk as application_desk
from exhibition.exhibitors.applications.desk import NAME, NEWEST, RANK, Filter
from exhibition.exhibitors.models import Application, ApplicationDocument, Cluster
from exhibition.exhibitors.rules import application_steps
from exhibition.exhibitors.rules.application_steps import GONE, ApplicationState, ExhibitorKind
from exhibition.venue.models import Exhibition
from tests.exhibitors.applications.applying import ORGANIZER, submitted

DESK = "/desk/applications"


def _many(exhibition: Exhibition, number: int, beginning: str = "Madu") -> None:
    """Add this many applications, of every state and kind, every third with a document and its own cluster."""
    states, kinds = list(ApplicationState), list(ExhibitorKind)
    for n in range(number):
        name = f"{beginning} {n:03}"
        application = Application(
            exhibition_id=exhibition.id,
            reference=f"STN-{beginning}{n:03}",
            key=f"{beginning}-{n}",
            name=name,
            name_key=application_steps.name_key(name),
            kind=kinds[n % len(kinds)],
            state=states[n % len(states)],
            email=f"{beginning}{n % 40}@example.com",
            district=("Bawen", "ambarawa ", "")[n % 3],
            attended=n % 2 == 0,
            near=[],
            avoid=[],
            submitted_at=clock.now(),
        )
        if n % 3 == 0:
            application.cluster = Cluster(slug=name.lower().replace(" ", "-"), name=name)
            document = ApplicationDocument(name="a", media_type="image/jpeg", size=1, digest="a", content=b"a")
            application.documents.append(document)
        db.session.add(application)
    db.session.commit()


@pytest.mark.parametrize(
    "asked",
    ["", "?order=name&page=2", "?duplicates=1", "?q=madu", "?column=all", "/export.csv", "/export.xlsx?column=all"],
)
def test_many_applications_cost_no_more_statements_than_few(
    organizer_client: FlaskClient, exhibition: Exhibition, statements: list[str], asked: str
) -> None:
    def cost() -> int:
        db.session.expire_all()
        statements.clear()
        assert organizer_client.get(f"{DESK}{asked}").status_code == 200
        return len(statements)

    _many(exhibition, 60)
    cost()
    few = cost()
    _many(exhibition, 150, "Batik")
    assert cost() == few


def test_a_page_reads_whole_rows_only_of_those_it_shows(
    organizer_client: FlaskClient, exhibition: Exhibition, statements: list[str]
) -> None:
    _many(exhibition, 120)
    organizer_client.get(DESK)
    db.session.expunge_all()
    shown = application_desk.listing(exhibition, Filter(), 2)
    assert len([one for one in db.session if isinstance(one, Application)]) == len(shown.page.items) == PAGE_SIZE
    assert not any("application.description" in text for text in statements)


@pytest.mark.parametrize("drawn", [False, True])
def test_the_pages_together_are_the_whole_list_in_the_order_of_the_ranks(exhibition: Exhibition, drawn: bool) -> None:
    _many(exhibition, 120)
    if drawn:
        calls.draw(ORGANIZER, exhibition)
    call = calls.of(exhibition)
    whole = application_desk.lines(exhibition, Filter())
    pages = [application_desk.listing(exhibition, Filter(), number) for number in range(1, len(whole) // PAGE_SIZE + 2)]
    paged = [line for listing in pages for line in listing.page.items]
    assert [line.application.id for line in paged] == [line.application.id for line in whole]
    assert [listing.page.has_next for listing in pages] == [True] * (len(pages) - 1) + [False]
    assert {listing.found for listing in pages} == {len(whole)}
    scores = {line.application.reference: calls.total(calls.point_rules(call), line.application) for line in whole}
    assert {line.application.reference: line.points for line in whole} == scores
    assert [line.rank for line in whole] == sorted(calls.ranks(call, scores)[one] for one in scores)
    if drawn:
        assert [line.application.reference for line in whole] == application_steps.ranking(call.seed, scores)


def test_each_order_is_kept_and_an_unknown_one_is_that_of_the_ranks(exhibition: Exhibition) -> None:
    _many(exhibition, 30)
    submitted(exhibition, name="aneka rasa")

    def shown(order: str) -> list[Application]:
        return [line.application for line in application_desk.listing(exhibition, Filter(order=order), 1).page.items]

    ids = [one.id for one in shown(NEWEST)]
    assert ids == sorted(ids, reverse=True)
    names = [one.name for one in shown(NAME)]
    assert names.index("aneka rasa") < names.index(next(name for name in names if name.startswith("Batik")))
    assert [one.id for one in shown("'; DROP")] == [one.id for one in shown(RANK)]


@pytest.mark.parametrize("order", application_desk.SORTED_BY)
def test_every_order_goes_backwards_too(exhibition: Exhibition, order: str) -> None:
    _many(exhibition, 30)
    forwards, backwards = (
        [line.application.id for line in application_desk.lines(exhibition, Filter(order=order, backwards=way))]
        for way in (False, True)
    )
    assert len(forwards) > 20
    assert backwards == forwards[::-1]


@pytest.mark.parametrize("lacking", application_desk.LACKING)
def test_the_list_shows_who_lacks_something(exhibition: Exhibition, lacking: str) -> None:
    _many(exhibition, 30)
    complete = submitted(exhibition, name="Lengkap")
    row = db.session.get_one(Application, complete.id)
    for name in ("product_group", "district", "email", "nib", "pirt", "halal", "phone", "contact_name"):
        setattr(row, name, "x")
    row.documents.append(ApplicationDocument(name="a", media_type="image/jpeg", size=1, digest="a", content=b"a"))
    db.session.commit()
    found = [line.application for line in application_desk.lines(exhibition, Filter(lacking=lacking))]
    assert found
    assert complete.id not in {one.id for one in found}


def test_filters_narrow_the_list_together(exhibition: Exhibition) -> None:
    _many(exhibition, 60)
    wanted = Filter(district="Bawen", kind=ExhibitorKind.UMKM, points=1)
    lines = application_desk.lines(exhibition, Filter())
    fits = {
        line.application.id
        for line in lines
        if line.application.district == "Bawen" and line.application.kind == ExhibitorKind.UMKM and line.points >= 1
    }
    assert {line.application.id for line in application_desk.lines(exhibition, wanted)} == fits
    assert ("Bawen", "Bawen") in application_desk.choices(exhibition).districts


def test_the_headings_sort_and_keep_the_filters(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    _many(exhibition, 5)
    page = organizer_client.get(f"{DESK}?district=Bawen&order=name").text
    assert 'aria-sort="ascending"><a class="sorts" href="/desk/applications?order=-name&amp;district=Bawen"' in page
    assert 'href="/desk/applications?order=points&amp;district=Bawen"' in page
    assert 'aria-sort="descending"' in organizer_client.get(f"{DESK}?order=-name").text


def test_the_export_holds_what_is_shown_in_its_order(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    _many(exhibition, 30)
    asked = "?district=Bawen&order=-name"
    rows = list(csv.reader(io.StringIO(organizer_client.get(f"{DESK}/export.csv{asked}").data.decode("utf-8-sig"))))
    wanted = Filter(district="Bawen", order=NAME, backwards=True)
    shown = application_desk.listing(exhibition, wanted, 1)
    assert [row[1] for row in rows[1:]] == [line.application.name for line in shown.page.items]
    assert len(rows) == shown.found + 1


def test_the_columns_chosen_are_remembered_and_those_of_the_file(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    _many(exhibition, 3)
    assert "<th" in organizer_client.get(f"{DESK}?column=email&column=kind&lang=en").text
    page = organizer_client.get(f"{DESK}?q=madu").text
    assert 'data-heading="E-mail">Ma…@example.com</td>' in page
    assert 'data-heading="Points"' not in page
    headings = organizer_client.get(f"{DESK}/export.csv").data.decode("utf-8-sig").splitlines()[0]
    assert headings == "Business,Kind,E-mail"
    organizer_client.get(f"{DESK}?column=")
    assert 'data-heading="Points"' in organizer_client.get(DESK).text


def test_the_duplicates_shown_are_those_that_are_counted(exhibition: Exhibition) -> None:
    _many(exhibition, 60)
    listing = application_desk.listing(exhibition, Filter(duplicates=True), 1)
    found = {line.application.id for line in application_desk.lines(exhibition, Filter(duplicates=True))}
    assert listing.found == listing.alike == len(found) > 2
    assert found == duplicates.among(exhibition)
    assert all(line.duplicate for line in listing.page.items)
    assert not {line.application.state for line in listing.page.items} & GONE
    drafts = Filter(state=ApplicationState.DRAFT, duplicates=True)
    assert all(line.application.state == "draft" for line in application_desk.lines(exhibition, drafts))


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("CAFÉ MÉLATI", True),
        ("café mél", True),
        ("Café", True),
        ("caf_", False),
        ("%", True),
        ("100%", True),
        ("1%0", False),
        ("\\", False),
        ("yuni@EXAMPLE", True),
        ("3456", True),
    ],
)
def test_words_are_found_whatever_their_case_and_mean_nothing_to_the_database(
    exhibition: Exhibition, words: str, *, fits: bool
) -> None:
    one = submitted(exhibition, name="Café Mélati 100%")
    wanted = Filter(words=words)
    assert (one.id in {line.application.id for line in application_desk.lines(exhibition, wanted)}) is fits
    assert application_desk.lines(exhibition, replace(wanted, state=ApplicationState.REJECTED)) == []


def test_signs_that_nobody_can_type_are_left_out_of_the_words(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    submitted(exhibition, name="Kopi Baru")
    page = organizer_client.get(f"{DESK}?q=Kopi%00+Baru%1b")
    assert page.status_code == 200
    assert page.text.count('data-testid="application"') == 1
