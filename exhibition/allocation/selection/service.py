"""Publishing the result of a selection: a document is made once, kept, and shown to everybody until it is withdrawn."""

from dataclasses import asdict
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.accounts.audit import Actor, record
from exhibition.allocation import service
from exhibition.allocation.models import AllocationProposal, ProposalState, PublishedSelection
from exhibition.allocation.proposals.earlier_editions import took_part
from exhibition.allocation.rules import KNOWN
from exhibition.allocation.selection.rules import FORMAT, SelectedApplication, outcome
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.upserts import add_or_change
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState, lot, seed_hash
from exhibition.venue.models import Exhibition


def published(exhibition: Exhibition) -> PublishedSelection | None:
    """The edition's published result."""
    return db.session.get(PublishedSelection, exhibition.id)


def require(exhibition: Exhibition) -> PublishedSelection:
    """The published result. Raises NotFound while there is none."""
    found = published(exhibition)
    if found is None:
        raise NotFound
    return found


def entries(document: dict[str, Any]) -> list[SelectedApplication]:
    """The applications of a document, in their order."""
    return [SelectedApplication.read(one) for one in document["applications"]]


def compiled(exhibition: Exhibition) -> dict[str, Any]:
    """The document as it would be published now: no names but those that the catalogue shows, no contacts.

    Before the draw there are no lots, and equal points share a rank.
    """
    call = calls.of(exhibition)
    rules = calls.point_rules(call)
    handed_in = db.session.scalars(
        select(Application).where(
            Application.exhibition_id == exhibition.id, Application.state != ApplicationState.DRAFT
        )
    ).all()
    scores = {one.reference: calls.total(rules, one) for one in handed_in}
    ranks = calls.ranks(call, scores)
    claims = {claim.exhibitor_id: claim for claim in service.claims(exhibition) if claim.state in KNOWN}
    spoken = applications.speaking(exhibition)
    speakers = {one.id for one in spoken.values()}
    codes, reasons = {booth.id: booth.code for booth in service.plan(exhibition)}, _reasons(exhibition)
    quotas, known = calls.quotas(call), took_part(exhibition)
    found: list[SelectedApplication] = []
    for one in handed_in:
        claim = claims.get(one.exhibitor_id or 0) if one.id in speakers else None
        facts = calls.claim(one)
        found.append(
            SelectedApplication(
                reference=one.reference,
                kind=one.kind.value,
                district=one.district,
                product_group=one.product_group,
                attended=facts.attended,
                in_cluster=facts.in_cluster,
                local=quotas.is_local(one.district),
                newcomer=bool(known) and one.exhibitor_id not in known,
                points=scores[one.reference],
                lot=lot(call.seed, one.reference) if call.drawn_at else "",
                rank=ranks[one.reference],
                outcome=outcome(one.state, has_booth=claim is not None),
                reason="" if claim else reasons.get(one.exhibitor_id or 0, ""),
                booth=codes.get(claim.booth_id, "") if claim and claim.confirmed else "",
                exhibitor=claim.exhibitor if claim and claim.confirmed else "",
            )
        )
    return {
        "format": FORMAT,
        "edition": {"slug": exhibition.slug, "name": exhibition.name},
        "rules": call.points,
        "quotas": quotas.document(),
        "lottery": {
            "seed_sha256": seed_hash(call.seed),
            "seed": call.seed if call.drawn_at else None,
            "drawn_at": call.drawn_at.isoformat() if call.drawn_at else None,
        },
        "applications": [asdict(one) for one in sorted(found, key=lambda one: (one.rank, one.reference))],
        "booths_without_application": len(claims.keys() - spoken.keys()),
    }


def _reasons(exhibition: Exhibition) -> dict[int, str]:
    """Why those without a booth have none, by the exhibitor's id: the codes of the proposal that was published last."""
    proposal = db.session.scalar(
        select(AllocationProposal)
        .where(AllocationProposal.exhibition_id == exhibition.id, AllocationProposal.state == ProposalState.PUBLISHED)
        .order_by(AllocationProposal.id.desc())
        .limit(1)
    )
    if proposal is None or proposal.plan is None:
        return {}
    unplaced: dict[str, str] = proposal.plan["unplaced"]
    return {
        exhibitor_id: unplaced[name].partition(":")[0]
        for name, exhibitor_id in proposal.exhibitors.items()
        if name in unplaced
    }


@transaction
def publish(actor: Actor, exhibition: Exhibition) -> PublishedSelection:
    """Publish the result as it is now, in place of an earlier one.

    Raises Refused ``lottery_not_drawn`` (409): before the draw nobody could check the order.
    """
    document: dict[str, Any] = compiled(exhibition) | {"published_at": clock.now().isoformat()}
    if document["lottery"]["seed"] is None:
        message = _l("Draw the lottery first: before that nobody can check the order of those with equal points.")
        raise Refused("lottery_not_drawn", message)
    if not document["applications"]:
        raise Refused("nothing_to_publish", _l("There are no applications yet, so there is nothing to publish."))
    values = {"document": document, "published_at": clock.now(), "published_by": actor.name}
    add_or_change(db.session.connection(), PublishedSelection, {"exhibition_id": exhibition.id}, values, values)
    placed = sum(one["outcome"] == "booth" for one in document["applications"])
    after = {"applications": len(document["applications"]), "with_booth": placed}
    record(actor, "selection.publish", "exhibition", exhibition.id, name=exhibition.name, after=after)
    found = require(exhibition)
    db.session.refresh(found)  # it was written beside the session
    return found


@transaction
def withdraw(actor: Actor, exhibition: Exhibition) -> None:
    """Show the result to nobody any more. Raises Refused ``selection_not_published`` (409)."""
    found = published(exhibition)
    if found is None:
        raise Refused("selection_not_published", _l("The result is not published."))
    db.session.delete(found)
    record(actor, "selection.withdraw", "exhibition", exhibition.id, name=exhibition.name)
