"""Exhibitors: adding, editing, slugs, members, and hostile input."""

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, RoleName, User
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.exhibitors import service
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember
from exhibition.exhibitors.rules.application_steps import ExhibitorKind, slug_of
from exhibition.exhibitors.service import Details
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from tests.conftest import sign_in
from tests.fairs import the_fair

KOPI = Details("Kopi Gunung", ExhibitorKind.UMKM)


pytestmark = pytest.mark.usefixtures("csrf_off")


@pytest.fixture(autouse=True)
def fair(app: Flask, request: pytest.FixtureRequest) -> None:
    """An edition without any exhibitor, unless the test has the demo's."""
    if "exhibition" in request.fixturenames or "exhibitor_client" in request.fixturenames:
        return
    today = clock.now().date()
    edition = {"slug": "umkm", "name": "UMKM", "venue_name": "Alun-alun", "starts_on": today, "ends_on": today}
    db.session.add(Exhibition(**edition, hall_width=1, hall_depth=1, state=EditionState.PUBLISHED))
    db.session.commit()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Keripik Bu Tini", "keripik-bu-tini"),
        ("  Café & Roti!  ", "cafe-roti"),
        ("🎪", "peserta"),
        ("x" * 200, "x" * 56),
        ("../../etc", "etc"),
    ],
)
def test_a_slug_is_plain_letters_of_the_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_two_exhibitors_of_one_name_get_different_addresses(app: Flask) -> None:
    assert [service.add(COMMAND_LINE, the_fair(), KOPI).slug for _ in range(3)] == [
        "kopi-gunung",
        "kopi-gunung-2",
        "kopi-gunung-3",
    ]


def test_the_address_stays_when_the_name_changes(app: Flask) -> None:
    service.add(COMMAND_LINE, the_fair(), KOPI)
    changed = service.edit(COMMAND_LINE, "kopi-gunung", Details("Kopi Lembah", ExhibitorKind.COOPERATIVE))
    assert (changed.name, changed.slug) == ("Kopi Lembah", "kopi-gunung")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "exhibitor.edit")).one()
    assert entry.before == {"name": "Kopi Gunung", "kind": "umkm"}
    assert entry.after == {"name": "Kopi Lembah", "kind": "cooperative"}


@pytest.mark.parametrize("phone", ["0812 3456 7890", "+62 812-3456-7890", "62 812 3456 7890"])
def test_phones_are_stored_in_e164_and_indonesian_by_default(app: Flask, phone: str) -> None:
    assert (
        service.add(COMMAND_LINE, the_fair(), Details("Kopi", ExhibitorKind.UMKM, phone=phone)).phone
        == "+6281234567890"
    )


def test_a_number_that_is_none_is_refused(app: Flask) -> None:
    with pytest.raises(Refused) as refusal:
        service.add(COMMAND_LINE, the_fair(), Details("Kopi", ExhibitorKind.UMKM, phone="12"))
    assert (refusal.value.code, refusal.value.field) == ("phone_invalid", "phone")


def test_search_takes_percent_and_underscore_literally(app: Flask) -> None:
    service.add(COMMAND_LINE, the_fair(), KOPI)
    service.add(COMMAND_LINE, the_fair(), Details("100% Kopi_Asli", ExhibitorKind.UMKM))
    assert [one.name for one in service.search(the_fair(), "%")] == ["100% Kopi_Asli"]
    assert [one.name for one in service.search(the_fair(), "i_a")] == ["100% Kopi_Asli"]
    assert len(service.search(the_fair(), "KOPI")) == 2


def test_joining_twice_is_joining_once(app: Flask, organizer: User) -> None:
    exhibitor = service.add(COMMAND_LINE, the_fair(), KOPI)
    service.join(organizer.id, exhibitor.id)
    service.join(organizer.id, exhibitor.id)
    assert db.session.scalar(select(func.count()).select_from(ExhibitorMember)) == 1
    assert service.of_member(organizer.id).id == exhibitor.id


def test_joining_nobody_is_refused(app: Flask, organizer: User) -> None:
    with pytest.raises(NotFound):
        service.join(organizer.id, 99)


VALID = {"name": "Kopi Gunung", "kind": "umkm", "cluster_id": "0"}
HOSTILE = [
    ("name", ""),
    ("name", "   "),
    ("name", "x" * 161),
    ("name", "Kopi\x00Gunung"),
    ("name", "Kopi\u202egnunuG"),
    ("name", "Kopi\u200fGunung"),
    ("name", "Kopi\nGunung"),
    ("kind", ""),
    ("kind", "admin"),
    ("kind", "' OR 1=1 --"),
    ("product_group", "x" * 81),
    ("product_group", "\x07"),
    ("district", "x" * 81),
    ("description", "x" * 2001),
    ("description", "a\x00b"),
    ("contact_name", "x" * 121),
    ("email", "nobody"),
    ("email", "a@b@c"),
    ("email", "🎪@example.com\x00"),
    ("email", f"{'x' * 250}@example.com"),
    ("phone", "12"),
    ("phone", "🎪"),
    ("phone", "0812\x003456"),
    ("phone", "9" * 41),
    ("cluster_id", "99"),
    ("cluster_id", "x"),
    ("cluster_id", "99999999999999999999"),
    ("cluster_id", "-1"),
]


def _fault(page: str, field: str) -> bool:
    return f'id="{field}-error"' in page


def test_the_desks_form_names_the_field_of_hostile_input_and_writes_nothing(organizer_client: FlaskClient) -> None:
    for field, value in HOSTILE:
        answer = organizer_client.post("/desk/exhibitors/new", data=VALID | {field: value})
        assert answer.status_code == 422, (field, value)
        assert _fault(answer.text, field), (field, value)
    assert db.session.scalar(select(func.count()).select_from(Exhibitor)) == 0


def test_the_desks_form_keeps_harmless_oddities_as_they_are(organizer_client: FlaskClient) -> None:
    name = "<b>Kopi</b> 🎪'; DROP TABLE exhibitor; --"
    assert organizer_client.post("/desk/exhibitors/new", data=VALID | {"name": name, "unknown": "1"}).status_code == 302
    assert db.session.scalars(select(Exhibitor.name)).one() == name
    page = organizer_client.get("/desk/exhibitors/b-kopi-b-drop-table-exhibitor")
    assert page.status_code == 200
    assert "<b>Kopi" not in page.text


def test_editing_nobody_is_not_found(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    for slug in ("nobody", "%00", "🎪", "x" * 300):
        assert organizer_client.post(f"/desk/exhibitors/{slug}", data=VALID).status_code == 404, slug


def _member(app: Flask) -> FlaskClient:
    g.pop("_login_user", None)
    own = service.add(COMMAND_LINE, the_fair(), KOPI)
    user = create_user(COMMAND_LINE, "tini@example.com", RoleName.EXHIBITOR, name="Tini")
    service.join(user.id, own.id)
    return sign_in(app.test_client(), user)


def test_an_exhibitor_edits_their_own_profile_and_nobody_elses(app: Flask, exhibition: Exhibition) -> None:
    client = _member(app)
    form = {"description": "Kopi lereng", "phone": "081234567890", "exhibitor_id": "1", "name": "Taken", "slug": "x"}
    assert client.post("/exhibitor/profile", data=form).status_code == 302
    own = service.by_slug("kopi-gunung")
    assert (own.name, own.description, own.phone) == ("Kopi Gunung", "Kopi lereng", "+6281234567890")
    changed = select(func.count()).where(Exhibitor.description == "Kopi lereng")
    assert db.session.scalar(changed) == 1
    assert client.get("/desk/exhibitors/kopi-ngipik").status_code == 403


def test_the_profile_names_the_field_of_hostile_input_and_writes_nothing(app: Flask) -> None:
    client = _member(app)
    own = {"description", "contact_name", "email", "phone"}
    for field, value in HOSTILE:
        if field in own:
            answer = client.post("/exhibitor/profile", data={field: value})
            assert answer.status_code == 422, (field, value)
            assert _fault(answer.text, field), (field, value)
    entries = select(func.count()).where(AuditEntry.action == "exhibitor.edit")
    assert db.session.scalar(entries) == 0
