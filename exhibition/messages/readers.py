"""Who can be written to in an edition, with what is known of them at this moment."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import KNOWN, AllocationState, is_over
from exhibition.core import clock
from exhibition.core.config import public_address
from exhibition.core.db import db
from exhibition.core.i18n import DEFAULT_LOCALE
from exhibition.exhibitors.applications import mail as application_mail
from exhibition.exhibitors.models import Application, Exhibitor, ExhibitorMember, Participant
from exhibition.messages.rules.audiences import (
    Audience,
    ExhibitorReader,
    Lacking,
    MessageReader,
    Reach,
    Reference,
    VisitorReader,
    concerns,
    reach,
)
from exhibition.messages.rules.placeholders import ReaderGroup
from exhibition.storefront.models import Listing, Storefront
from exhibition.takings import overview as takings
from exhibition.venue import service as venue
from exhibition.venue.models import Booth, Exhibition
from exhibition.venue.rules.halls import in_words
from exhibition.visitors.mails.messages import pass_address
from exhibition.visitors.models import PassState, Registration, TimeSlot, VisitorContact, VisitorPass

REGISTRATION, EXHIBITOR, APPLICATION = "registration", "exhibitor", "application"
"""The first part of a ``Reference``."""


def of_audience(exhibition: Exhibition, audience: Audience) -> list[MessageReader]:
    """Everybody in the edition whom the audience names, by name."""
    if audience.group is ReaderGroup.VISITORS:
        found: list[MessageReader] = list(_visitors(exhibition))
    else:
        found = list(_exhibitors(exhibition, audience))
    chosen = [reader for reader in found if concerns(audience, reader)]
    return sorted(chosen, key=lambda reader: (reader.name.casefold(), reader.reference))


def count(exhibition: Exhibition, audience: Audience) -> Reach:
    """How many of the audience can be reached, and how."""
    return reach(of_audience(exhibition, audience))


def by_reference(
    exhibition: Exhibition, audience: Audience, references: Collection[Reference]
) -> dict[Reference, MessageReader]:
    """Those of the references whom the audience still names; whoever is missing need not be told any more."""
    wanted = set(references)
    if audience.group is ReaderGroup.VISITORS:
        found: list[MessageReader] = list(_visitors(exhibition, [number for _kind, number in wanted]))
    else:
        found = list(_exhibitors(exhibition, audience))
    return {one.reference: one for one in found if one.reference in wanted and concerns(audience, one)}


def _visitors(exhibition: Exhibition, registration_ids: Collection[int] | None = None) -> list[VisitorReader]:
    statement = (
        select(
            Registration.id,
            Registration.locale,
            Registration.manage_key,
            VisitorContact.name,
            VisitorContact.email,
            VisitorContact.phone,
            TimeSlot.id.label("session_id"),
            TimeSlot.starts_at,
            TimeSlot.ends_at,
            VisitorPass.party_size,
            VisitorPass.released,
            VisitorPass.admitted,
            VisitorPass.state,
        )
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(Registration.exhibition_id == exhibition.id)
    )
    if registration_ids is not None:
        statement = statement.where(Registration.id.in_(registration_ids))
    zone = ZoneInfo(exhibition.timezone)
    return [
        VisitorReader(
            reference=(REGISTRATION, row.id),
            name=row.name or "",
            locale=row.locale,
            email=row.email or "",
            phone=row.phone or "",
            link=pass_address(row.manage_key),
            session_id=row.session_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            day=row.starts_at.astimezone(zone).date(),
            people=row.party_size - row.released,
            arrived=row.admitted > 0,
            holds_pass=row.state is PassState.VALID,
        )
        for row in db.session.execute(statement)
    ]


@dataclass
class _Claims:
    """The live claims of one exhibitor."""

    states: set[AllocationState] = field(default_factory=set)
    booths: set[str] = field(default_factory=set)
    zone_ids: set[int] = field(default_factory=set)


def _claims(exhibition: Exhibition) -> defaultdict[int, _Claims]:
    statement = (
        select(Allocation.exhibitor_id, Allocation.state, Allocation.expires_at, Booth)
        .join(Booth, Booth.id == Allocation.booth_id)
        .where(Allocation.exhibition_id == exhibition.id, Allocation.state != AllocationState.RELEASED)
    )
    now, found, halls = clock.now(), defaultdict[int, _Claims](_Claims), venue.named_halls(exhibition)
    for exhibitor_id, state, expires_at, booth in db.session.execute(statement):
        if is_over(state, expires_at, now):
            continue
        claims = found[exhibitor_id]
        claims.states.add(state)
        if state in KNOWN:
            claims.booths.add(in_words(booth.code, venue.hall_among(halls, booth)))
            claims.zone_ids |= {booth.zone_id} if booth.zone_id is not None else set()
    return found


@dataclass(frozen=True)
class _Shops:
    """Which exhibitors have a shop, which have products on their page, and for which somebody can sign in."""

    shops: frozenset[int]
    products: frozenset[int]
    members: frozenset[int]


def _shops() -> _Shops:
    shops = select(Storefront.exhibitor_id).where(or_(Storefront.url != "", Storefront.whatsapp != ""))
    products = select(Listing.exhibitor_id).where(Listing.published).distinct()
    members = select(ExhibitorMember.exhibitor_id).distinct()
    return _Shops(*(frozenset(db.session.scalars(statement)) for statement in (shops, products, members)))


def _exhibitors(exhibition: Exhibition, audience: Audience) -> list[ExhibitorReader]:
    """The edition's exhibitors, and its applications that have no exhibitor yet."""
    if audience.lacking is Lacking.TAKINGS:
        untold = takings.missing_days(exhibition)
        return [_asked_for_takings(exhibition, one, untold) for one in _taking_part(exhibition)]
    return _taking_part(exhibition)


def _asked_for_takings(
    exhibition: Exhibition, reader: ExhibitorReader, untold: Mapping[int, frozenset[date]]
) -> ExhibitorReader:
    """With the days that are not told, and the address where that is done in place of the usual one."""
    kind, number = reader.reference
    if kind != EXHIBITOR or number not in untold:
        return reader
    acts = Application.acting & (Application.exhibitor_id == number) & (Application.exhibition_id == exhibition.id)
    key = db.session.scalar(select(Application.key).where(acts).order_by(Application.id.desc()))
    account = db.session.scalar(select(ExhibitorMember.user_id).where(ExhibitorMember.exhibitor_id == number))
    link = reader.link
    if account is not None:
        link = public_address("takings.own", edition=exhibition.slug)
    elif key is not None:
        link = public_address("takings.by_link", key=key)
    return replace(reader, untold_days=untold[number], link=link)


def _taking_part(exhibition: Exhibition) -> list[ExhibitorReader]:
    claims, shops = _claims(exhibition), _shops()
    theirs: defaultdict[int, list[Application]] = defaultdict(list)
    alone: list[Application] = []
    statement = select(Application).where(Application.exhibition_id == exhibition.id).order_by(Application.id.desc())
    for application in db.session.scalars(statement):
        if application.exhibitor_id is None:
            alone.append(application)
        else:
            theirs[application.exhibitor_id].append(application)
    taking_part = select(Participant.exhibitor_id).where(Participant.exhibition_id == exhibition.id)
    ids = claims.keys() | theirs.keys() | set(db.session.scalars(taking_part))
    exhibitors = db.session.scalars(select(Exhibitor).where(Exhibitor.id.in_(ids)))
    known = [_exhibitor(exhibition, one, claims[one.id], theirs[one.id], shops) for one in exhibitors]
    return known + [_applicant(application) for application in alone]


def _exhibitor(
    exhibition: Exhibition, exhibitor: Exhibitor, claims: _Claims, applications: list[Application], shops: _Shops
) -> ExhibitorReader:
    """``applications`` are the exhibitor's in this edition, the latest first."""
    latest = applications[0] if applications else None
    if latest is not None and exhibitor.id not in shops.members:
        link = application_mail.address(latest)
    else:
        link = public_address("allocation.own_desk", edition=exhibition.slug)
    return ExhibitorReader(
        reference=(EXHIBITOR, exhibitor.id),
        name=exhibitor.contact_name or (latest.contact_name if latest else "") or exhibitor.name,
        locale=latest.locale if latest else DEFAULT_LOCALE,
        email=exhibitor.email or (latest.email if latest else ""),
        phone=exhibitor.phone or (latest.phone if latest else ""),
        link=link,
        exhibitor=exhibitor.name,
        booths=tuple(sorted(claims.booths)),
        zone_ids=frozenset(claims.zone_ids),
        claims=frozenset(claims.states),
        applications=frozenset(one.state for one in applications),
        cluster_id=exhibitor.cluster_id,
        has_shop=exhibitor.id in shops.shops,
        has_products=exhibitor.id in shops.products,
    )


def _applicant(application: Application) -> ExhibitorReader:
    return ExhibitorReader(
        reference=(APPLICATION, application.id),
        name=application.contact_name or application.name,
        locale=application.locale,
        email=application.email,
        phone=application.phone,
        link=application_mail.address(application),
        exhibitor=application.name,
        booths=(),
        zone_ids=frozenset(),
        claims=frozenset(),
        applications=frozenset({application.state}),
        cluster_id=application.cluster_id,
        has_shop=bool(application.storefront_url),
        has_products=False,
    )
