"""Sixty applications for the demo's 38 booths, in every state; one looks like an earlier applicant."""

import hashlib
import secrets
from datetime import datetime, timedelta

from exhibition.allocation.models import Allocation, AllocationState, AllocationWaiting
from exhibition.core.db import db
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.applications.service import KEY_BYTES
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind, name_key
from exhibition.venue.models import Exhibition

WAITING = 2
"""How many exhibitors are on the waiting list."""
BEGAN_BEFORE = timedelta(days=21)
POWERS = (0, 450, 450, 450, 450, 450, 1300)
ZONES = {
    "Camilan": ("KUL",),
    "Kopi": ("KUL", "WIS"),
    "Minuman": ("KUL",),
    "Batik": ("KRI",),
    "Kerajinan": ("KRI", "WIS"),
    "Wisata": ("WIS",),
    "Koperasi": ("WIS", "KUL"),
    "Pemerintah": ("PEM",),
}
_S = ApplicationState
BY_ALLOCATION = {
    AllocationState.CONFIRMED: _S.CONFIRMED,
    AllocationState.OFFERED: _S.OFFERED,
    AllocationState.HELD: _S.SHORTLISTED,
}
NEWCOMERS = (
    ("Dodol Salatiga Manis", "Camilan", "Tengaran", _S.SUBMITTED),
    ("Serabi Ngampin Asli", "Camilan", "Ambarawa", _S.SUBMITTED),
    ("Torakur Bandungan", "Camilan", "Bandungan", _S.SUBMITTED),
    ("Kopi Bergas Raya", "Kopi", "Bergas", _S.SUBMITTED),
    ("Kopi Kelir Lestari", "Kopi", "Jambu", _S.SUBMITTED),
    ("Batik Ambarawa Raya", "Batik", "Ambarawa", _S.SUBMITTED),
    ("Ecoprint Ungaran", "Batik", "Ungaran Timur", _S.SUBMITTED),
    ("Gamelan Mini Suruh", "Kerajinan", "Suruh", _S.SUBMITTED),
    ("Anyaman Pandan Bancak", "Kerajinan", "Bancak", _S.SUBMITTED),
    ("Wisata Petik Stroberi", "Wisata", "Bandungan", _S.SUBMITTED),
    ("Koperasi Ternak Rahayu", "Koperasi", "Kaliwungu", _S.REJECTED),
    ("Pulsa dan Paket Data Jaya", "Lain-lain", "Bawen", _S.REJECTED),
    ("Sambal Bu Yanti", "Camilan", "Pringapus", _S.WITHDRAWN),
    ("Tanaman Hias Kopeng", "Tanaman", "Getasan", _S.DRAFT),
    ("Rajut Tuntang", "Kerajinan", "Tuntang", _S.DRAFT),
    ("CV. Kopi Ngipik", "Kopi", "Sumowono", _S.SUBMITTED),
    ("Susu Kedelai Bawen", "Minuman", "Bawen", _S.SUBMITTED),
)
"""Invented, like all businesses of the demo. One looks like an exhibitor that has already applied."""


def _digits(text: str, length: int) -> str:
    """Invented digits that are the same every time."""
    return str(int(hashlib.sha256(text.encode()).hexdigest(), 16))[:length]


def phone_of(name: str) -> str:
    """An invented number."""
    return f"+6281200{_digits(name, 6)}"


def add(exhibition: Exhibition, exhibitors: list[Exhibitor], allocations: list[Allocation], now: datetime) -> None:
    """Write them into the open transaction."""
    calls.of(exhibition)
    states = {one.exhibitor_id: BY_ALLOCATION[one.state] for one in allocations}
    in_line = exhibitors[-WAITING:]
    db.session.add_all(
        AllocationWaiting(exhibition_id=exhibition.id, exhibitor_id=one.id, position=position, added_at=now)
        for position, one in enumerate(in_line, start=1)
    )
    rows = [
        application(
            exhibition,
            exhibitor.name,
            exhibitor.kind,
            exhibitor.product_group,
            exhibitor.district,
            state=states.get(exhibitor.id, _S.WAITLISTED if exhibitor in in_line else _S.SHORTLISTED),
            exhibitor_id=exhibitor.id,
            acting=True,
            cluster_id=exhibitor.cluster_id,
            description=exhibitor.description,
            attended=number % 3 == 0,
        )
        for number, exhibitor in enumerate(exhibitors)
    ]
    rows += [
        application(exhibition, name, ExhibitorKind.UMKM, group, district, state=state)
        for name, group, district, state in NEWCOMERS
    ]
    _wish(rows)
    for number, row in enumerate(rows):
        row.created_at = row.updated_at = now - BEGAN_BEFORE + timedelta(hours=5 * number)
        if row.state is not _S.DRAFT:
            row.submitted_at = row.consent_at = row.created_at + timedelta(minutes=9)
    db.session.add_all(rows)


def application(
    exhibition: Exhibition, name: str, kind: ExhibitorKind, group: str, district: str, *, salt: str = "", **more: object
) -> Application:
    """An application with invented answers, not yet in the session; ``salt`` makes another reference of the name."""
    number = int(_digits(name, 4))
    is_food = group in ("Camilan", "Kopi", "Minuman")
    return Application(
        exhibition_id=exhibition.id,
        reference=f"STN-{hashlib.sha256((name + salt).encode()).hexdigest()[:6].upper()}",
        key=secrets.token_urlsafe(KEY_BYTES),
        name=name,
        name_key=name_key(name),
        kind=kind,
        contact_name="Ibu Contoh" if number % 2 else "Bapak Contoh",
        phone=phone_of(name),
        product_group=group,
        district=district,
        nib=_digits(f"nib {name}", 13) if kind is ExhibitorKind.UMKM and number % 3 else "",
        pirt=_digits(f"pirt {name}", 15) if is_food and number % 2 else "",
        power_va=POWERS[number % len(POWERS)],
        water=is_food and number % 9 == 0,
        accessible=number % 11 == 0,
        share=number % 7 == 0,
        zone_wishes=list(ZONES.get(group, ())),
        **more,
    )


def _wish(rows: list[Application]) -> None:
    """Some name booths, neighbours they would like, and a competitor they would not."""
    for number, row in enumerate(rows):
        if number % 4 == 0:
            row.wishes = [f"{chr(ord('A') + number % 10)}{number % 10 + 1:02}"]
        if number % 9 == 0 and number:
            row.near = [rows[number - 1].name]
        if number % 13 == 0 and number:
            row.avoid = [rows[number - 2].name]
