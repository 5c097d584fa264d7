"""Lists of applicants: read in any encoding, checked by a job, written once and only when confirmed."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.core import clock, jobs
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.exhibitors.applications import imports as application_imports
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application, ApplicationImport, ApplicationSource, ImportState
from exhibition.exhibitors.rules.application_steps import Step, StepTaker
from exhibition.exhibitors.rules.column_names import COLUMNS, FIELDS
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.exhibitors.applications.applying import ORGANIZER, submitted
from tests.faults import logged, raising
from tests.real_files import FEEDS, needs_feeds

IMPORT = "/desk/applications/import"


@pytest.fixture
def desk(organizer_client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return organizer_client


LIST = """Daftar UMKM Kecamatan Bawen;;;;
Nama Usaha;Pemilik;No. WA;Kategori;Kecamatan;NIB;Daya Listrik;Pilihan Stan
Kopi Lereng;Sari;0812 3456 7001;Kopi;Bawen;1234567890123;450 VA;C03, C05
Keripik Jaya;Budi;081234567002;Camilan;Jambu;;;
;Tanpa Nama;081234567003;Camilan;Jambu;;;
Batik Indah;Wati;bukan nomor;Batik;Suruh;12;sangat besar;Z99
Kopi Lereng Dua;Sari;081234567001;Kopi;Bawen;1234567890123;;
"""


def _count() -> int:
    imported = Application.source == ApplicationSource.IMPORT
    return db.session.scalar(select(func.count()).select_from(Application).where(imported)) or 0


def _checked(exhibition: Exhibition, content: bytes, columns: dict[str, int] | None = None) -> ApplicationImport:
    run = application_imports.start(ORGANIZER, exhibition, "daftar.csv", content)
    application_imports.match(run, columns or run.columns)
    run_jobs()
    db.session.expire_all()
    return run


def _written(exhibition: Exhibition, content: bytes) -> ApplicationImport:
    run = _checked(exhibition, content)
    application_imports.confirm(ORGANIZER, run)
    run_jobs()
    db.session.expire_all()
    return run


def test_faults_are_reported_by_cell_and_nothing_is_written_before_it_is_confirmed(exhibition: Exhibition) -> None:
    run = _checked(exhibition, LIST.encode())
    assert run.state is ImportState.PREVIEW
    assert [(one["cell"], one["code"], one["name"], one.get("remark", False)) for one in run.problems] == [
        ("A5", "missing", "", False),
        ("C6", "phone_invalid", "Batik Indah", True),
        ("F6", "licence_invalid", "Batik Indah", True),
        ("G6", "number_invalid", "Batik Indah", True),
        ("H6", "wish_unknown", "Batik Indah", True),
        ("A7", "repeated", "Kopi Lereng Dua", False),
    ]
    assert run.counts == {"new": 3, "faulty": 2}
    assert _count() == 0


def test_sound_rows_are_written_once_however_often_the_list_is_read(exhibition: Exhibition) -> None:
    run = _written(exhibition, LIST.encode())
    assert (run.state, run.counts, _count()) == (ImportState.DONE, {"new": 3, "faulty": 2}, 3)
    assert (run.rows, run.left_out) == ([], [])
    one = db.session.scalars(select(Application).where(Application.name == "Kopi Lereng")).one()
    assert (one.phone, one.nib, one.power_va, one.wishes) == ("+6281234567001", "1234567890123", 450, ["C03", "C05"])
    assert _written(exhibition, LIST.encode()).counts == {"same": 3, "faulty": 2}
    changed = LIST.replace("Kopi;Bawen", "Kopi;Tuntang", 1)
    assert _written(exhibition, changed.encode()).counts == {"same": 2, "changed": 1, "faulty": 2}
    assert (one.district, _count()) == ("Tuntang", 3)


def test_who_applied_alone_or_is_decided_on_stays_as_it_is(exhibition: Exhibition) -> None:
    submitted(exhibition, name="Kopi Sendiri", phone="081234567001")
    assert _written(exhibition, LIST.encode()).counts == {"known": 1, "new": 2, "faulty": 2}
    one = db.session.scalars(select(Application).where(Application.name == "Keripik Jaya")).one()
    applications.take(ORGANIZER, StepTaker.ORGANIZER, one.id, Step.REJECT)
    run = _checked(exhibition, LIST.replace("Camilan;Jambu", "Kopi;Jambu", 1).encode())
    assert run.counts == {"known": 1, "decided": 1, "same": 1, "faulty": 2}


def test_a_job_that_was_killed_goes_on_where_it_was(exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application_imports, "PIECE", 2)
    lines = "".join(f"Usaha {n},0812345{n:05},Bawen\n" for n in range(7))
    run = _checked(exhibition, f"nama,hp,kecamatan\n{lines}".encode())
    application_imports.confirm(ORGANIZER, run)
    jobs.huey.flush()
    assert application_imports._write_piece(run.id)
    db.session.expire_all()
    assert (run.done, _count(), run.state) == (2, 2, ImportState.WRITING)
    assert application_imports.revive() == 0, "its job may still be at work"
    with time_machine.travel(clock.now() + timedelta(minutes=3), tick=False):
        assert application_imports.revive() == 1
    run_jobs()
    db.session.expire_all()
    assert (run.state, _count(), run.counts) == (ImportState.DONE, 7, {"new": 7})


@pytest.mark.parametrize("step", ["_check", "_write_piece"])
def test_a_fault_ends_the_import_and_is_told_and_logged(
    desk: FlaskClient,
    exhibition: Exhibition,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    step: str,
) -> None:
    error = TypeError("a fault")
    with monkeypatch.context() as patch, logged(caplog, error):
        patch.setattr(application_imports, step, raising(error))
        run = application_imports.start(ORGANIZER, exhibition, "daftar.csv", LIST.encode())
        application_imports.match(run, run.columns)
        run_jobs()
        db.session.expire_all()
        if step == "_write_piece":
            application_imports.confirm(ORGANIZER, run)
            run_jobs()
            db.session.expire_all()
    assert (run.state, _count()) == (ImportState.FAILED, 0)
    assert "went wrong on our side" in desk.get(f"/desk/applications/import/{run.id}?lang=en").text
    assert application_imports.revive() == 0


def test_a_cancelled_import_writes_nothing(exhibition: Exhibition) -> None:
    run = _checked(exhibition, LIST.encode())
    application_imports.cancel(run)
    with pytest.raises(Refused) as refused:
        application_imports.confirm(ORGANIZER, run)
    assert refused.value.code == "import_moved_on"
    assert (_count(), run.content) == (0, None)


def test_two_thousand_rows_are_checked_and_written_in_pieces(exhibition: Exhibition) -> None:
    lines = "".join(f"Usaha {n},0812{n:08},Bawen,usaha{n}@example.com\n" for n in range(2000))
    run = _written(exhibition, f"nama,hp,kecamatan,email\n{lines}".encode())
    assert (run.counts, _count()) == ({"new": 2000}, 2000)
    assert run.done == run.total == 2000


def test_columns_must_be_there_and_hold_a_name(exhibition: Exhibition) -> None:
    run = application_imports.start(ORGANIZER, exhibition, "a.csv", b"x,y\n1,2\n")
    for columns in ({}, {"phone": 0}, {"name": 7}, {"name": -1}, {"name": 0, "key": 1}):
        with pytest.raises(Refused) as refused:
            application_imports.match(run, columns)
        assert refused.value.code == "columns_invalid"


def test_a_list_of_objects_in_json_is_told_by_entry_and_name(exhibition: Exhibition) -> None:
    makers = [
        {"namaUsaha": "Kopi Lereng", "no_wa": 81234567001, "pilihan_stan": ["C03", "C05"], "perlu_air": True},
        {"namaUsaha": "Batik Indah", "no_wa": "bukan nomor", "pilihan_stan": ["Z99"]},
        {},
        {"namaUsaha": "Kopi Lereng Dua", "no_wa": "081234567001"},
        {"namaUsaha": "", "no_wa": "081234567002"},
    ]
    run = _checked(exhibition, json.dumps({"umkm": makers}).encode())
    assert [(one["cell"], one["code"], one["said"]) for one in run.problems] == [
        ("[0].no_wa", "contact_shared", "Kopi Lereng Dua"),
        ("[1].no_wa", "phone_invalid", "bukan nomor"),
        ("[1].pilihan_stan", "wish_unknown", "Z99"),
        ("[3].no_wa", "contact_shared", "Kopi Lereng"),
        ("[4].namaUsaha", "missing", ""),
    ]
    assert (run.total, run.counts) == (4, {"new": 3, "faulty": 1})
    application_imports.confirm(ORGANIZER, run)
    run_jobs()
    one = db.session.scalars(select(Application).where(Application.name == "Kopi Lereng")).one()
    assert (one.phone, one.wishes, one.water) == ("+6281234567001", ["C03", "C05"], True)


def test_yes_and_no_of_a_workbook_are_understood(exhibition: Exhibition) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([["Nama", "Perlu air", "Berbagi"], ["Kopi", True, False]]):
            sheet.write_row(number, 0, row)
    run = _checked(exhibition, file.getvalue())
    assert run.problems == []
    assert run.rows[0]["values"] == {"name": "Kopi", "water": True, "share": False}


def test_fields_are_found_by_their_own_names_too() -> None:
    assert COLUMNS.match(FIELDS) == {field: position for position, field in enumerate(FIELDS)}
    assert COLUMNS.match(["Nama", "Kota", "Tanggal"]) == {"name": 0, "district": 1}


def test_the_desk_leads_through_an_import(desk: FlaskClient, exhibition: Exhibition) -> None:
    form = {"file": (io.BytesIO(LIST.encode()), "../daftar.csv")}
    answer = desk.post(IMPORT, data=form, content_type="multipart/form-data")
    address = answer.location
    assert 'data-state="matching"' in desk.get(address).text
    columns = {"name": "0", "contact_name": "1", "phone": "2", "product_group": "3", "district": "4", "nib": "x"}
    assert desk.post(f"{address}/columns", data=columns).status_code == 303
    waiting = desk.get(address).text
    assert "<div data-progress>" in waiting
    assert 'data-testid="job-progress" data-state="waiting" data-going' in waiting
    assert "<progress" in waiting
    run_jobs()
    db.session.rollback()
    preview = desk.get(address).text
    assert 'data-state="preview"' in preview
    assert "C6" in preview
    assert _count() == 0
    assert desk.post(f"{address}/confirm").status_code == 303
    run_jobs()
    db.session.rollback()
    assert 'data-state="done"' in desk.get(address).text
    assert _count() == 4
    assert desk.post(f"{address}/confirm").status_code == 409
    assert desk.post(f"{address}/cancel").status_code == 409


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"nama\n", b"\xff" * 100])
def test_the_desk_names_the_file_when_it_is_none(desk: FlaskClient, exhibition: Exhibition, content: bytes) -> None:
    form = {"file": (io.BytesIO(content), "x.xlsx")}
    answer = desk.post(IMPORT, data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


@needs_feeds
@pytest.mark.parametrize(
    ("name", "rows", "new", "faulty"),
    [
        ("7list-umkm-surakarta-semicolon-badbytes.csv", 262, 246, 16),
        ("7list-hannovermesse2026-exhibitors-latin1.csv", 300, 279, 21),
    ],
)
def test_real_lists_are_read(exhibition: Exhibition, name: str, rows: int, new: int, faulty: int) -> None:
    run = _checked(exhibition, (FEEDS / name).read_bytes())
    assert run.guessed
    assert (run.total, run.counts["new"], run.counts["faulty"]) == (rows, new, faulty)
    assert {one["code"] for one in run.problems} == {"repeated"}, "several stands of one name and place"


CASES = Path(__file__).with_name("cases")


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("a01-dash-is-empty.csv", {"new": 3, "faulty": 0}),
        ("a03-jenis.csv", {"new": 2, "faulty": 0}),
        ("a04-one-phone.csv", {"new": 3, "faulty": 0}),
        ("a05-lost-zero.csv", {"new": 7, "faulty": 0}),
        ("a06-second-sheet.xlsx", {"new": 1, "faulty": 0}),
    ],
)
def test_lists_as_offices_write_them_are_read_whole(exhibition: Exhibition, name: str, counts: dict[str, int]) -> None:
    assert _checked(exhibition, (CASES / name).read_bytes()).counts == counts


def test_businesses_that_share_a_phone_are_kept_apart_and_known_again(exhibition: Exhibition) -> None:
    content = (CASES / "a04-one-phone.csv").read_bytes()
    run = _checked(exhibition, content)
    assert {(one["code"], one["remark"]) for one in run.problems} == {("contact_shared", True)}
    assert run.problems[0]["said"] == "Batik Sari, Jamu Segar"
    assert _written(exhibition, content).counts == {"new": 3}
    assert _written(exhibition, content).counts == {"same": 3}
    another = b"Nama UMKM,No WA\nTenun Baru,081234567890\nKeripik Maju,081234567890\n"
    run = _checked(exhibition, another)
    assert run.counts == {"new": 1, "same": 1, "faulty": 0}
    alone = _checked(exhibition, b"Nama UMKM,No WA\nTenun Lain,081234567890\n")
    assert (alone.counts["new"], alone.problems[0]["code"]) == (1, "contact_present")


def _book(*sheets: tuple[str, list[list[object]]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


BROTHERS = {
    "other dashes and words for nothing": (
        "Nama Usaha;No HP;Email;Website;NIB;Kecamatan\nA Satu;–;—;#N/A;null;Bawen\nB Dua;nihil;tdk ada;blm punya;belum "
        "memiliki NIB;−\nC Tiga;0;...;tidak;#REF!;_\n".encode(),
        [{"name": "A Satu", "district": "Bawen"}, {"name": "B Dua"}, {"name": "C Tiga"}],
    ),
    "UTF-16 with phones as fractions and powers": (
        "\ufeffNama UMKM\tNo. WhatsApp\nKeripik\t81234567890.0\nBatik\t8.1234567891e+10\n".encode("utf-16-le"),
        [{"name": "Keripik", "phone": "+6281234567890"}, {"name": "Batik", "phone": "+6281234567891"}],
    ),
    "mark, sep= and empty ends": (
        "\ufeffsep=;\nNama UMKM;HP\nKopi;+62 0812 3456 7890;;\nTeh;0062 812-3456-7891\nSusu;'081234567892\n".encode(),
        [{"name": name, "phone": f"+628123456789{number}"} for number, name in enumerate(("Kopi", "Teh", "Susu"))],
    ),
    "totals, numbers of columns, headings again, notes": (
        (
            b"DAFTAR UMKM\n\nNo,Nama Usaha,Kontak,Jenis Usaha\n(1),(2),(3),(4)\n1,Total Laundry,081234567890,Jasa\n"
            b"No,Nama Usaha,Kontak,Jenis Usaha\n2,Jamu,081234567891,Minuman\n,Jumlah,2,\nGrand Total: 2 UMKM,,,\n"
            b',,,"Bawen, 12 Maret 2026"\n'
        ),
        [
            {"name": "Total Laundry", "phone": "+6281234567890", "product_group": "Jasa"},
            {"name": "Jamu", "phone": "+6281234567891", "product_group": "Minuman"},
        ],
    ),
    "instructions before the list, phones as numbers": (
        _book(
            ("Petunjuk", [["Nama Usaha", "No HP"], ["Contoh", "081200000000"], ["Isi nama usaha"]]),
            ("Data", [["Nama Usaha", "No HP"], ["Keripik", 81234567890]]),
        ),
        [{"name": "Keripik", "phone": "+6281234567890"}],
    ),
    "merged headings": (
        _book(
            (
                "S",
                [
                    ["No", "Usaha", "", "Kontak", ""],
                    ["", "Nama", "Jenis", "HP", "Email"],
                    [1, "Keripik", "Kopi", "-", ""],
                ],
            )
        ),
        [{"name": "Keripik", "product_group": "Kopi"}],
    ),
    "no headings": (
        b"Keripik Maju,081234567890,Bawen\nBatik Sari,081234567891,Bergas\n",
        [{"name": "Keripik Maju", "phone": "+6281234567890"}, {"name": "Batik Sari", "phone": "+6281234567891"}],
    ),
    "people only, codes of regions": (
        b"No,Nama Pelaku Usaha,Produk,Kode Kecamatan\n1,Sari,Kripik,33.22.11\n2,Budi,Batik,332218\n",
        [
            {"name": "Sari", "product_group": "Kripik", "district": "Bawen"},
            {"name": "Budi", "product_group": "Batik", "district": "Ungaran Barat"},
        ],
    ),
}


@pytest.mark.parametrize("kind", BROTHERS)
def test_lists_of_the_same_kinds_are_read_too(exhibition: Exhibition, kind: str) -> None:
    content, expected = BROTHERS[kind]
    run = _checked(exhibition, content)
    assert (run.left_out, [row["values"] for row in run.rows]) == ([], expected)


def test_groups_and_districts_become_the_words_of_the_edition(exhibition: Exhibition) -> None:
    submitted(exhibition, product_group="Makanan dan Minuman", district="Ungaran Barat")
    rows = ("MAKANAN & MINUMAN,Kec. Ungaran Barat,1", "Makanan dan Minumam,Ungaran Brt,2", "Las,Salatiga,3")
    content = "Nama,Kategori,Kecamatan,HP\n" + "".join(f"Usaha {row[-1]},{row[:-2]},\n" for row in rows)
    run = _checked(exhibition, content.encode())
    assert [(row["values"]["product_group"], row["values"]["district"]) for row in run.rows] == [
        ("Makanan dan Minuman", "Ungaran Barat"),
        ("Makanan dan Minumam", "Ungaran Brt"),
        ("Las", "Salatiga"),
    ]
    assert [(one["column"], one["near"]) for one in run.problems] == [
        ("product_group", "Makanan dan Minuman"),
        ("district", "Ungaran Barat"),
    ]


def test_a_row_is_corrected_in_place(desk: FlaskClient, exhibition: Exhibition) -> None:
    run = _checked(exhibition, LIST.encode())
    address = f"{IMPORT}/{run.id}"
    nameless, batik = run.left_out[0]["number"], run.rows[2]["number"]
    assert desk.post(f"{address}/rows/{nameless}?lang=en", data={"name": " - "}).status_code == 303
    assert "Row 5 is still left out" in desk.get(address).text
    desk.post(f"{address}/rows/{nameless}", data={"name": "Camilan Jambu", "unknown": "x"})
    desk.post(
        f"{address}/rows/{batik}", data={"phone": ["salah", "0812 3456 7009"], "power_va": "", "wishes": "C05, Z99"}
    )
    db.session.expire_all()
    assert run.counts == {"new": 4, "faulty": 1}
    assert [(one["cell"], one["code"]) for one in run.problems] == [
        ("F6", "licence_invalid"),
        ("H6", "wish_unknown"),
        ("A7", "repeated"),
    ]
    desk.post(f"{address}/rows/{run.left_out[-1]['number']}", data={"nib": "", "name": "Kopi Lain"})
    assert desk.post(f"{address}/rows/99", data={"name": "x"}).status_code == 404
    desk.post(f"{address}/confirm")
    run_jobs()
    db.session.expire_all()
    written = {
        one.name: one for one in db.session.scalars(select(Application).where(Application.import_key.is_not(None)))
    }
    assert set(written) == {"Kopi Lereng", "Keripik Jaya", "Camilan Jambu", "Batik Indah", "Kopi Lain"}
    assert (written["Batik Indah"].phone, written["Batik Indah"].wishes) == ("+6281234567009", ["C05"])
    assert desk.post(f"{address}/rows/{batik}", data={"name": "x"}).status_code == 409


def test_other_sheets_with_such_a_list_are_named(desk: FlaskClient, exhibition: Exhibition) -> None:
    rows: list[list[object]] = [["Nama UMKM", "HP"], ["Keripik", "081234567890"]]
    run = _checked(exhibition, _book(("Bawen", rows), ("Bergas", [*rows, ["Jamu", "081234567891"]])))
    assert run.counts["new"] == 2
    assert "Bawen" in desk.get(f"{IMPORT}/{run.id}?lang=en").text


def test_a_column_of_kinds_of_products_is_the_product_group(exhibition: Exhibition) -> None:
    run = _written(exhibition, (CASES / "a03-jenis.csv").read_bytes())
    assert run.state is ImportState.DONE
    assert set(db.session.scalars(select(Application.product_group).where(Application.name == "Batik Sari"))) == {
        "Fashion"
    }


def test_shifted_and_broken_rows_are_reported_and_left_out(exhibition: Exhibition) -> None:
    rows = ("Nama Usaha,No HP,Kategori", "Kopi, Teh,081234567890,Minuman", '"Batik,081234567891,Batik')
    content = "\n".join((*rows, "Madu,081234567892,Madu")).encode()
    run = _checked(exhibition, content)
    assert [(one["cell"], one["code"]) for one in run.problems] == [("A2", "row_shifted"), ("A3", "row_broken")]
    assert run.counts == {"new": 1, "faulty": 2}
