"""An edition's applications as organizers look at them: filtered, ranked, decided in bulk, taken out as a table."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.accounts.audit import Actor
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.i18n import moment_text
from exhibition.core.paging import PAGE_SIZE, Page
from exhibition.core.spreadsheets import Cell
from exhibition.exhibitors import application_texts, applications, calls, duplicates
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules import ApplicationState, Party, Step
from exhibition.venue.models import Exhibition

MOST_IN_BULK = 500
RANK, NEWEST, NAME = "rank", "newest", "name"
ORDERS: dict[str, Callable[["Line"], tuple[object, ...]]] = {
    RANK: lambda line: (line.rank, line.application.reference),
    NEWEST: lambda line: (-line.application.id,),
    NAME: lambda line: (line.application.name.casefold(), line.application.id),
}


@dataclass(frozen=True)
class Line:
    """One application in the list. Equal points share a rank until the lottery is drawn."""

    application: Application
    points: int
    rank: int
    duplicate: bool
    incomplete: bool


@dataclass(frozen=True)
class Filter:
    """What the list shows; ``state`` none is all that are handed in or decided, drafts only when asked for."""

    state: ApplicationState | None = None
    words: str = ""
    duplicates: bool = False
    order: str = RANK


def lines(exhibition: Exhibition, wanted: Filter) -> list[Line]:
    """The applications asked for, in the order asked for; ranks are among all that are handed in."""
    statement = select(Application).where(Application.exhibition_id == exhibition.id).order_by(Application.id)
    everything = list(db.session.scalars(statement))
    call = calls.of(exhibition)
    rules = calls.point_rules(call)
    ranks = calls.ranks(call, [one for one in everything if one.state is not ApplicationState.DRAFT])
    alike = duplicates.among(everything)
    last = len(everything) + 1
    found = [
        Line(
            one,
            calls.total(rules, one),
            ranks.get(one.reference, last),
            one.id in alike,
            one.state is ApplicationState.DRAFT or bool(applications.missing(one)),
        )
        for one in everything
        if _wanted(one, wanted) and not (wanted.duplicates and one.id not in alike)
    ]
    return sorted(found, key=ORDERS.get(wanted.order, ORDERS[RANK]))


def _wanted(application: Application, wanted: Filter) -> bool:
    if wanted.state is not None and application.state is not wanted.state:
        return False
    if wanted.state is None and application.state is ApplicationState.DRAFT and not wanted.duplicates:
        return False
    words = wanted.words.casefold()
    told = (application.name, application.reference, application.product_group, application.district)
    told += (application.contact_name, application.email, application.phone, application.nib)
    return not words or any(words in text.casefold() for text in told)


def page(found: Sequence[Line], number: int) -> Page[Line]:
    """One page of the list."""
    first = (number - 1) * PAGE_SIZE
    return Page(found[first : first + PAGE_SIZE], number, len(found) > first + PAGE_SIZE)


@dataclass(frozen=True)
class Bulk:
    """How many took the step, and the names of those that could not."""

    done: int
    refused: list[str]


@transaction
def decide(actor: Actor, exhibition: Exhibition, ids: Collection[int], step: Step, note: str = "") -> Bulk:
    """Take one step with many; those that have moved on meanwhile stay as they are and are named.

    Raises Refused ``nothing_ticked`` (422).
    """
    chosen = list(dict.fromkeys(ids))[:MOST_IN_BULK]
    if not chosen:
        raise Refused("nothing_ticked", _l("Tick at least one application."), status=422, field="application")
    done, refused = 0, []
    for id_ in chosen:
        application = applications.get(exhibition, id_)
        try:
            applications.take(actor, Party.ORGANIZER, id_, step, note=note)
        except Refused as said:
            if said.code != "application_step":
                raise
            refused.append(application.name)
        else:
            done += 1
    return Bulk(done, refused)


COLUMNS = (
    _l("Reference"),
    _l("Business"),
    _l("State"),
    _l("Rank"),
    _l("Points"),
    _l("Kind"),
    _l("Contact person"),
    _l("Phone"),
    _l("E-mail"),
    _l("Product group"),
    _l("District"),
    _l("Cluster"),
    _l("Attended before"),
    _l("NIB"),
    _l("P-IRT"),
    _l("Halal"),
    _l("Power (VA)"),
    _l("Water"),
    _l("Accessible"),
    _l("Zone wishes"),
    _l("Booth wishes"),
    _l("Near"),
    _l("Avoid"),
    _l("Would share"),
    _l("Online shop"),
    _l("Description"),
    _l("Files"),
    _l("Possible duplicate"),
    _l("Handed in"),
)


def rows(found: Sequence[Line], timezone: str) -> list[list[Cell]]:
    """One row for each application, in the order of the list."""
    yes, no = str(_l("yes")), str(_l("no"))
    table: list[list[Cell]] = []
    for line in found:
        one = line.application
        row: list[Cell] = [one.reference, one.name, str(application_texts.STATES[one.state]), line.rank, line.points]
        row += [one.kind.value, one.contact_name, one.phone, one.email, one.product_group, one.district]
        row += [one.cluster.name if one.cluster else "", yes if one.attended else no, one.nib, one.pirt, one.halal]
        row += [one.power_va, yes if one.water else no, yes if one.accessible else no]
        row += [", ".join(names) for names in (one.zone_wishes, one.wishes, one.near, one.avoid)]
        row += [yes if one.share else no, one.storefront_url, one.description, len(one.documents)]
        row += [yes if line.duplicate else no, moment_text(one.submitted_at, timezone) if one.submitted_at else ""]
        table.append(row)
    return table
