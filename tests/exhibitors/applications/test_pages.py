"""The pages of applications: the applicant's short form, the exhibitor's own, and the desk."""

import csv
import io
import re

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core.db import db
from exhibition.exhibitors import service
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application, ApplicationDocument
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind, seed_hash
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs, sign_in
from tests.exhibitors.applications.applying import (
    BUSINESS,
    ORGANIZER,
    PDF,
    PRODUCT,
    begun,
    in_state,
    mails,
    newest,
    photo,
    submitted,
)
from tests.fairs import the_fair

DESK = "/desk/applications"


@pytest.fixture(autouse=True)
def _forms_without_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


SEPARATED = "text/csv; charset=utf-8"


def _began(client: FlaskClient) -> str:
    answer = client.post("/daftar-stan", data=BUSINESS)
    assert answer.status_code == 303
    return f"/daftar-stan/{newest().key}"


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Application)) or 0


def test_the_form_is_filled_in_part_by_part_and_handed_in(client: FlaskClient, exhibition: Exhibition) -> None:
    place = _began(client)
    assert client.post(f"{place}/produk", data=PRODUCT | {"nib": "NIB 1234567890123"}).location == f"{place}/stan"
    wishes = {"power_va": "450", "zone_1": "KUL", "wishes": "c03 C05", "avoid": "Kopi Sirap\nKopi Ngipik", "share": "y"}
    assert client.post(f"{place}/stan", data=wishes).location == f"{place}/berkas"
    form = {"document": (io.BytesIO(photo()), "produk.jpg")}
    assert client.post(f"{place}/berkas", data=form, content_type="multipart/form-data").status_code == 303
    assert client.post(f"{place}/kirim", data={}).status_code == 422
    assert client.post(f"{place}/kirim", data={"consent": "y"}).location == place
    one = newest()
    assert one.state is ApplicationState.SUBMITTED
    assert (one.nib, one.power_va, one.zone_wishes, one.wishes, one.share) == (
        "1234567890123",
        450,
        ["KUL"],
        ["C03", "C05"],
        True,
    )
    assert one.avoid == ["Kopi Sirap", "Kopi Ngipik"]
    page = client.get(place).text
    assert 'data-state="submitted"' in page
    assert f"http://localhost{place}" in page


def test_a_draft_is_found_again_on_the_same_device_and_nowhere_else(
    app: Flask, client: FlaskClient, exhibition: Exhibition
) -> None:
    place = _began(client)
    assert place in client.get("/daftar-stan").text
    assert place not in app.test_client().get("/daftar-stan").text


def test_asking_for_a_link_tells_nobody_whether_there_is_one(
    app: Flask, client: FlaskClient, exhibition: Exhibition
) -> None:
    begun(exhibition)
    run_jobs()
    before = len(mails(app))
    known = client.post("/daftar-stan/tautan", data={"email": "yuni@example.com"}, follow_redirects=True).text
    unknown = client.post("/daftar-stan/tautan", data={"email": "nobody@example.com"}, follow_redirects=True).text
    tokens = re.compile(r'value="[\w.-]+"')
    assert tokens.sub("", known) == tokens.sub("", unknown)
    run_jobs()
    assert len(mails(app)) == before + 1


def test_the_secret_page_is_not_kept_or_told_to_others(client: FlaskClient, exhibition: Exhibition) -> None:
    headers = client.get(f"/daftar-stan/{begun(exhibition).key}").headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]


@pytest.mark.parametrize("key", ["x", "%00", "🎪", "a" * 300, "tautan/x"])
def test_a_wrong_key_is_not_found(client: FlaskClient, exhibition: Exhibition, key: str) -> None:
    assert client.get(f"/daftar-stan/{key}").status_code == 404


HOSTILE = [
    ("name", ""),
    ("name", " \u200b "),
    ("name", "x" * 161),
    ("name", "Kopi\u202egnunuG"),
    ("name", "Ko\x00pi"),
    ("kind", "admin"),
    ("contact_name", ""),
    ("contact_name", "x" * 121),
    ("phone", ""),
    ("phone", "12"),
    ("phone", "🎪"),
    ("phone", "9" * 41),
    ("email", "nobody"),
    ("email", "a@b@c"),
    ("email", f"{'x' * 250}@example.com"),
]
HOSTILE_PARTS = [
    ("produk", PRODUCT, "product_group", ""),
    ("produk", PRODUCT, "district", "x" * 81),
    ("produk", PRODUCT, "description", "x" * 2001),
    ("produk", PRODUCT, "storefront_url", "javascript:alert(1)"),
    ("produk", PRODUCT, "storefront_url", "http://["),
    ("produk", PRODUCT, "nib", "12"),
    ("produk", PRODUCT, "pirt", "'; DROP TABLE application; --"),
    ("produk", PRODUCT, "cluster_id", "9999"),
    ("produk", PRODUCT, "cluster_id", "x"),
    ("stan", {}, "power_va", "-1"),
    ("stan", {}, "power_va", "99999999999999999999"),
    ("stan", {}, "zone_1", "NONE"),
    ("stan", {}, "wishes", "Z99"),
    ("stan", {}, "wishes", "A01 A02 A03 A04 A05 A06"),
    ("stan", {}, "near", "a\nb\nc\nd\ne\nf"),
    ("stan", {}, "avoid", "x" * 701),
]


def test_the_first_part_names_the_field_of_hostile_input_and_begins_nothing(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    before = _count()
    for field, value in HOSTILE:
        answer = client.post("/daftar-stan", data=BUSINESS | {field: value})
        assert answer.status_code == 422, (field, value)
        assert f'id="{field}-error"' in answer.text, (field, value)
    assert client.post("/daftar-stan", data=BUSINESS | {"website": "http://spam.example"}).status_code == 422
    assert _count() == before


@pytest.mark.parametrize(("part", "valid", "field", "value"), HOSTILE_PARTS)
def test_each_part_names_the_field_of_hostile_input(
    client: FlaskClient, exhibition: Exhibition, part: str, valid: dict[str, str], field: str, value: str
) -> None:
    application = begun(exhibition)
    answer = client.post(f"/daftar-stan/{application.key}/{part}", data=valid | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    db.session.refresh(application)
    assert (application.wishes, application.nib, application.district) == ([], "", "Bawen")


def test_harmless_oddities_are_kept_and_shown_escaped(client: FlaskClient, exhibition: Exhibition) -> None:
    client.post("/daftar-stan", data=BUSINESS | {"name": "<b>Kopi</b> 🎪'; DROP TABLE application; --"})
    page = client.get(f"/daftar-stan/{newest().key}").text
    assert "<b>Kopi" not in page
    assert "&lt;b&gt;Kopi&lt;/b&gt; 🎪" in page


def test_forms_need_their_token(
    app: Flask, client: FlaskClient, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = begun(exhibition)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert client.post("/daftar-stan", data=BUSINESS).status_code == 400
    assert client.post(f"/daftar-stan/{application.key}/tarik").status_code == 400
    assert application.state is ApplicationState.DRAFT


def test_beginning_is_limited(client: FlaskClient, exhibition: Exhibition) -> None:
    codes = [client.post("/daftar-stan", data={}).status_code for _ in range(61)]
    assert codes[-1] == 429
    assert set(codes[:60]) == {422}


def test_documents_are_downloads_for_their_owner_only(app: Flask, client: FlaskClient, exhibition: Exhibition) -> None:
    mine, other = begun(exhibition), begun(exhibition)
    place = f"/daftar-stan/{mine.key}/berkas"
    form = {"document": (io.BytesIO(PDF), 'a"b<script>.html')}
    assert client.post(place, data=form, content_type="multipart/form-data").status_code == 303
    number = db.session.scalars(select(ApplicationDocument.id)).one()
    answer = client.get(f"{place}/{number}")
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "script" not in answer.headers["Content-Disposition"].replace("abscript", "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/daftar-stan/{other.key}/berkas/{number}").status_code == 404
    assert client.post(f"/daftar-stan/{other.key}/berkas/{number}/hapus").status_code == 404
    assert client.get(f"{DESK}/{mine.id}/documents/{number}").status_code == 302
    assert client.post(f"{place}/{number}/hapus").status_code == 303
    assert client.get(f"{place}/{number}").status_code == 404


def test_a_file_beyond_everything_is_answered_in_words(client: FlaskClient, exhibition: Exhibition) -> None:
    place = f"/daftar-stan/{begun(exhibition).key}/berkas"
    body = b"\0" * (6 * 1024 * 1024 + 1)
    answer = client.post(place, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "5 MB" in answer.text


def test_what_is_decided_cannot_be_changed_by_old_pages(client: FlaskClient, exhibition: Exhibition) -> None:
    application = in_state(exhibition, ApplicationState.WAITLISTED)
    for part in ("usaha", "produk", "stan", "berkas", "kirim"):
        assert client.post(f"/daftar-stan/{application.key}/{part}", data=BUSINESS).status_code == 409, part
    assert client.get(f"/daftar-stan/{application.key}").status_code == 200
    assert client.post(f"/daftar-stan/{application.key}/tarik").status_code == 303
    assert newest().state is ApplicationState.WITHDRAWN


def test_the_seeds_hash_is_public_and_the_seed_only_after_the_draw(client: FlaskClient, exhibition: Exhibition) -> None:
    call = calls.of(exhibition)
    page = client.get("/daftar-stan").text
    assert seed_hash(call.seed) in page
    assert call.seed not in page
    calls.draw(ORGANIZER, exhibition)
    assert call.seed in client.get("/daftar-stan").text


def test_an_exhibitor_finds_their_own_application_or_a_form_filled_in(app: Flask, exhibition: Exhibition) -> None:
    own = service.add(
        ORGANIZER, the_fair(), service.Details("Kopi Gunung", ExhibitorKind.UMKM, "Kopi", "Jambu", phone="081234567890")
    )
    user = create_user(ORGANIZER, "gunung@example.com", RoleName.EXHIBITOR, name="Tini")
    service.join(user.id, own.id)
    client = sign_in(app.test_client(), user)
    g.pop("_login_user", None)
    assert client.get("/exhibitor/application").status_code == 200
    assert client.post("/exhibitor/application").status_code == 303
    one = newest()
    assert (one.exhibitor_id, one.name, one.district) == (own.id, "Kopi Gunung", "Jambu")
    client.post("/exhibitor/application")
    assert newest().id == one.id
    assert 'data-state="draft"' in client.get("/exhibitor/application").text


def test_the_desk_lists_searches_and_decides_in_bulk(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    ids = [submitted(exhibition, name=f"Kopi Baru {n}", phone=f"0813000000{n:02}", email="").id for n in range(3)]
    page = organizer_client.get(f"{DESK}?q=kopi+baru").text
    assert page.count('data-testid="application"') == 3
    answer = organizer_client.post(f"{DESK}?q=kopi+baru&order=name", data={"step": "shortlist", "application": ids[:2]})
    assert f'href="{DESK}?q=kopi+baru&amp;order=name"' in organizer_client.get(answer.location).text
    run_jobs()
    db.session.rollback()
    states = [db.session.get_one(Application, id_).state for id_ in ids]
    assert states == ["shortlisted", "shortlisted", "submitted"]
    assert organizer_client.get(f"{DESK}?state=draft").text.count('data-testid="application"') == 2


@pytest.mark.parametrize(
    "data",
    [{}, {"step": "shortlist"}, {"step": "offer", "application": "1"}, {"step": "shortlist", "application": "x"}],
)
def test_a_bulk_step_that_says_nothing_is_refused(
    organizer_client: FlaskClient, exhibition: Exhibition, data: dict[str, str]
) -> None:
    assert organizer_client.post(DESK, data=data).status_code == 422


def test_one_application_shows_all_and_takes_a_step(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    one = submitted(exhibition, near=["Kopi Sirap"])
    twin = submitted(exhibition, name="Lain", email="")
    page = organizer_client.get(f"{DESK}/{one.id}").text
    for text in (one.reference, "Kopi Sirap", "Lain", "wa.me/6281234567890"):
        assert text in page
    assert organizer_client.post(f"{DESK}/{one.id}", data={"step": "reject", "note": "Maaf"}).status_code == 303
    assert one.state is ApplicationState.REJECTED
    assert organizer_client.post(f"{DESK}/{one.id}", data={"step": "waitlist", "note": "x" * 301}).status_code == 422
    assert organizer_client.post(f"{DESK}/{one.id}", data={"step": "accept"}).status_code == 422
    twin.state = ApplicationState.CONFIRMED
    db.session.commit()
    assert organizer_client.post(f"{DESK}/{twin.id}", data={"step": "reject"}).status_code == 409
    assert organizer_client.get(f"{DESK}/99999").status_code == 404
    assert organizer_client.post(f"{DESK}/{one.id}/link", data={"exhibitor_id": "0"}).status_code == 422


RULES = {"is_open": "y", "first_time": "5", "attended": "0", "cluster": "3"} | {
    f"kind_{kind.value}": "0" for kind in ExhibitorKind
}


def test_the_rules_of_points_are_written_at_the_desk(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    form = RULES | {"kind_umkm": "10", "districts": "Bawen = 4\n* = 1\n", "closes_on": "2099-01-01"}
    assert organizer_client.post(f"{DESK}/rules", data=form).status_code == 303
    points = calls.point_rules(calls.of(exhibition))
    assert (points.kinds, points.districts, points.cluster) == ({"umkm": 10}, {"Bawen": 4, "*": 1}, 3)
    for field, value in (("districts", "Bawen"), ("districts", "Bawen = x"), ("cluster", "1001"), ("closes_on", "x")):
        answer = organizer_client.post(f"{DESK}/rules", data=form | {field: value})
        assert answer.status_code == 422, (field, value)
        assert f'id="{field}-error"' in answer.text, (field, value)
    assert organizer_client.post(f"{DESK}/draw").status_code == 303
    assert organizer_client.post(f"{DESK}/rules", data=form | {"cluster": "9"}).status_code == 422
    assert organizer_client.post(f"{DESK}/rules", data=form | {"is_open": ""}).status_code == 303


def test_the_table_cannot_run_formulas(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    submitted(exhibition, name="=HYPERLINK(1)", description="+cmd")
    answer = organizer_client.get(f"{DESK}/export.csv?q=hyperlink&column=description")
    assert answer.headers["Content-Type"] == SEPARATED
    headings, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert "'=HYPERLINK(1)" in row
    assert "'+cmd" in row
    assert len(headings) == len(row)
    book = organizer_client.get(f"{DESK}/export.xlsx")
    assert book.data.startswith(b"PK")


def test_only_organizers_reach_the_desk(app: Flask, client: FlaskClient, exhibition: Exhibition) -> None:
    one = applications.begin(exhibition, BUSINESS | {"kind": ExhibitorKind.UMKM})
    user = create_user(ORGANIZER, "bukan@example.com", RoleName.EXHIBITOR)
    exhibitor = sign_in(app.test_client(), user)
    for address in (DESK, f"{DESK}/{one.id}", f"{DESK}/rules", f"{DESK}/export.csv", f"{DESK}/import"):
        assert client.get(address).status_code == 302, address
    g.pop("_login_user", None)
    for address in (DESK, f"{DESK}/{one.id}", f"{DESK}/rules", f"{DESK}/export.csv", f"{DESK}/import"):
        assert exhibitor.get(address).status_code == 403, address
