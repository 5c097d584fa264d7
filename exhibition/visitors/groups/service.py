"""Groups with a code of their own: made and closed at the desk, their people registered by whoever has the code.

A group has its own limit; the limit for each phone number and e-mail address does not count for it, because its passes
have none.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import Mode, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.statements import table_of
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy, service, slots
from exhibition.visitors.groups.rules import ListedParty
from exhibition.visitors.models import GroupPass, PassState, Registration, VisitorContact, VisitorGroup, VisitorPass
from exhibition.visitors.registration import contact_days, registering
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.registration.random_values import group_code

GROUP, IN_GROUP = table_of(VisitorGroup), table_of(GroupPass)
REGISTRATION, PASS = table_of(Registration), table_of(VisitorPass)


@dataclass(frozen=True)
class GroupDetails:
    name: str
    contact_name: str
    contact_phone: str | None
    most_people: int


@dataclass(frozen=True)
class CountedGroup:
    """A group and how many of its people have a valid pass."""

    group: VisitorGroup
    people: int
    passes: int

    @property
    def left(self) -> int:
        return max(0, self.group.most_people - self.people)


@dataclass(frozen=True)
class GroupStrip:
    """A pass of a group with the name on it; none once it is erased."""

    issued: Issued
    name: str | None


@transaction
def create(actor: Actor, exhibition: Exhibition, details: GroupDetails) -> VisitorGroup:
    """Make a group with a new code."""
    group = VisitorGroup(
        exhibition_id=exhibition.id,
        code=group_code(),
        name=details.name,
        contact_name=details.contact_name,
        contact_phone=details.contact_phone,
        most_people=details.most_people,
        created_by=actor.name,
    )
    db.session.add(group)
    db.session.flush()
    record(actor, "visitor_group.create", "visitor_group", group.id, after={"most_people": details.most_people})
    return group


@transaction
def change(actor: Actor, exhibition: Exhibition, group_id: int, *, most_people: int, is_open: bool) -> None:
    """Set how many people a group may register, and whether its code still works. Raises NotFound."""
    group = of_edition(exhibition, group_id)
    before = {"most_people": group.most_people, "is_open": group.is_open}
    group.most_people, group.is_open = most_people, is_open
    after = {"most_people": most_people, "is_open": is_open}
    record(actor, "visitor_group.change", "visitor_group", group.id, before=before, after=after)


def of_edition(exhibition: Exhibition, group_id: int) -> VisitorGroup:
    """A group of the edition. Raises NotFound."""
    group = db.session.get(VisitorGroup, group_id) if group_id <= LARGEST_ID else None
    if group is None or group.exhibition_id != exhibition.id:
        raise NotFound
    return group


def exhibition_of(group: VisitorGroup) -> Exhibition:
    """The edition of the group, current or not."""
    return db.session.get_one(Exhibition, group.exhibition_id)


def _tidy(code: str) -> str:
    return "".join(character for character in code.upper() if character.isalnum())


def find(code: str) -> VisitorGroup:
    """The group with this code, however it is typed. Raises NotFound."""
    found = db.session.scalars(select(VisitorGroup).where(VisitorGroup.code == _tidy(code))).one_or_none()
    if found is None:
        raise NotFound
    return found


def _counted(condition: ColumnElement[bool]) -> list[CountedGroup]:
    people = (
        select(
            GroupPass.group_id,
            func.sum(VisitorPass.party_size).label("people"),
            func.count().label("passes"),
        )
        .join(VisitorPass, VisitorPass.registration_id == GroupPass.registration_id)
        .where(VisitorPass.state == PassState.VALID)
        .group_by(GroupPass.group_id)
        .subquery()
    )
    statement = (
        select(VisitorGroup, func.coalesce(people.c.people, 0), func.coalesce(people.c.passes, 0))
        .outerjoin(people, people.c.group_id == VisitorGroup.id)
        .where(condition)
        .order_by(VisitorGroup.id.desc())
    )
    return [CountedGroup(*row) for row in db.session.execute(statement)]


def groups(exhibition: Exhibition) -> list[CountedGroup]:
    """The groups of an edition, the newest first."""
    return _counted(VisitorGroup.exhibition_id == exhibition.id)


def counted(group: VisitorGroup) -> CountedGroup:
    """The group with its count."""
    return _counted(VisitorGroup.id == group.id)[0]


def strips(group: VisitorGroup) -> list[GroupStrip]:
    """The valid passes of a group, in the order of their registration."""
    in_group = select(GroupPass.registration_id).where(GroupPass.group_id == group.id)
    issued = service.every(Registration.id.in_(in_group), VisitorPass.state == PassState.VALID)
    contact = select(VisitorContact.registration_id, VisitorContact.name)
    names = {row[0]: row[1] for row in db.session.execute(contact.where(VisitorContact.registration_id.in_(in_group)))}
    return [
        GroupStrip(one, names.get(one.registration_id)) for one in sorted(issued, key=lambda one: one.registration_id)
    ]


def register(group: VisitorGroup, slot_id: int, parties: Sequence[ListedParty], *, locale: str, origin: str) -> int:
    """Register all parties of a list for one session, all or none; returns the number of passes made.

    The same list for the same session is registered once, and then answers with 0, unless passes of it were withdrawn.
    Raises Refused ``group_closed``, ``group_people`` (with ``left``), ``slot_full``, ``slot_closed``, ``slot_past``
    (409) and ``invalid`` (422).
    """
    registering.require_key()
    group_id, exhibition_id = group.id, group.exhibition_id
    people = sum(party.people for party in parties)
    try:
        return _register(group_id, exhibition_id, slot_id, list(parties), locale, origin)
    except _NoPlaces:
        _refuse_places(slot_id, people)
        raise AssertionError("unreachable") from None


class _NoPlaces(Exception):
    """The session has not enough places; the transaction is rolled back before the reason is looked up."""


@transaction(mode=Mode.CONNECTION)
def _refuse_places(connection: Connection, slot_id: int, people: int) -> None:
    raise slots.refusal(connection, slot_id, people, clock.now())


@transaction(mode=Mode.CONNECTION)
def _register(
    connection: Connection,
    group_id: int,
    exhibition_id: int,
    slot_id: int,
    parties: list[ListedParty],
    locale: str,
    origin: str,
) -> int:
    now = clock.now()
    locked = select(GROUP.c.most_people, GROUP.c.is_open).where(GROUP.c.id == group_id).with_for_update()
    group = connection.execute(locked).one()
    if not group.is_open:
        raise Refused("group_closed", _l("This group's code is closed. Ask the organizers."))
    keys = [_key(group_id, slot_id, number, party) for number, party in enumerate(parties)]
    if _made_before(connection, keys[0]):
        return 0
    _require_left(connection, group_id, group.most_people, sum(party.people for party in parties))
    own = Party(slot_id, parties[0].name, None, None, parties[0].people, locale, origin)
    known = contact_days.look(connection, own, None, now)[0]
    if known.exhibition_id != exhibition_id:
        message = _l("There is no such session. Choose one from the list.")
        raise Refused("invalid", message, status=422, field="slot_id")
    for key, listed in zip(keys, parties, strict=True):
        party = Party(slot_id, listed.name, None, None, listed.people, locale, origin)
        issued = registering.issue(connection, party, known, now, key=_free_key(connection, key))
        if issued is None:
            raise _NoPlaces
        connection.execute(insert(IN_GROUP).values(registration_id=issued.registration_id, group_id=group_id))
    return len(parties)


def _key(group_id: int, slot_id: int, number: int, party: ListedParty) -> str:
    said = f"{group_id}\n{slot_id}\n{number}\n{party.name}\n{party.people}"
    return "group:" + hashlib.sha256(said.encode()).hexdigest()


def _made_before(connection: Connection, key: str) -> bool:
    statement = (
        select(PASS.c.id)
        .join(REGISTRATION, REGISTRATION.c.id == PASS.c.registration_id)
        .where(REGISTRATION.c.idempotency_key == key, PASS.c.state == PassState.VALID)
    )
    return connection.execute(statement).first() is not None


def _free_key(connection: Connection, key: str) -> str | None:
    """The key, unless a pass that was withdrawn has it."""
    used = select(REGISTRATION.c.id).where(REGISTRATION.c.idempotency_key == key)
    return key if connection.execute(used).first() is None else None


def _require_left(connection: Connection, group_id: int, most: int, people: int) -> None:
    counting = (
        select(func.coalesce(func.sum(PASS.c.party_size), 0))
        .join(IN_GROUP, IN_GROUP.c.registration_id == PASS.c.registration_id)
        .where(IN_GROUP.c.group_id == group_id, PASS.c.state == PassState.VALID)
    )
    left = most - connection.execute(counting).scalar_one()
    if people > left:
        message = _l(
            "This group may register %(left)s more people. Ask the organizers if it needs more.", left=max(0, left)
        )
        raise Refused("group_people", message, field="people", left=max(0, left))


def _erase(exhibition_id: int, *, dry_run: bool) -> int:
    """With the contacts of visitors go those who speak for groups; returns how many."""
    of_edition = VisitorGroup.exhibition_id == exhibition_id
    named = of_edition, or_(VisitorGroup.contact_name != "", VisitorGroup.name != "")
    count = db.session.execute(select(func.count()).select_from(VisitorGroup).where(*named)).scalar_one()
    if not dry_run:
        erased = {"name": "", "contact_name": "", "contact_phone": None, "is_open": False}
        db.session.execute(update(VisitorGroup).where(*named).values(erased))
    return count


privacy.erasers.append(_erase)
