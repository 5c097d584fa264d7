"""The sheets to take home: one page each, however long the names, made by a job with progress, and kept."""

import io
import zipfile
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.allocation.models import Allocation
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.demo import visits
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import service
from exhibition.storefront.service import ListingText
from exhibition.storefront.visits import sheet_runs, sheets, statistics
from exhibition.storefront.visits.models import Sheet, SheetRun, SheetState
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.pdf_text import page_count, text_of
from tests.storefront.conftest import ORGANIZER, OTHER_SLUG, SLUG, exhibitor
from tests.storefront.test_signs import HOSTILE

DESK = "/desk/statistics/sheets"


@pytest.mark.parametrize("system_fonts", [True, False])
def test_a_sheet_tells_the_figures_on_one_page(exhibition: Exhibition, system_fonts: bool) -> None:
    visits.add(exhibition)
    figures = statistics.totals(statistics.period(exhibition))[exhibitor().id]
    pdf = sheets.pdf(exhibition, [exhibitor()], system_fonts=system_fonts)
    text = text_of(pdf)
    assert page_count(pdf) == 1
    assert "Keripik Bu Tini" in text
    assert str(figures.views) in text
    assert str(figures.clicks) in text
    assert "Keripik singkong original 250 g" in text
    assert f"localhost/b/{SLUG}" in text
    assert b"/Lang(id" in pdf
    assert b"/StructTreeRoot" in pdf


def test_the_longest_names_and_many_products_still_fit_on_one_page(exhibition: Exhibition) -> None:
    long = (HOSTILE * 4)[:150].replace("\u202e", "")
    transaction(lambda: db.session.execute(update(Exhibitor).where(Exhibitor.slug == SLUG).values(name="W" * 160)))()
    transaction(lambda: db.session.execute(update(Exhibition).values(name="W" * 160, venue_name="W" * 160)))()
    for number in range(20):
        service.save_listing(ORGANIZER, SLUG, None, ListingText(f"{number} {long}"))
    visits.add(exhibition)
    pdf = sheets.pdf(exhibition, [exhibitor()])
    assert page_count(pdf) == 1
    assert '#panic("no")' in text_of(pdf)


def test_an_exhibitor_whom_nobody_looked_at_gets_a_sheet_too(exhibition: Exhibition) -> None:
    pdf = sheets.pdf(exhibition, [exhibitor()])
    assert page_count(pdf) == 1
    assert "Belum ada" in text_of(pdf)


def test_one_job_makes_the_sheets_of_everybody(exhibition: Exhibition) -> None:
    run = sheet_runs.start(COMMAND_LINE, exhibition)
    assert (run.state, run.done, run.total) == (SheetState.WAITING, 0, 31)
    assert run_jobs() == 1
    db.session.rollback()
    assert (run.state, run.done, run.total) == (SheetState.DONE, 31, 31)
    assert page_count(sheet_runs.together(exhibition)) == 31
    names = zipfile.ZipFile(io.BytesIO(sheet_runs.zipped(exhibition))).namelist()
    assert len(names) == 31
    assert f"{SLUG}.pdf" in names


def test_a_job_that_runs_twice_makes_them_once(exhibition: Exhibition) -> None:
    run = sheet_runs.start(COMMAND_LINE, exhibition)
    run_jobs()
    sheet_runs.make_sheets.call_local(run.id)
    assert len(db.session.scalars(select(Sheet.exhibitor_id)).all()) == 31


def test_new_sheets_take_the_place_of_the_old_only_when_they_are_done(
    exhibition: Exhibition, organizer_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sheet_runs.start(COMMAND_LINE, exhibition).id
    run_jobs()
    second = sheet_runs.start(COMMAND_LINE, exhibition).id
    with pytest.raises(Refused) as refused:
        sheet_runs.start(COMMAND_LINE, exhibition)
    assert refused.value.code == "sheets_running"
    kept = sheet_runs.finished(exhibition)
    assert kept is not None
    assert kept.id == first

    def fail(*_arguments: object) -> bytes:
        raise RuntimeError("no paper")

    with monkeypatch.context() as patch:
        patch.setattr(sheets, "pdf", fail)
        with pytest.raises(RuntimeError):
            sheet_runs.make_sheets.call_local(second)
    db.session.rollback()
    assert db.session.get_one(SheetRun, second).state is SheetState.FAILED
    assert "could not be made" in organizer_client.get("/desk/statistics/sheets?lang=en").text
    assert sheet_runs.sheet(exhibition, SLUG).startswith(b"%PDF")
    third = sheet_runs.start(COMMAND_LINE, exhibition).id
    sheet_runs.make_sheets.call_local(third)
    db.session.rollback()
    assert db.session.scalars(select(SheetRun.id)).all() == [third]


def test_a_run_whose_job_was_killed_does_not_stand_in_the_way(exhibition: Exhibition) -> None:
    run = sheet_runs.start(COMMAND_LINE, exhibition)
    long_ago = clock.now() - timedelta(hours=1)
    transaction(lambda: db.session.execute(update(SheetRun).values(state="making", touched_at=long_ago)))()
    db.session.refresh(run)
    assert sheet_runs.is_silent(run)
    sheet_runs.start(COMMAND_LINE, exhibition)
    db.session.refresh(run)
    assert run.state is SheetState.FAILED


def test_without_exhibitors_the_desk_says_so_and_makes_no_sheets(exhibition: Exhibition) -> None:
    transaction(lambda: db.session.execute(update(Allocation).values(state="released")))()
    with pytest.raises(Refused) as refused:
        sheet_runs.start(COMMAND_LINE, exhibition)
    assert refused.value.code == "nobody_placed"
    assert db.session.scalar(select(SheetRun)) is None


def test_the_desk_starts_them_and_gives_them_out(
    exhibition: Exhibition, organizer_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(organizer_client.application.config, "WTF_CSRF_ENABLED", False)
    for ending in (".pdf", ".zip"):
        assert organizer_client.get(f"{DESK}{ending}").status_code == 404
    assert organizer_client.post(DESK).location == DESK
    assert 'data-testid="job-progress" data-state="waiting" data-going' in organizer_client.get(DESK).text
    run_jobs()
    db.session.rollback()
    part = organizer_client.get(DESK).text
    assert 'data-state="done"' in part
    assert organizer_client.get(f"{DESK}.pdf").data.startswith(b"%PDF")
    assert organizer_client.get(f"{DESK}.zip").data.startswith(b"PK")
    one = organizer_client.get(f"{DESK}.pdf?exhibitor={SLUG}")
    assert one.headers["Content-Disposition"] == f'attachment; filename="{SLUG}.pdf"'
    for slug in ("nobody", "%00", "..%2F", "x%0d%0aSet-Cookie:a=b"):
        assert organizer_client.get(f"{DESK}.pdf?exhibitor={slug}").status_code == 404


def test_an_exhibitor_takes_their_own_sheet_and_no_other(exhibition: Exhibition, seller_client: FlaskClient) -> None:
    assert seller_client.get("/exhibitor/statistics.pdf").data.startswith(b"%PDF")
    assert seller_client.get(f"/exhibitor/statistics.pdf?exhibitor={OTHER_SLUG}").status_code == 404
    assert seller_client.get(DESK).status_code == 403
    assert seller_client.get(f"{DESK}.pdf?exhibitor={OTHER_SLUG}").status_code == 403
