"""Takings of the demo, told by a part of the sellers for each day that has begun, and QRIS codes of a few of them."""

import random

from exhibition.accounts.audit import Actor
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.exhibitors.rules.application_steps import ExhibitorKind
from exhibition.takings import overview, qris
from exhibition.takings.models import Takings
from exhibition.takings.rules.qris import crc16, read_qris
from exhibition.takings.rules.telling import TakingsSource
from exhibition.venue.models import Exhibition

SEED = 2020
TELLING = 0.7
"""The share of sellers who have told."""
STEP = 5_000
"""Rupiah to which people round what they tell."""
WITH_CODE = 12
"""So many exhibitors have registered their QRIS."""
CASH, QRIS, ORDERS = 900_000, 650_000, 300_000
"""About what a booth takes in a day, in rupiah."""


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"


def _qris(number: int, merchant: str) -> str:
    """The text of an invented static QRIS."""
    account = _field("00", "ID.CO.CONTOH.WWW") + _field("01", f"9360000000000{number:05}")
    national = _field("00", "ID.CO.QRIS.WWW") + _field("02", f"ID10200000{number:05}")
    values = {"00": "01", "01": "11", "26": account, "51": national, "52": "5411", "53": "360", "58": "ID"}
    values |= {"59": merchant.upper()[:25], "60": "SEMARANG", "61": "50661"}
    text = "".join(_field(tag, value) for tag, value in values.items()) + "6304"
    return f"{text}{crc16(text):04X}"


@transaction
def register_codes(exhibition: Exhibition) -> int:
    """Register the QRIS of some exhibitors and return how many."""
    lines = [line for line in qris.lines(exhibition) if line.exhibitor.kind is ExhibitorKind.UMKM][:WITH_CODE]
    for line in lines:
        code = read_qris(_qris(line.exhibitor.id, line.exhibitor.name))
        qris.register(Actor(None, line.exhibitor.name), line.exhibitor, code)
    return len(lines)


@transaction
def add(exhibition: Exhibition) -> int:
    """Write the takings of an edition and return how many days of sellers were told."""
    drawn, told = random.Random(SEED), 0  # noqa: S311 invented figures
    for line in overview.overview(exhibition, None).lines:
        if line.takings is not None or drawn.random() >= TELLING:
            continue
        size = drawn.uniform(0.4, 1.8)
        cash, qris, orders = (
            round(size * about * drawn.uniform(0.5, 1.5) / STEP) * STEP for about in (CASH, QRIS, ORDERS)
        )
        db.session.add(
            Takings(
                exhibition_id=exhibition.id,
                exhibitor_id=line.exhibitor.id,
                day=line.seller.day,
                cash=cash,
                qris=qris,
                orders=orders if drawn.random() < TELLING else 0,
                pieces=max(1, (cash + qris) // 25_000),
                source=TakingsSource.EXHIBITOR,
                told_by=line.exhibitor.name,
                entered_at=clock.now(),
            )
        )
        told += 1
    return told
