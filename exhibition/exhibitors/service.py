"""Use cases around exhibitors and the people who act for them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from exhibition.accounts.audit import Actor, record
from exhibition.core.contacts import phone_e164
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.constraints import violates
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Cluster, Exhibitor, ExhibitorMember
from exhibition.exhibitors.rules.application_steps import ExhibitorKind, slugs_of
from exhibition.venue.models import Exhibition


@dataclass(frozen=True)
class Details:
    """The details of an exhibitor that organizers enter."""

    name: str
    kind: ExhibitorKind
    product_group: str = ""
    district: str = ""
    description: str = ""
    contact_name: str = ""
    email: str = ""
    phone: str = ""
    """As typed; stored in E.164."""
    cluster_id: int | None = None


def _checked(details: Details) -> dict[str, Any]:
    if details.cluster_id is not None and db.session.get(Cluster, details.cluster_id) is None:
        raise Refused("cluster_unknown", _l("Choose a cluster from the list."), status=422, field="cluster_id")
    return asdict(replace(details, phone=_phone(details.phone)))


def _phone(text: str) -> str:
    if not text:
        return ""
    number = phone_e164(text)
    if number is None:
        message = _l("This is not a phone number. Write it like 0812 3456 7890.")
        raise Refused("phone_invalid", message, status=422, field="phone")
    return number


def _state(exhibitor: Exhibitor, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(exhibitor, name) for name in names}


@transaction
def add(actor: Actor, exhibition: Exhibition, details: Details) -> Exhibitor:
    """Create an exhibitor that takes part in the edition; its slug is made from the name and never changes afterwards.

    Raises Refused ``phone_invalid`` and ``cluster_unknown`` (422).
    """
    values = _checked(details)
    for slug in slugs_of(details.name):
        exhibitor = Exhibitor(slug=slug, **values)
        try:
            with db.session.begin_nested():
                db.session.add(exhibitor)
        except IntegrityError as error:
            if not violates(error, "uq_exhibitor_slug"):
                raise
            continue  # the slug is taken; the next one has another number
        participants.take_in(exhibition.id, [exhibitor.id])
        record(actor, "exhibitor.add", "exhibitor", exhibitor.id, name=exhibitor.name, after=values | {"slug": slug})
        return exhibitor
    raise Refused("name_taken", _l("Too many exhibitors have this name. Add a place to it."), field="name")


def _change(actor: Actor, exhibitor: Exhibitor, values: dict[str, Any]) -> None:
    before = _state(exhibitor, values)
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(exhibitor, name, value)
    was = {name: before[name] for name in changed}
    record(actor, "exhibitor.edit", "exhibitor", exhibitor.id, name=exhibitor.name, before=was, after=changed)


@transaction
def edit(actor: Actor, slug: str, details: Details) -> Exhibitor:
    """Replace an exhibitor's details. Raises NotFound, and Refused as ``add`` does."""
    exhibitor = by_slug(slug)
    _change(actor, exhibitor, _checked(details))
    return exhibitor


@transaction
def edit_profile(
    actor: Actor, exhibitor_id: int, *, description: str, contact_name: str, email: str, phone: str
) -> None:
    """Change what exhibitors may edit themselves; only organizers change name and kind."""
    exhibitor = db.session.get(Exhibitor, exhibitor_id)
    if exhibitor is None:
        raise NotFound
    values = {"description": description, "contact_name": contact_name, "email": email, "phone": _phone(phone)}
    _change(actor, exhibitor, values)


@transaction
def set_email(actor: Actor, exhibitor: Exhibitor, email: str) -> None:
    """Correct an exhibitor's address alone."""
    _change(actor, exhibitor, {"email": email})


def by_slug(slug: str) -> Exhibitor:
    """The exhibitor with this slug. Raises NotFound."""
    exhibitor = db.session.scalar(select(Exhibitor).where(Exhibitor.slug == slug)) if slug.isprintable() else None
    if exhibitor is None:
        raise NotFound
    return exhibitor


def by_id(exhibitor_id: int) -> Exhibitor:
    """The exhibitor with this id, which is known to exist."""
    return db.session.get_one(Exhibitor, exhibitor_id)


def clusters() -> list[Cluster]:
    return list(db.session.scalars(select(Cluster).order_by(Cluster.name)))


def _containing(query: str) -> str:
    escaped = query.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def search(
    exhibition: Exhibition, query: str = "", kind: ExhibitorKind | None = None, *, others: bool = False
) -> list[Exhibitor]:
    """The exhibitors that take part (``others``: that do not) and match, by name.

    The query is part of their name, product group or district.
    """
    statement = select(Exhibitor).options(joinedload(Exhibitor.cluster)).order_by(func.lower(Exhibitor.name))
    taking_part = Exhibitor.id.in_(participants.ids_of(exhibition.id))
    statement = statement.where(~taking_part if others else taking_part)
    if kind is not None:
        statement = statement.where(Exhibitor.kind == kind)
    if query := query.replace("\x00", "").strip():
        columns = (Exhibitor.name, Exhibitor.product_group, Exhibitor.district)
        pattern = _containing(query)
        statement = statement.where(or_(*(func.lower(column).like(pattern, escape="\\") for column in columns)))
    return list(db.session.scalars(statement))


@transaction
def join(user_id: int, exhibitor_id: int) -> None:
    """Let a user act for an exhibitor; a second time changes nothing. Raises NotFound for an unknown exhibitor."""
    if db.session.get(Exhibitor, exhibitor_id) is None:
        raise NotFound
    if db.session.get(ExhibitorMember, (user_id, exhibitor_id)) is None:
        db.session.add(ExhibitorMember(user_id=user_id, exhibitor_id=exhibitor_id))


def of_member(user_id: int) -> Exhibitor:
    """The exhibitor that a user acts for (the first by name, should there be several).

    Raises NotFound for a user who acts for none, without telling what others have.
    """
    statement = (
        select(Exhibitor)
        .join(ExhibitorMember, ExhibitorMember.exhibitor_id == Exhibitor.id)
        .where(ExhibitorMember.user_id == user_id)
        .order_by(Exhibitor.name)
    )
    exhibitor = db.session.scalars(statement).first()
    if exhibitor is None:
        raise NotFound(_l("Your account is not linked to an exhibitor yet. Please ask the organizers."))
    return exhibitor
