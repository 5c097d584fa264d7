"""The edition's call for applications: whether it is open, what earns points, and the lottery that breaks ties.

The lottery's seed is made with the call; its hash is published before anybody knows which applications will tie.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.upserts import add_missing
from exhibition.exhibitors.models import Application, ApplicationCall, Exhibitor
from exhibition.exhibitors.rules import application_steps
from exhibition.exhibitors.rules.quotas import CallQuotas, QuotaSubject
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.venue.service import local_day

SEED_BYTES = 24
DEFAULT_POINTS = application_steps.PointRules(
    kinds={"umkm": 10, "cooperative": 10}, first_time=5, attended=0, cluster=5
)
"""The default: most for small businesses, some for newcomers and clusters. The organizer can change it."""


def of(exhibition: Exhibition) -> ApplicationCall:
    """The edition's call; created with a new seed on first use."""
    call = db.session.get(ApplicationCall, exhibition.id)
    return call if call is not None else _make(exhibition.id)


@transaction
def _make(exhibition_id: int) -> ApplicationCall:
    values = {
        "exhibition_id": exhibition_id,
        "open": True,
        "points": asdict(DEFAULT_POINTS),
        "seed": secrets.token_urlsafe(SEED_BYTES),
    }
    add_missing(db.session.connection(), ApplicationCall, [values])
    return db.session.get_one(ApplicationCall, exhibition_id)


def take_over(source: Exhibition, target: Exhibition) -> None:
    """Give a new edition the points and quotas of another's call, if that has one; the lottery is its own.

    A step of making an edition, inside its transaction.
    """
    earlier = db.session.get(ApplicationCall, source.id)
    if earlier is not None:
        db.session.add(
            ApplicationCall(
                exhibition_id=target.id,
                points=earlier.points,
                quotas=earlier.quotas,
                seed=secrets.token_urlsafe(SEED_BYTES),
            )
        )


def takes_applications(exhibition: Exhibition, call: ApplicationCall) -> bool:
    """Whether people may begin, change or submit an application today.

    For a fair that will not take place nobody may.
    """
    if exhibition.state in (EditionState.CALLED_OFF, EditionState.ARCHIVED):
        return False
    today = local_day(exhibition, clock.now())
    return call.open and today <= (call.closes_on or exhibition.ends_on)


def require_open(exhibition: Exhibition) -> None:
    """Raise Refused ``applications_closed`` (409) when no applications are taken."""
    if not takes_applications(exhibition, of(exhibition)):
        raise Refused("applications_closed", _l("Applications for this fair are closed. Please ask the organizers."))


def point_rules(call: ApplicationCall) -> application_steps.PointRules:
    return application_steps.PointRules(**call.points)


def claim(application: Application) -> application_steps.PointsClaim:
    """The facts of an application that may earn points."""
    in_cluster = application.cluster_id is not None
    return application_steps.PointsClaim(application.kind, application.district, application.attended, in_cluster)


def breakdown(
    point_rules: application_steps.PointRules, application: Application
) -> list[tuple[application_steps.Ground, int]]:
    """The points of an application, ground by ground."""
    return application_steps.points(point_rules, claim(application))


def total(point_rules: application_steps.PointRules, application: Application) -> int:
    """The priority points of an application; a proposal uses them as its weight."""
    return worth(point_rules, claim(application))


def worth(point_rules: application_steps.PointRules, claim: application_steps.PointsClaim) -> int:
    """The priority points that a claim earns."""
    return sum(worth for _ground, worth in application_steps.points(point_rules, claim))


def unasked(point_rules: application_steps.PointRules, exhibitor: Exhibitor) -> int:
    """The points of an exhibitor without an application, from known facts only; unknown ones earn nothing."""
    known = replace(point_rules, first_time=0)
    return worth(
        known,
        application_steps.PointsClaim(
            exhibitor.kind, exhibitor.district, attended=False, in_cluster=exhibitor.cluster_id is not None
        ),
    )


def lots(call: ApplicationCall, applications: Collection[Application]) -> dict[str, float]:
    """What the lottery adds to the points, by reference: below 0.5, more for a smaller lot; empty before the draw."""
    if call.drawn_at is None:
        return {}
    order = sorted(
        (one.reference for one in applications), key=lambda reference: application_steps.lot(call.seed, reference)
    )
    return {reference: 0.5 * (1 - place / len(order)) for place, reference in enumerate(order, start=1)}


def ranks(call: ApplicationCall, scores: Mapping[str, int]) -> dict[str, int]:
    """The rank of each application, from 1, by reference: by the given points, then by lot.

    Before the draw applications with equal points share a rank, so that nobody learns an unpublished order.
    """
    if call.drawn_at is not None:
        return {
            reference: place for place, reference in enumerate(application_steps.ranking(call.seed, scores), start=1)
        }
    ordered = sorted(scores.values(), reverse=True)
    places = {score: place for place, score in reversed(list(enumerate(ordered, start=1)))}
    return {reference: places[score] for reference, score in scores.items()}


@transaction
def change(
    actor: Actor, exhibition: Exhibition, *, is_open: bool, closes_on: date | None, points: application_steps.PointRules
) -> None:
    """Replace the rules. Raises Refused ``lottery_drawn`` (409) when points are changed after the draw."""
    call = of(exhibition)
    before = {"open": call.open, "closes_on": call.closes_on and call.closes_on.isoformat(), "points": call.points}
    after = {"open": is_open, "closes_on": closes_on and closes_on.isoformat(), "points": asdict(points)}
    if before == after:
        return
    if call.drawn_at is not None and before["points"] != after["points"]:
        message = _l("The lottery is drawn: the points stay as they are, so that its order means something.")
        raise Refused("lottery_drawn", message)
    call.open, call.closes_on, call.points = is_open, closes_on, asdict(points)
    record(actor, "call.edit", "exhibition", exhibition.id, name=exhibition.name, before=before, after=after)


def quotas(call: ApplicationCall) -> CallQuotas:
    return CallQuotas.read(call.quotas)


@transaction
def set_quotas(actor: Actor, exhibition: Exhibition, wanted: CallQuotas) -> None:
    """Replace the quotas. Raises Refused ``lottery_drawn`` (409) after the draw, and ``districts_missing`` (422) for a
    quota of the regency without its districts.
    """
    call = of(exhibition)
    before, after = call.quotas, wanted.document()
    if CallQuotas.read(before) == wanted:
        return
    if call.drawn_at is not None:
        message = _l("The lottery is drawn: the quotas stay as they are, so that nobody can fit them to the order.")
        raise Refused("lottery_drawn", message)
    if QuotaSubject.LOCAL in wanted.shares and not wanted.districts:
        message = _l("Name the districts of the regency: without them nobody is from there.")
        raise Refused("districts_missing", message, status=422, field="districts")
    call.quotas = after
    record(actor, "call.quotas", "exhibition", exhibition.id, name=exhibition.name, before=before, after=after)


@transaction
def draw(actor: Actor, exhibition: Exhibition) -> None:
    """Publish the lottery's seed. Raises Refused ``lottery_drawn`` (409) when it is published already."""
    call = of(exhibition)
    drawn = update(ApplicationCall).where(
        ApplicationCall.exhibition_id == exhibition.id, ApplicationCall.drawn_at.is_(None)
    )
    if not db.session.execute(drawn.values(drawn_at=clock.now())).rowcount:  # pyright: ignore[reportAttributeAccessIssue] an UPDATE has it
        raise Refused("lottery_drawn", _l("The lottery is drawn already."))
    db.session.refresh(call)
    record(actor, "call.draw", "exhibition", exhibition.id, name=exhibition.name, after={"seed": call.seed})
