"""Applications of one edition that look like the same business, for organizers to see."""

import enum
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import load_only

from exhibition.core.db import db
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules import GONE


class Likeness(enum.StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    NIB = "nib"
    NAME = "name"


def _marks(application: Application) -> list[tuple[Likeness, str]]:
    marks = (
        (Likeness.PHONE, application.phone),
        (Likeness.EMAIL, application.email.casefold()),
        (Likeness.NIB, application.nib),
        (Likeness.NAME, application.name_key),
    )
    return [(likeness, text) for likeness, text in marks if text]


def among(applications: Iterable[Application]) -> set[int]:
    """The ids of those that share phone, e-mail, NIB or name with another one that is still alive."""
    groups: dict[tuple[Likeness, str], list[int]] = defaultdict(list)
    for application in applications:
        if application.state not in GONE:
            for mark in _marks(application):
                groups[mark].append(application.id)
    return {id_ for ids in groups.values() if len(ids) > 1 for id_ in ids}


def of(application: Application) -> list[tuple[Application, list[Likeness]]]:
    """The others of the edition that share something with this one, and what that is."""
    marks = _marks(application)
    columns = {
        Likeness.PHONE: Application.phone,
        Likeness.EMAIL: Application.email,
        Likeness.NIB: Application.nib,
        Likeness.NAME: Application.name_key,
    }
    statement = (
        select(Application)
        .where(
            Application.exhibition_id == application.exhibition_id,
            Application.id != application.id,
            or_(*(columns[likeness] == text for likeness, text in marks)),
        )
        .options(load_only(*columns.values(), Application.name, Application.state, Application.reference))
        .order_by(Application.id)
    )
    found = db.session.scalars(statement).all()
    return [(other, [mark[0] for mark in _marks(other) if mark in marks]) for other in found]
