"""Finding applications of one edition that seem to be from the same business, for organizers."""

import enum
from collections import defaultdict

from sqlalchemy import or_, select
from sqlalchemy.orm import load_only

from exhibition.core.db import db
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import GONE
from exhibition.venue.models import Exhibition


class Likeness(enum.StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    NIB = "nib"
    NAME = "name"


COLUMNS = {
    Likeness.PHONE: Application.phone,
    Likeness.EMAIL: Application.email,
    Likeness.NIB: Application.nib,
    Likeness.NAME: Application.name_key,
}


def _marks(application: Application) -> list[tuple[Likeness, str]]:
    marks = (
        (Likeness.PHONE, application.phone),
        (Likeness.EMAIL, application.email.casefold()),
        (Likeness.NIB, application.nib),
        (Likeness.NAME, application.name_key),
    )
    return [(likeness, text) for likeness, text in marks if text]


def among(exhibition: Exhibition) -> set[int]:
    """The ids of applications that share phone, e-mail, NIB or name with another live one; one statement."""
    marks = (Application.phone, Application.email, Application.nib, Application.name_key)
    alive = select(Application.id, *marks).where(
        Application.exhibition_id == exhibition.id, Application.state.not_in(GONE)
    )
    groups: dict[tuple[Likeness, str], list[int]] = defaultdict(list)
    for id_, phone, email, nib, name_key in db.session.execute(alive):
        groups[Likeness.PHONE, phone].append(id_)
        groups[Likeness.EMAIL, email.casefold()].append(id_)
        groups[Likeness.NIB, nib].append(id_)
        groups[Likeness.NAME, name_key].append(id_)
    return {id_ for (_likeness, text), ids in groups.items() if text and len(ids) > 1 for id_ in ids}


def of(application: Application) -> list[tuple[Application, list[Likeness]]]:
    """The other applications of the edition that share something with this one, and what they share."""
    marks = _marks(application)
    statement = (
        select(Application)
        .where(
            Application.exhibition_id == application.exhibition_id,
            Application.id != application.id,
            or_(*(COLUMNS[likeness] == text for likeness, text in marks)),
        )
        .options(load_only(*COLUMNS.values(), Application.name, Application.state, Application.reference))
        .order_by(Application.id)
    )
    found = db.session.scalars(statement).all()
    return [(other, [mark[0] for mark in _marks(other) if mark in marks]) for other in found]
