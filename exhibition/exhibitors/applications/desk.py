"""An edition's applications for organizers: filtered, ranked, exported as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from exhibition.core.db import db
from exhibition.core.sql.list_parameters import among
from exhibition.core.sql.narrowing import EVERYTHING, Narrowing
from exhibition.core.sql.paging import PAGE_SIZE, Page
from exhibition.core.sql.words import has_digits, has_words
from exhibition.exhibitors.applications import calls, duplicates, floods
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application, ApplicationDocument
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind, PointsClaim
from exhibition.venue.models import Exhibition

RANK, NEWEST, NAME, STATE, POINTS, GROUP, DISTRICT = "rank", "newest", "name", "state", "points", "group", "district"
ORDERS: dict[str, ColumnElement[Any]] = {
    NEWEST: Application.id.desc(),
    NAME: func.lower(Application.name),
    STATE: case({state: place for place, state in enumerate(ApplicationState)}, value=Application.state),
    GROUP: func.lower(Application.product_group),
    DISTRICT: func.lower(Application.district),
}
"""Orders that the database knows; rank and points follow from all applications together."""
SORTED_BY = (RANK, POINTS, *ORDERS)
NEEDED = (
    *(Application.name, Application.contact_name, Application.phone),
    *(Application.product_group, Application.district),
)
LACKING: dict[str, ColumnElement[bool]] = {
    "entries": or_(*(column == "" for column in NEEDED)),
    "email": Application.email == "",
    "nib": Application.nib == "",
    "pirt": Application.pirt == "",
    "halal": Application.halal == "",
    "files": ~exists().where(ApplicationDocument.application_id == Application.id),
}
"""What an application may lack, as a condition on its row."""
SHOWN = load_only(
    Application.reference,
    Application.state,
    Application.name,
    Application.contact_name,
    Application.phone,
    Application.product_group,
    Application.district,
    Application.wishes,
    Application.zone_wishes,
    Application.submitted_at,
)
WHOLE = (joinedload(Application.cluster), selectinload(Application.documents))
SEARCHED = (
    Application.name,
    Application.reference,
    Application.product_group,
    Application.district,
    Application.contact_name,
    Application.email,
    Application.phone,
    Application.nib,
)


@dataclass(frozen=True)
class ApplicationLine:
    """One application in the list. Equal points share a rank until the lottery is drawn."""

    application: Application
    points: int
    rank: int
    duplicate: bool
    incomplete: bool


@dataclass(frozen=True)
class Filter:
    """What the list shows; without ``state`` all that are submitted or decided. Drafts appear only on request, and
    among those that a narrowing has found.
    """

    state: ApplicationState | None = None
    words: str = ""
    duplicates: bool = False
    order: str = RANK
    backwards: bool = False
    """From the last to the first."""
    narrowing: Narrowing = EVERYTHING
    group: str = ""
    district: str = ""
    kind: ExhibitorKind | None = None
    points: int = 0
    """At least so many."""
    lacking: str = ""
    """One of ``LACKING``."""

    @property
    def chosen(self) -> bool:
        """Whether anything is left out."""
        asked = (self.words, self.state, self.duplicates, self.group, self.district, self.kind, self.points)
        return any((*asked, self.lacking, self.narrowing))


@dataclass(frozen=True)
class ApplicationChoices:
    """What the list can be filtered by, as values and texts."""

    groups: list[tuple[str, str]]
    districts: list[tuple[str, str]]


@dataclass(frozen=True)
class ApplicationList:
    """A page of the matching applications, their number, and how many of the edition look alike."""

    page: Page[ApplicationLine]
    found: int
    alike: int


@dataclass(frozen=True)
class _Standing:
    """The points and rank of all applications of an edition, by id; drafts have points but no rank yet."""

    points: dict[int, int]
    ranks: dict[int, int]
    alike: set[int]

    def rank(self, id_: int) -> int:
        return self.ranks.get(id_, len(self.points) + 1)


def _standing(exhibition: Exhibition) -> _Standing:
    """Read a few columns of every application, because a rank needs all of them."""
    call = calls.of(exhibition)
    rules = calls.point_rules(call)
    statement = select(
        Application.id,
        Application.reference,
        Application.state,
        Application.kind,
        Application.district,
        Application.attended,
        Application.cluster_id.is_not(None),
    ).where(Application.exhibition_id == exhibition.id)
    worths: dict[PointsClaim, int] = {}
    points: dict[int, int] = {}
    scores: dict[str, int] = {}
    ids: dict[str, int] = {}
    for id_, reference, state, kind, district, attended, in_cluster in db.session.execute(statement):
        claim = PointsClaim(kind, district, attended, in_cluster)
        if claim not in worths:
            worths[claim] = calls.worth(rules, claim)
        points[id_] = worths[claim]
        if state is not ApplicationState.DRAFT:
            ids[reference], scores[reference] = id_, worths[claim]
    ranks = {ids[reference]: place for reference, place in calls.ranks(call, scores).items()}
    return _Standing(points, ranks, duplicates.among(exhibition))


def listing(exhibition: Exhibition, wanted: Filter, number: int, *, whole: bool = False) -> ApplicationList:
    """One page of the matching applications; however many match, statements and fully read rows stay as few.

    ``whole``: with everything that is known of them, for who wants to see more than the usual columns.
    """
    standing = _standing(exhibition)
    ids = _ids(exhibition, wanted, standing)
    first = (number - 1) * PAGE_SIZE
    shown = _lines(ids[first : first + PAGE_SIZE], standing, *(WHOLE if whole else (SHOWN,)))
    return ApplicationList(Page(shown, number, len(ids) > first + PAGE_SIZE), len(ids), len(standing.alike))


def choices(exhibition: Exhibition) -> ApplicationChoices:
    """What stands in the applications, by the alphabet."""
    columns = (Application.product_group, Application.district)
    rows = db.session.execute(select(*columns).where(Application.exhibition_id == exhibition.id).distinct()).all()
    groups, districts = (sorted({row[place] for row in rows if row[place]}, key=str.casefold) for place in (0, 1))
    return ApplicationChoices([(name, name) for name in groups], [(name, name) for name in districts])


def count(exhibition: Exhibition) -> int:
    """How many applications were submitted, whatever became of them."""
    statement = select(func.count()).select_from(Application).where(Application.exhibition_id == exhibition.id)
    return db.session.scalar(statement.where(*_conditions(Filter()))) or 0


def lines(exhibition: Exhibition, wanted: Filter) -> list[ApplicationLine]:
    """All matching applications, fully read, in the wanted order."""
    standing = _standing(exhibition)
    return _lines(_ids(exhibition, wanted, standing), standing, *WHOLE)


def matching(exhibition: Exhibition, wanted: Filter) -> list[int]:
    """The ids of all matching applications, in the wanted order."""
    return _ids(exhibition, wanted, _standing(exhibition))


def rank(exhibition: Exhibition, application: Application) -> int:
    """The rank of one application among all submitted ones."""
    return _standing(exhibition).rank(application.id)


def _ids(exhibition: Exhibition, wanted: Filter, standing: _Standing) -> list[int]:
    """The matching ids in the wanted order; the database does all but ranks and duplicates."""
    statement = (
        select(Application.id)
        .where(Application.exhibition_id == exhibition.id, *_conditions(wanted))
        .order_by(ORDERS.get(wanted.order, Application.reference), Application.id)
    )
    ids = [
        id_
        for id_ in db.session.scalars(statement)
        if (not wanted.duplicates or id_ in standing.alike) and standing.points.get(id_, 0) >= wanted.points
    ]
    if wanted.order == POINTS:
        ids.sort(key=lambda id_: -standing.points.get(id_, 0))
    elif wanted.order not in ORDERS:
        ids.sort(key=standing.rank)
    return ids[::-1] if wanted.backwards else ids


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = floods.matching(wanted.narrowing)
    if wanted.state is not None:
        conditions.append(Application.state == wanted.state)
    elif not wanted.duplicates and not wanted.narrowing:
        conditions.append(Application.state != ApplicationState.DRAFT)
    narrowed = ((Application.product_group, wanted.group), (Application.district, wanted.district))
    conditions += [column == value for column, value in narrowed if value]
    if wanted.kind is not None:
        conditions.append(Application.kind == wanted.kind)
    if wanted.lacking:
        conditions.append(LACKING[wanted.lacking])
    if wanted.words:
        conditions.append(or_(has_words(wanted.words, *SEARCHED), *has_digits(wanted.words, Application.phone)))
    return conditions


def _lines(ids: Sequence[int], standing: _Standing, *options: ORMOption) -> list[ApplicationLine]:
    statement = select(Application).where(among(Application.id, "ids")).options(*options)
    found = {one.id: one for one in db.session.scalars(statement, {"ids": list(ids)})}
    return [
        ApplicationLine(
            found[id_],
            standing.points[id_],
            standing.rank(id_),
            id_ in standing.alike,
            found[id_].state is ApplicationState.DRAFT or bool(applications.missing(found[id_])),
        )
        for id_ in ids
        if id_ in found
        and id_ in standing.points  # another process may have added or erased one between the two statements
    ]
