"""A full session of the demo: a group among its visitors, and a line that waits for places in it."""

import random
import secrets
from datetime import datetime, timedelta

from sqlalchemy import insert, update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.demo import visitors
from exhibition.venue.models import Exhibition
from exhibition.venue.rules import privacy_notices
from exhibition.visitors import slots
from exhibition.visitors.groups import service as groups
from exhibition.visitors.models import GroupPass, VisitorContact, WaitingParty
from exhibition.visitors.rules import SlotStatus

GROUP = groups.GroupDetails("SD Negeri 1 Bawen", "Bu Endang", "+6281200000001", 40)
STRIPS = 24
"""Pupils and teachers of the group, each with a strip."""
WAITING = (("Sri Rahayu", "sri.rahayu@example.com", None, 2), ("Joko Susanti", None, "+6281200000002", 1))
REGISTERED_BEFORE = timedelta(days=2)


@transaction
def add(exhibition: Exhibition) -> int:
    """Fill the last session of the fair that still has room; returns how many people wait, 0 if none can be filled."""
    now = clock.now()
    coming = [slot for slot in slots.of_edition(exhibition.id) if slot.starts_at > now]
    room = [slot for slot in coming if slot.status(now) is SlotStatus.OPEN and slot.remaining >= STRIPS]
    if not room:
        return 0
    _fill(exhibition, room[-1], now)
    db.session.add_all(
        WaitingParty(
            exhibition_id=exhibition.id,
            slot_id=room[-1].id,
            key=secrets.token_urlsafe(24),
            name=name,
            email=email,
            phone=phone,
            party_size=people,
            locale="id",
            consent_at=now,
            consent_notice=privacy_notices.shown("id"),
            created_at=now,
        )
        for name, email, phone, people in WAITING
    )
    return sum(people for *_, people in WAITING)


def _fill(exhibition: Exhibition, slot: slots.Slot, now: datetime) -> None:
    sizes, left = [1] * STRIPS, slot.remaining - STRIPS
    while left:
        sizes.append(min(left, max(visitors.PARTY_SIZES)))
        left -= sizes[-1]
    dice = random.Random(visitors.SEED)  # noqa: S311 invented names, no secret
    parties = [(slot.id, people) for people in sizes]
    ids = visitors.register(exhibition, parties, now - REGISTERED_BEFORE, dice)
    group = groups.create(COMMAND_LINE, exhibition, GROUP)
    members = list(ids[:STRIPS])
    db.session.execute(insert(GroupPass), [{"registration_id": id_, "group_id": group.id} for id_ in members])
    of_group = VisitorContact.registration_id.in_(members)
    db.session.execute(update(VisitorContact).where(of_group).values(email=None, phone=None))
