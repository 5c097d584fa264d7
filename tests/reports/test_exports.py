"""Exports: everything as CSV and XLSX, harmless in a spreadsheet, without credentials, recorded in the audit trail."""

import csv
import io
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
import typst
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.allocation import service as allocation
from exhibition.allocation import waiting
from exhibition.badges.models import Badge
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.files import spreadsheets
from exhibition.core.files.spreadsheets import Table
from exhibition.demo import visitors
from exhibition.exhibitors.models import Exhibitor
from exhibition.reports import exports, plan_sheet
from exhibition.reports.web.words import WORDS, in_words
from exhibition.takings.models import Takings
from exhibition.takings.rules.telling import TakingsSource
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import export as plan_export
from exhibition.venue.plan import versions as plan_versions
from exhibition.visitors.models import Registration, VisitorContact, VisitorPass
from tests.badges.places import badge_of, confirmed, offered
from tests.gate import world
from tests.pdf_text import text_of
from tests.venue import two_halls

pytestmark = pytest.mark.usefixtures("csrf_off")

PLAIN = [key for key, dataset in exports.DATASETS.items() if not dataset.asks_why]


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def read_xlsx(content: bytes, sheet: int = 0) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()


def lines(client: FlaskClient, key: str) -> list[dict[str, str]]:
    heading, *rows = read_csv(client.get(f"/desk/exports/{key}.csv").data)
    return [dict(zip(heading, row, strict=True)) for row in rows]


@pytest.fixture
def busy(app: Flask, exhibition: Exhibition, nobody_waits: None) -> Exhibition:
    """A fair at which something has happened in every table."""
    visitors.add(exhibition, 5)
    client, device = app.test_client(), world.enrol(exhibition)
    world.send(client, device, token=world.issue(exhibition.id, party_size=2).token)
    world.send(client, device, token=badge_of(exhibition, confirmed(exhibition)).token)
    world.send(client, device, token="no token of ours")
    claim = offered(exhibition)
    allocation.confirm(COMMAND_LINE, exhibition, claim.mark)
    homeless = allocation.without_booth(exhibition)
    waiting.add(COMMAND_LINE, exhibition, homeless[0].id)
    own = {"exhibition_id": exhibition.id, "exhibitor_id": claim.exhibitor_id, "day": exhibition.starts_on}
    amounts = {"cash": 50_000, "qris": 0, "orders": 0, "source": TakingsSource.DESK, "entered_at": clock.now()}
    transaction(lambda: db.session.add(Takings(**own, **amounts)))()
    db.session.rollback()
    return exhibition


@pytest.mark.parametrize("key", PLAIN)
def test_csv_and_xlsx_hold_the_same_rows(organizer_client: FlaskClient, busy: Exhibition, key: str) -> None:
    answer = organizer_client.get(f"/desk/exports/{key}.csv")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{busy.slug}-{key}-')
    assert answer.headers["Cache-Control"] == "no-store"
    rows = read_csv(answer.data)
    book = organizer_client.get(f"/desk/exports/{key}.xlsx")
    assert {len(row) for row in rows} == {len(exports.DATASETS[key].columns)}
    # the audit trail already has an entry for this second export
    assert len(read_xlsx(book.data)) == len(rows) + (key == "audit")
    assert len(rows) > (key != "conflicts")


@pytest.mark.parametrize("key", exports.DATASETS)
def test_no_cell_holds_a_code_in_place_of_a_word(busy: Exhibition, key: str) -> None:
    for row in exports.DATASETS[key].rows(busy):
        for cell, word in zip(row, in_words(row), strict=True):
            assert not isinstance(word, StrEnum)
            assert word != cell or not isinstance(cell, StrEnum)


@pytest.mark.parametrize("codes", WORDS)
def test_every_code_of_a_kind_has_its_word(app: Flask, codes: type[StrEnum]) -> None:
    assert set(WORDS[codes]) == set(codes)


def test_states_are_in_the_readers_language(organizer_client: FlaskClient, busy: Exhibition) -> None:
    assert {row["Keadaan"] for row in lines(organizer_client, "allocations")} == {"Ditawarkan", "Dipastikan", "Dipesan"}


def test_no_table_lets_anybody_in_or_names_a_visitor(organizer_client: FlaskClient, busy: Exhibition) -> None:
    secrets = [
        *db.session.scalars(select(VisitorPass.code)),
        *db.session.scalars(select(Badge.code)),
        *db.session.scalars(select(Registration.manage_key)),
        *db.session.scalars(select(VisitorContact.name)),
    ]
    assert len(secrets) > 10
    for key in PLAIN:
        content = organizer_client.get(f"/desk/exports/{key}.csv").text
        assert [secret for secret in secrets if secret in content] == []


def test_the_glance_of_the_day_tells_how_many_inside_are_staff(organizer_client: FlaskClient, busy: Exhibition) -> None:
    assert 'data-testid="staff-inside"' in organizer_client.get("/desk").text


def test_every_export_is_in_the_audit_trail(organizer_client: FlaskClient, busy: Exhibition) -> None:
    organizer_client.get("/desk/exports/exhibitors.xlsx")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.make")).one()
    assert (entry.actor_name, entry.object_id, entry.after) == ("Ratna", "exhibitors", {"kind": "xlsx"})


def test_visitors_names_are_given_for_a_reason_of_the_privacy_notice_only(
    organizer_client: FlaskClient, busy: Exhibition
) -> None:
    assert organizer_client.get("/desk/exports/contacts.csv").status_code == 422
    for reason in ("", "advertising"):
        answer = organizer_client.post("/desk/exports/contacts", data={"kind": "csv", "reason": reason})
        assert (answer.status_code, 'data-code="reason_missing"' in answer.text) == (422, True)
    answer = organizer_client.post("/desk/exports/contacts", data={"kind": "csv", "reason": "illness"})
    names = set(db.session.scalars(select(VisitorContact.name)))
    assert {row[3] for row in read_csv(answer.data)[1:]} == names
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.make")).one()
    assert entry.after == {"kind": "csv", "reason": "illness"}


@pytest.mark.parametrize("address", ["nothing.csv", "booths.pdf", "booths.exe", "plan.csv"])
def test_an_unknown_export_is_not_found(organizer_client: FlaskClient, exhibition: Exhibition, address: str) -> None:
    assert organizer_client.get(f"/desk/exports/{address}").status_code == 404


def test_exports_are_for_organizers(client: FlaskClient, exhibition: Exhibition) -> None:
    for address in ("exports", "exports/exhibitors.csv", "exports/plan.pdf"):
        assert client.get(f"/desk/{address}").status_code == 302
    assert client.post("/desk/exports/contacts", data={"kind": "csv", "reason": "illness"}).status_code == 302


@pytest.mark.parametrize("name", ["=1+1", "+62", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(organizer_client: FlaskClient, exhibition: Exhibition, name: str) -> None:
    db.session.execute(update(Exhibitor).values(contact_name=name))
    db.session.commit()
    for key, column in (("exhibitors", 7), ("mail-merge", 2)):
        rows = read_csv(organizer_client.get(f"/desk/exports/{key}.csv").data)[1:]
        assert {row[column] for row in rows} == {f"'{name}"}
        cells = read_xlsx(organizer_client.get(f"/desk/exports/{key}.xlsx").data)[1:]
        assert {row[column].strip() for row in cells} == {name.strip()}


def test_the_mail_merge_has_a_row_for_each_exhibitor(organizer_client: FlaskClient, busy: Exhibition) -> None:
    claim = confirmed(busy)
    db.session.execute(
        update(Exhibitor)
        .where(Exhibitor.id == claim.exhibitor_id)
        .values(contact_name="Siti", email="siti@example.com")
    )
    db.session.commit()
    rows = {row["Peserta"]: row for row in lines(organizer_client, "mail-merge")}
    assert len(rows) == len(list(db.session.scalars(select(Exhibitor.id))))
    line = rows[claim.exhibitor]
    assert (line["Surel"], line["Salam"], line["Stan"]) == ("siti@example.com", "Yth. Bapak/Ibu Siti,", "A01")
    assert line["Halaman di pameran"].endswith(f"/b/{claim.slug}")
    assert "/daftar-stan/" in [*line.values()][-1], "nobody of the demo has an account"
    assert (line["Tanda pengenal dibuat"], line["Jatah tanda pengenal"]) == ("1", "4")
    waits = [row for row in rows.values() if row["Urutan daftar tunggu"]]
    assert [(row["Urutan daftar tunggu"], row["Keadaan"]) for row in waits] == [("1", "Daftar tunggu")]
    deadlines = {row["Peserta"] for row in rows.values() if row["Jawab sebelum"]}
    assert deadlines == {one.exhibitor for one in allocation.claims(busy) if one.state == "offered"}


def test_scans_tell_badges_from_passes(organizer_client: FlaskClient, busy: Exhibition) -> None:
    shown = [(row["Ditunjukkan"], row["Peserta"], row["Dihitung"]) for row in lines(organizer_client, "scans")]
    assert shown == [("tiket masuk", "", "ya"), ("tanda pengenal", confirmed(busy).exhibitor, "ya"), ("", "", "tidak")]


def _table(rows: Any) -> Table:
    return Table("Contoh", ["a", "b"], rows, "Asia/Jakarta")


def test_moments_are_the_fairs_and_dates_are_dates() -> None:
    moment = datetime(2020, 11, 6, 3, 5, tzinfo=UTC)
    row = (moment, date(2020, 11, 6))
    assert read_csv(b"".join(spreadsheets.csv_chunks(_table([row]))))[1] == ["2020-11-06 10:05:00", "2020-11-06"]
    read = read_xlsx(b"".join(spreadsheets.xlsx_chunks(_table([row]))))[1]
    assert [str(cell) for cell in read] == ["2020-11-06 10:05:00", "2020-11-06"]


def test_a_large_table_is_written_in_pieces_while_it_is_read() -> None:
    read = 0

    def rows() -> Any:
        nonlocal read
        for number in range(50_000):
            read += 1
            yield number, "x" * 20

    chunks = spreadsheets.csv_chunks(_table(rows()))
    first = next(chunks)
    assert 0 < read < 5_000
    assert len(read_csv(first + b"".join(chunks))) == 50_001


def test_a_full_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 11)
    content = b"".join(spreadsheets.xlsx_chunks(_table((n, "x") for n in range(25))))
    assert [len(read_xlsx(content, sheet)) for sheet in range(3)] == [11, 11, 6]
    assert read_xlsx(content, 2)[-1] == [24, "x"]


@pytest.mark.parametrize("paper", plan_sheet.PAPERS)
def test_the_plan_is_printed_across_a_page(organizer_client: FlaskClient, exhibition: Exhibition, paper: str) -> None:
    answer = organizer_client.get(f"/desk/exports/plan.pdf?paper={paper}")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert organizer_client.get("/desk/exports/plan.pdf?paper=a9").status_code == 404


def test_the_printed_plan_names_confirmed_exhibitors_only(
    organizer_client: FlaskClient, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        typst, "compile", lambda _template, **options: asked.append(options["sys_inputs"]["data"]) or b""
    )
    organizer_client.get("/desk/exports/plan.pdf")
    organizer_client.get("/desk/exports/plan.pdf?everything=1")
    name = offered(exhibition).exhibitor
    assert [name in data for data in asked] == [False, True]
    assert all(confirmed(exhibition).exhibitor in data for data in asked)


def test_each_hall_is_printed_on_sheets_of_its_own(exhibition: Exhibition) -> None:
    two_halls.make(exhibition)
    hall = venue.hall(exhibition)
    pdf = plan_sheet.pdf(exhibition, hall, allocation.plan(exhibition, hall), paper="a3")
    north, south = (text for text in text_of(pdf).split("Lembar ")[1:3])
    assert "A03" in north
    assert "G03" not in north
    assert "G03" in south
    assert "Aula Selatan" in text_of(pdf)
    drawn = text_of(plan_export.as_pdf(exhibition, plan_versions.current(exhibition)))
    assert "Balai Agung, " in drawn
