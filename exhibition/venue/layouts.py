"""Layouts: the booths that are open. Drafted by hand or by the planner, published knowing who is affected."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.core.sql.constraints import violates
from exhibition.venue.models import Booth, Exhibition, Layout, LayoutBooth

LONGEST_NAME = 80

holders: list[Callable[[Exhibition], dict[int, str]]] = []
"""Functions that return who has which booth now, by booth id; packages above add theirs."""


@dataclass(frozen=True)
class LayoutLine:
    id: int
    name: str
    note: str
    published: bool
    booths: int


@dataclass(frozen=True)
class LayoutBooths:
    """A layout with the codes that it opens; forms send ``mark`` back to show which version the person saw."""

    id: int
    name: str
    note: str
    published: bool
    codes: tuple[str, ...]

    @property
    def mark(self) -> str:
        return " ".join(self.codes)


@dataclass(frozen=True)
class Consequences:
    """What publishing changes: codes that open and close, and who has a booth that closes."""

    opens: list[str]
    closes: list[str]
    affected: list[tuple[str, str]]
    """Booth code and holder."""


def listed(exhibition: Exhibition) -> list[LayoutLine]:
    """The edition's layouts with how many booths each opens, the published one first."""
    statement = (
        select(Layout.id, Layout.name, Layout.note, Layout.published, func.count(LayoutBooth.booth_id))
        .outerjoin(LayoutBooth, LayoutBooth.layout_id == Layout.id)
        .where(Layout.exhibition_id == exhibition.id)
        .group_by(Layout.id)
        .order_by(Layout.published.desc(), Layout.name)
    )
    return [LayoutLine(*row) for row in db.session.execute(statement)]


def _layout(exhibition: Exhibition, layout_id: int, *, lock: bool = False) -> Layout:
    statement = select(Layout).where(Layout.id == layout_id, Layout.exhibition_id == exhibition.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    layout = db.session.scalar(statement) if layout_id <= LARGEST_ID else None
    if layout is None:
        raise NotFound
    return layout


def _codes(layout_id: int) -> tuple[str, ...]:
    statement = (
        select(Booth.code)
        .join(LayoutBooth, LayoutBooth.booth_id == Booth.id)
        .where(LayoutBooth.layout_id == layout_id)
        .order_by(Booth.code)
    )
    return tuple(db.session.scalars(statement))


def get(exhibition: Exhibition, layout_id: int) -> LayoutBooths:
    """One layout. Raises NotFound."""
    layout = _layout(exhibition, layout_id)
    return LayoutBooths(layout.id, layout.name, layout.note, layout.published, _codes(layout.id))


def _ids(exhibition: Exhibition, codes: Collection[str]) -> list[int]:
    rows = db.session.execute(
        select(Booth.id, Booth.code).where(Booth.exhibition_id == exhibition.id, Booth.code.in_(set(codes)))
    ).all()
    if unknown := set(codes) - {row.code for row in rows}:
        message = _l("There is no booth %(code)s.", code=min(unknown)[:16])
        raise Refused("booth_unknown", message, status=422, field="codes")
    return [row.id for row in rows]


def _clean(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        message = _l("Give a name of 1 to %(longest)s ordinary characters.", longest=LONGEST_NAME)
        raise Refused("invalid", message, status=422, field="name")
    return tidy


@transaction
def draft(actor: Actor, exhibition: Exhibition, name: str, codes: Collection[str], note: str = "") -> int:
    """Create a layout that opens these booths, and return its id. Nothing on the plan changes yet.

    Raises Refused ``invalid`` and ``booth_unknown`` (422), and ``name_taken`` (409).
    """
    name = _clean(name)
    ids = _ids(exhibition, codes)
    layout = Layout(exhibition_id=exhibition.id, name=name, note=note[:300])
    try:
        with db.session.begin_nested():
            db.session.add(layout)
    except IntegrityError as error:
        if not violates(error, "uq_layout_exhibition_id_name"):
            raise
        message = _l("There is a layout of this name already.")
        raise Refused("name_taken", message, field="name") from error
    _open(layout.id, ids)
    record(actor, "layout.draft", "layout", layout.id, name=name, after={"booths": len(ids)})
    return layout.id


def _open(layout_id: int, booth_ids: list[int]) -> None:
    if booth_ids:
        db.session.execute(insert(LayoutBooth), [{"layout_id": layout_id, "booth_id": one} for one in booth_ids])


@transaction
def change(actor: Actor, exhibition: Exhibition, layout_id: int, codes: Collection[str], seen: str) -> None:
    """Replace the booths that a draft opens.

    Raises NotFound, Refused ``changed_since`` (409) when somebody has changed it since it was shown,
    ``layout_published`` (409) for the published one (draft a copy instead), and ``booth_unknown`` (422).
    """
    layout = _layout(exhibition, layout_id, lock=True)
    if layout.published:
        message = _l("The published layout is not changed in place. Draft a copy, then publish that.")
        raise Refused("layout_published", message)
    before = _codes(layout.id)
    if " ".join(before) != seen:
        message = _l("Nothing was saved, because somebody else changed this layout. Look again.")
        raise Refused("changed_since", message)
    ids = _ids(exhibition, codes)
    db.session.execute(delete(LayoutBooth).where(LayoutBooth.layout_id == layout.id))
    _open(layout.id, ids)
    opened, closed = sorted(set(codes) - set(before)), sorted(set(before) - set(codes))
    record(actor, "layout.change", "layout", layout.id, name=layout.name, after={"opens": opened, "closes": closed})


@transaction
def remove(actor: Actor, exhibition: Exhibition, layout_id: int) -> None:
    """Delete a draft. Raises NotFound and Refused ``layout_published`` (409)."""
    layout = _layout(exhibition, layout_id, lock=True)
    if layout.published:
        raise Refused("layout_published", _l("The published layout cannot be thrown away."))
    record(actor, "layout.remove", "layout", layout.id, name=layout.name, before={"booths": list(_codes(layout.id))})
    db.session.delete(layout)


def consequences(exhibition: Exhibition, layout_id: int) -> Consequences:
    """What publishing this layout would change, and who is affected."""
    wanted = set(_codes(_layout(exhibition, layout_id).id))
    present = db.session.scalar(select(Layout.id).where(Layout.exhibition_id == exhibition.id, Layout.published))
    now = set(_codes(present)) if present else set()
    standing = {booth_id: name for who in holders for booth_id, name in who(exhibition).items()}
    codes = db.session.execute(select(Booth.id, Booth.code).where(Booth.id.in_(standing)).order_by(Booth.code))
    affected = [(row.code, standing[row.id]) for row in codes if row.code not in wanted]
    return Consequences(sorted(wanted - now), sorted(now - wanted), affected)


@transaction
def publish(actor: Actor, exhibition: Exhibition, layout_id: int, *, knowing: bool) -> Consequences:
    """Make this the published layout. ``knowing``: the organizer has seen whose booths it closes.

    Exhibitors in a booth that closes keep their claim, and are shown to the organizer until moved or released.
    Raises NotFound and Refused ``holders_affected`` (409) with their names.
    """
    layout = _layout(exhibition, layout_id, lock=True)
    what = consequences(exhibition, layout.id)
    if what.affected and not knowing:
        message = _l(
            "This layout closes booths that somebody has: %(names)s. Tick “I know it and will tell them.”",
            names=", ".join(f"{code} {name}" for code, name in what.affected),
        )
        raise Refused("holders_affected", message, field="knowing")
    others = update(Layout).where(Layout.exhibition_id == exhibition.id, Layout.id != layout.id)
    db.session.execute(others.values(published=False))
    db.session.execute(update(Layout).where(Layout.id == layout.id).values(published=True))
    after = {"opens": what.opens, "closes": what.closes, "affected": [code for code, _name in what.affected]}
    record(actor, "layout.publish", "layout", layout.id, name=layout.name, after=after)
    return what
