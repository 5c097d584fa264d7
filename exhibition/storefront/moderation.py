"""Which listings are shown: those of trusted exhibitors at once, others after an organizer's approval; reports by
visitors.

Only an organizer approves. Words on the edition's list make anybody's listing wait.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.models import Listing, ListingReport, ReportReason, Review
from exhibition.storefront.rules.forbidden_words import forbidden_in, words_of
from exhibition.storefront.rules.seller_input import ListingFault, Unreadable, plain_text
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState

MAX_WORDS = 10_000
MAX_NOTE = 200
MAX_REPORT = 500


@dataclass(frozen=True)
class Judge:
    """Reviews listings of one exhibitor: an organizer's text is approved at once, others' depends on trust and
    forbidden words.
    """

    trusted: bool
    words: tuple[str, ...]

    def review(self, title: str, description: str, *, organizer: bool = False) -> tuple[Review, str]:
        """The review of a new or changed text, with the forbidden word that was found."""
        word = None if organizer else forbidden_in(f"{title}\n{description}", list(self.words))
        approved = organizer or (self.trusted and word is None)
        return (Review.APPROVED if approved else Review.WAITING), (word or "")[:MAX_NOTE]

    def apply(self, listing: Listing, *, organizer: bool = False) -> None:
        """Review the listing's present text, and show or hide it accordingly. A refused one waits to be looked at
        again.
        """
        was_refused = listing.review is Review.REFUSED
        listing.review, listing.review_note = self.review(listing.title, listing.description, organizer=organizer)
        if was_refused and not organizer:
            listing.review = Review.WAITING
        settle(listing)


def settle(listing: Listing) -> None:
    """Show the listing if it is approved and still in the shop, else hide it."""
    listing.published = listing.review is Review.APPROVED and listing.gone_at is None


def forbidden_words() -> list[str]:
    """The words of every edition that is not archived: a listing is shown at all of them."""
    texts = db.session.scalars(select(Exhibition.forbidden_words).where(Exhibition.state != EditionState.ARCHIVED))
    return sorted({word for text in texts for word in words_of(text)})


def judge_of(exhibitor: Exhibitor) -> Judge:
    return Judge(exhibitor.trusted, tuple(forbidden_words()))


@dataclass(frozen=True)
class Waiting:
    listing: Listing
    exhibitor: Exhibitor


def _waits() -> ColumnElement[bool]:
    return and_(Listing.review == Review.WAITING, Listing.gone_at.is_(None))


def how_many_wait() -> ScalarSelect[int]:
    """The number of listings that wait for an organizer, as a part of another statement."""
    return select(func.count(Listing.id)).where(_waits()).scalar_subquery()


def waiting() -> list[Waiting]:
    """Everything that waits for an organizer, by exhibitor, oldest first."""
    statement = (
        select(Listing, Exhibitor)
        .join(Exhibitor, Exhibitor.id == Listing.exhibitor_id)
        .where(_waits())
        .order_by(Exhibitor.name, Listing.position, Listing.id)
    )
    return [Waiting(*row) for row in db.session.execute(statement)]


@transaction
def decide(actor: Actor, listing_ids: Collection[int], *, approve: bool, note: str = "") -> int:
    """Approve or refuse listings together; returns how many changed. Raises Refused (422) with ``note`` named."""
    review = Review.APPROVED if approve else Review.REFUSED
    statement = select(Listing).where(Listing.id.in_(listing_ids), Listing.review != review).order_by(Listing.id)
    changed = 0
    for listing in db.session.scalars(statement.with_for_update()):
        before = listing.review
        listing.review, listing.review_note = review, "" if approve else _note(note, MAX_NOTE)
        settle(listing)
        changed += 1
        told: dict[str, Any] = {"review": review, "note": listing.review_note}
        verb = "listing.approve" if approve else "listing.refuse"
        record(actor, verb, "listing", listing.id, name=listing.title, before={"review": before}, after=told)
    if not approve:
        _close_reports(actor, ListingReport.listing_id.in_(listing_ids))
    return changed


def _note(text: str, limit: int, field: str = "note") -> str:
    try:
        return plain_text(text, limit)
    except Unreadable as error:
        message = {
            ListingFault.TOO_LONG: _l("This is too long."),
            ListingFault.UNPRINTABLE: _l("This contains characters that cannot be shown. Type it again by hand."),
        }[error.fault]
        raise Refused(error.fault.value, message, status=422, field=field) from error


@transaction
def set_trust(actor: Actor, slug: str, *, trusted: bool) -> Exhibitor:
    """Let an exhibitor's listings appear at once, or no longer. Listings that are shown or wait stay as they are.

    Raises NotFound.
    """
    exhibitor = db.session.scalar(select(Exhibitor).where(Exhibitor.slug == slug)) if "\0" not in slug else None
    if exhibitor is None:
        raise NotFound
    if exhibitor.trusted != trusted:
        was, exhibitor.trusted = exhibitor.trusted, trusted
        told = {"trusted": trusted}
        record(
            actor,
            "exhibitor.trust",
            "exhibitor",
            exhibitor.id,
            name=exhibitor.name,
            before={"trusted": was},
            after=told,
        )
    return exhibitor


@transaction
def set_words(actor: Actor, exhibition: Exhibition, text: str) -> int:
    """Replace the edition's list of forbidden words. Shown listings that contain one wait now; returns how many.

    Raises Refused ``too_long`` (422, field ``words``).
    """
    if len(text) > MAX_WORDS:
        raise Refused("too_long", _l("This is too long."), status=422, field="words")
    words = [_note(word, MAX_NOTE, "words") for word in words_of(text.replace("\r", ""))]
    before, exhibition.forbidden_words = exhibition.forbidden_words, "\n".join(words)
    if before != exhibition.forbidden_words:
        told = {"forbidden_words": words}
        record(actor, "exhibition.words", "exhibition", exhibition.id, name=exhibition.name, after=told)
    held = 0
    new = [word for word in words if word not in words_of(before)]
    for listing in db.session.scalars(select(Listing).where(Listing.published)) if new else ():
        if word := forbidden_in(f"{listing.title}\n{listing.description}", new):
            listing.review, listing.review_note = Review.WAITING, word
            settle(listing)
            held += 1
    return held


@transaction
def report(listing_id: int, reason: str, note: str) -> None:
    """Store a visitor's report about a shown listing. Raises NotFound, and Refused (422) with the field named."""
    published = db.session.scalar(select(Listing.id).where(Listing.id == listing_id, Listing.published))
    if published is None:
        raise NotFound
    if reason not in set(ReportReason):
        raise Refused("choice", _l("Choose one of the answers."), status=422, field="reason")
    db.session.add(ListingReport(listing_id=listing_id, reason=ReportReason(reason), note=_note(note, MAX_REPORT)))


@dataclass(frozen=True)
class Reported:
    """A listing with its reports by visitors."""

    listing: Listing
    exhibitor: Exhibitor
    reports: list[ListingReport]


def reported() -> list[Reported]:
    """Listings with open reports, most reports first."""
    statement = (
        select(ListingReport, Listing, Exhibitor)
        .join(Listing, Listing.id == ListingReport.listing_id)
        .join(Exhibitor, Exhibitor.id == Listing.exhibitor_id)
        .where(ListingReport.closed_at.is_(None))
        .order_by(ListingReport.id)
    )
    found: dict[int, Reported] = {}
    for one, listing, exhibitor in db.session.execute(statement):
        found.setdefault(listing.id, Reported(listing, exhibitor, [])).reports.append(one)
    return sorted(found.values(), key=lambda one: -len(one.reports))


@transaction
def dismiss(actor: Actor, listing_ids: Collection[int]) -> int:
    """Close the listings' reports and leave them as they are; returns how many reports there were."""
    return _close_reports(actor, ListingReport.listing_id.in_(listing_ids))


def _close_reports(actor: Actor, which: Any) -> int:
    statement = update(ListingReport).where(which, ListingReport.closed_at.is_(None))
    statement = statement.values(closed_at=clock.now(), closed_by=actor.name[:120])
    return db.session.connection().execute(statement).rowcount


@dataclass(frozen=True)
class Open:
    """How many listings and reports wait for an organizer."""

    waiting: int
    reported: int


def open_work() -> Open:
    held = select(func.count()).select_from(Listing).where(Listing.review == Review.WAITING, Listing.gone_at.is_(None))
    told = select(func.count(ListingReport.listing_id.distinct())).where(ListingReport.closed_at.is_(None))
    return Open(db.session.scalar(held) or 0, db.session.scalar(told) or 0)
