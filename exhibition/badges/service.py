"""The life of a badge: issue, rename, reissue, revoke; one transaction each.

A badge does not name the booth. Whether its exhibitor's booth is confirmed is looked up wherever it matters, so a
release, its undo and a move need not update any badge (docs/adr/0013-badges.md).
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from exhibition.accounts.audit import Actor, record
from exhibition.allocation.arranging import readiness
from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation
from exhibition.badges import rules
from exhibition.badges.models import Badge, BadgeState
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Booth, Exhibition
from exhibition.visitors import keys, privacy, tokens
from exhibition.visitors.registration import contact, random_values
from exhibition.visitors.rules import LAST_GENERATION

BADGE_ID_BITS = 63
Id = int | InstrumentedAttribute[int]


@dataclass(frozen=True)
class Holder:
    """A badge as shown on pages and on paper; ``booth`` is empty while it opens no gate."""

    id: int
    exhibitor_id: int
    exhibitor: str
    slug: str
    number: int
    name: str
    code: str
    generation: int
    inside: bool
    moved_at: datetime | None
    booth: str

    @property
    def opens(self) -> bool:
        """Whether the exhibitor's booth is confirmed, so that the badge opens the gates on the fair's days."""
        return self.booth != ""


def confirmed(exhibition_id: Id, exhibitor_id: Id) -> ColumnElement[bool]:
    """The condition that the exhibitor has a confirmed booth in the edition."""
    return exists().where(confirmed_in(exhibition_id), Allocation.exhibitor_id == exhibitor_id)


def holders(exhibition: Exhibition, exhibitor_id: int | None = None) -> list[Holder]:
    """The valid badges of the edition, or of one exhibitor, by exhibitor and number."""
    booth = (
        select(func.min(Booth.code))
        .join(Allocation, Allocation.booth_id == Booth.id)
        .where(confirmed_in(Badge.exhibition_id), Allocation.exhibitor_id == Badge.exhibitor_id)
        .scalar_subquery()
    )
    statement = (
        select(
            Badge.id,
            Badge.exhibitor_id,
            Exhibitor.name,
            Exhibitor.slug,
            Badge.number,
            Badge.name,
            Badge.code,
            Badge.generation,
            Badge.inside == 1,
            Badge.moved_at,
            func.coalesce(booth, ""),
        )
        .join(Exhibitor, Exhibitor.id == Badge.exhibitor_id)
        .where(Badge.exhibition_id == exhibition.id, Badge.state == BadgeState.VALID)
        .order_by(func.lower(Exhibitor.name), Exhibitor.id, Badge.number)
    )
    if exhibitor_id is not None:
        statement = statement.where(Badge.exhibitor_id == exhibitor_id)
    return [Holder(*row) for row in db.session.execute(statement)]


def is_confirmed(exhibition: Exhibition, exhibitor_id: int) -> bool:
    """Whether badges may be issued to the exhibitor now."""
    return bool(db.session.scalar(select(confirmed(exhibition.id, exhibitor_id))))


def signed(exhibition: Exhibition, badges: Iterable[Holder]) -> list[tuple[Holder, str]]:
    """Each badge with the text of its QR, signed each time: it is stored nowhere."""
    key_id, key = keys.signing_key()
    begins, _ends = rules.window(exhibition.starts_on, exhibition.ends_on, exhibition.timezone)
    return [
        (
            badge,
            tokens.encode(
                tokens.Pass(
                    key_id=key_id,
                    pass_id=badge.id,
                    slot_number=exhibition.id % tokens.SLOT_NUMBERS,
                    party_size=1,
                    generation=badge.generation,
                    not_before=begins,
                    quarters=0,
                    kind=tokens.BADGE_KIND,
                ),
                key,
            ),
        )
        for badge in badges
    ]


def shown(token: str) -> tuple[Exhibition, Holder, bool]:
    """The badge with this text in its QR with its edition, and whether that QR is the newest.

    Raises NotFound for any other text.
    """
    try:
        said = tokens.decode(token, keys.public_keys())
    except tokens.BadToken as bad:
        raise NotFound from bad
    badge = db.session.get(Badge, said.pass_id) if said.kind == tokens.BADGE_KIND else None
    if badge is None:
        raise NotFound
    exhibition = db.session.get_one(Exhibition, badge.exhibition_id)
    found = next((holder for holder in holders(exhibition, badge.exhibitor_id) if holder.id == badge.id), None)
    if found is None:
        raise NotFound
    return exhibition, found, found.generation == said.generation


def is_inside(holder: Holder, now: datetime) -> bool:
    """Whether the holder is in the hall; after eight hours without a scan they count as out."""
    return holder.inside and holder.moved_at is not None and now - holder.moved_at < rules.AWAY_AFTER


def _clean(name: str) -> str:
    try:
        return contact.clean_name(name)
    except contact.BadContact as bad:
        raise Refused("invalid", bad.message, status=422, field="name") from bad


def _locked_exhibitor(exhibitor_id: int) -> Exhibitor:
    """The exhibitor, locked, so that two people cannot both give out the last badge of one booth."""
    statement = select(Exhibitor).where(Exhibitor.id == exhibitor_id).with_for_update()
    exhibitor = db.session.scalar(statement) if exhibitor_id <= LARGEST_ID else None
    if exhibitor is None:
        raise NotFound
    return exhibitor


def _code() -> str:
    return rules.CODE_PREFIX + random_values.short_code()[1:]


@transaction
def issue(actor: Actor, exhibition: Exhibition, exhibitor_id: int, name: str) -> Badge:
    """Give one of the exhibitor's staff a badge.

    Raises NotFound, and Refused ``booth_not_confirmed``, ``badges_full`` (409, with ``limit``) and ``invalid`` (422,
    ``name``).
    """
    name = _clean(name)
    exhibitor = _locked_exhibitor(exhibitor_id)
    if not is_confirmed(exhibition, exhibitor_id):
        message = _l("Badges can be made as soon as the booth is confirmed.")
        raise Refused("booth_not_confirmed", message)
    taken = select(Badge.number).where(
        Badge.exhibition_id == exhibition.id, Badge.exhibitor_id == exhibitor_id, Badge.state == BadgeState.VALID
    )
    limit = db.session.execute(select(Exhibition.badges_per_booth).where(Exhibition.id == exhibition.id)).scalar_one()
    number = rules.free_number(set(db.session.scalars(taken)), limit)
    if number is None:
        message = _l("A booth has at most %(limit)s badges. Withdraw one to give it to somebody else.", limit=limit)
        raise Refused("badges_full", message, limit=limit)
    badge = Badge(
        id=secrets.randbits(BADGE_ID_BITS),
        exhibition_id=exhibition.id,
        exhibitor_id=exhibitor_id,
        number=number,
        allowed=limit,
        name=name,
        code=_code(),
    )
    db.session.add(badge)
    db.session.flush()
    _record(actor, "badge.issue", badge, exhibitor.name)
    return badge


def _record(actor: Actor, action: str, badge: Badge, exhibitor: str) -> None:
    """Write an audit entry with the badge's number in place of the holder's name: names must be erased, the trail never
    is.
    """
    record(actor, action, "badge", f"{badge.id:016x}", name=f"{exhibitor} {badge.number}")


def _own(exhibition: Exhibition, badge_id: int, exhibitor_id: int | None) -> tuple[Badge, str]:
    """The valid badge, locked, with its exhibitor's name; with ``exhibitor_id`` only one of theirs exists."""
    statement = (
        select(Badge, Exhibitor.name)
        .join(Exhibitor, Exhibitor.id == Badge.exhibitor_id)
        .where(Badge.id == badge_id, Badge.exhibition_id == exhibition.id, Badge.state == BadgeState.VALID)
        .with_for_update(of=Badge)
        .execution_options(populate_existing=True)
    )
    row = db.session.execute(statement).one_or_none() if badge_id < 2**BADGE_ID_BITS else None
    if row is None or exhibitor_id not in (None, row.Badge.exhibitor_id):
        raise NotFound
    return row.Badge, row.name


@transaction
def rename(actor: Actor, exhibition: Exhibition, badge_id: int, name: str, *, exhibitor_id: int | None = None) -> Badge:
    """Correct the name. The QR stays good. Raises NotFound and Refused ``invalid`` (422, ``name``)."""
    name = _clean(name)
    badge, exhibitor = _own(exhibition, badge_id, exhibitor_id)
    if badge.name != name:
        badge.name = name
        _record(actor, "badge.rename", badge, exhibitor)
    return badge


@transaction
def reissue(actor: Actor, exhibition: Exhibition, badge_id: int, *, exhibitor_id: int | None = None) -> Badge:
    """Make a new QR and short code for a badge that was lost; the old ones are refused from now on.

    Raises NotFound and Refused ``reissued_too_often`` (409).
    """
    badge, exhibitor = _own(exhibition, badge_id, exhibitor_id)
    if badge.generation >= LAST_GENERATION:
        message = _l("This badge has been given too many QR codes. Withdraw it and make another.")
        raise Refused("reissued_too_often", message)
    badge.generation += 1
    badge.code = _code()
    _record(actor, "badge.reissue", badge, exhibitor)
    return badge


@transaction
def revoke(actor: Actor, exhibition: Exhibition, badge_id: int, *, exhibitor_id: int | None = None) -> None:
    """Withdraw the badge; its number is free for somebody else. Raises NotFound."""
    badge, exhibitor = _own(exhibition, badge_id, exhibitor_id)
    badge.state = BadgeState.REVOKED
    _record(actor, "badge.revoke", badge, exhibitor)


def _erase_names(exhibition_id: int, *, dry_run: bool) -> int:
    """Take the staff's names out of the badges of an edition; returns how many."""
    named = (Badge.exhibition_id == exhibition_id) & (Badge.name != "")
    count = db.session.execute(select(func.count()).select_from(Badge).where(named)).scalar_one()
    if count and not dry_run:
        db.session.execute(update(Badge).where(named).values(name=""))
    return count


privacy.erasers.append(_erase_names)


def _with_badges(exhibition: Exhibition) -> list[int]:
    held = (Badge.exhibition_id == exhibition.id) & (Badge.state == BadgeState.VALID)
    return list(db.session.scalars(select(Badge.exhibitor_id).where(held).distinct()))


readiness.checks.append((_l("badges"), _with_badges))
