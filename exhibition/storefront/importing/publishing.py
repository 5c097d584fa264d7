"""From an import run's rows to the shop's page, all in one transaction or not at all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import func, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import after_commit, db, transaction
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import moderation
from exhibition.storefront.importing import picture_copies
from exhibition.storefront.importing.kept_listings import shown
from exhibition.storefront.models import ImportRow, ImportRun, ImportSource, Listing, Review, RunOrigin, RunState
from exhibition.storefront.rules import seller_input
from exhibition.storefront.rules.differences import Values, identity
from exhibition.storefront.rules.states import Availability, ListingChange, ListingSource

READ_AGAIN = timedelta(hours=12)
"""How long after a reading the shop is read again on schedule."""
RUPIAH = "IDR"
TEXTS = ("title", "description", "link", "image")
"""What an organizer reviews; a new price alone needs no approval."""


@dataclass(frozen=True)
class Outcome:
    """The number of listings that publishing changed, by kind. ``skipped`` were changed by hand meanwhile, or did not
    fit.
    """

    new: int = 0
    changed: int = 0
    gone: int = 0
    skipped: int = 0


@transaction
def publish(
    actor: Actor,
    run_id: int,
    taken: Collection[int] | None,
    *,
    organizer: bool,
    ends_as: RunState = RunState.PUBLISHED,
) -> Outcome | None:
    """Put a run that is in preview onto the shop's page; None when it is not in preview (any more).

    ``taken`` are the ids of the rows to publish; None publishes all but those that a person has changed here. Pictures
    are copied by a job; a command copies them itself.
    """
    claim = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state == RunState.PREVIEW)
    claim = claim.values(state=ends_as, finished_at=clock.now(), touched_at=clock.now())
    if db.session.connection().execute(claim).rowcount != 1:
        return None
    run = db.session.get_one(ImportRun, run_id, populate_existing=True)
    exhibitor = db.session.get_one(Exhibitor, run.exhibitor_id)
    work = _Publishing(exhibitor, moderation.judge_of(exhibitor), organizer=organizer)
    source = db.session.get(ImportSource, run.exhibitor_id)
    declined = source.declined if source and run.origin is RunOrigin.SCHEDULE else []
    untaken: list[str] = []
    for row in run.rows:
        wanted = _goes_by_itself(row, declined) if taken is None else row.id in taken
        if row.change is ListingChange.SAME or wanted:
            work.take(row)
        elif row.change is ListingChange.KEPT:
            work.keep(row)
        else:
            untaken.append(identity(cast("Values", row.after or row.before)))
    work.place(run.rows)
    outcome = work.outcome()
    _remember_source(run, declined=untaken, complete=not untaken and outcome.skipped == 0)
    told = {"new": outcome.new, "changed": outcome.changed, "gone": outcome.gone, "from": run.address or run.file_name}
    record(actor, "listing.import", "exhibitor", exhibitor.id, name=exhibitor.name, after=told)
    if run.origin is not RunOrigin.COMMAND:
        after_commit(picture_copies.copy_pictures)
    return outcome


class _Publishing:
    """Publishes one row after the other in the open transaction."""

    def __init__(self, exhibitor: Exhibitor, judge: moderation.Judge, *, organizer: bool) -> None:
        self.exhibitor, self.judge, self.organizer = exhibitor, judge, organizer
        self.listings: dict[int, Listing] = {}
        statement = select(Listing).where(Listing.exhibitor_id == exhibitor.id)
        self.present = {listing.id: listing for listing in db.session.scalars(statement)}
        self.room = seller_input.MAX_LISTINGS - sum(listing.gone_at is None for listing in self.present.values())
        self.counts: dict[ListingChange | None, int] = {}

    def take(self, row: ImportRow) -> None:
        done = self._taken(row)
        self.counts[row.change if done else None] = self.counts.get(row.change if done else None, 0) + 1

    def _taken(self, row: ImportRow) -> bool:
        if row.change is ListingChange.NEW:
            return self._add(row)
        listing = self.present.get(row.listing_id or 0)
        if listing is None or (row.change is not ListingChange.SAME and shown(listing) != row.before):
            return False
        if row.change is ListingChange.GONE:
            listing.gone_at = clock.now()
            moderation.settle(listing)
            self.room += 1
            return True
        self.listings[row.id] = listing
        if row.change is ListingChange.SAME:
            self._confirm(listing, cast("Values", row.after))
            return True
        self._fill(listing, cast("Values", row.after), row.price)
        return True

    def _add(self, row: ImportRow) -> bool:
        values = cast("Values", row.after)
        twin = values["external_id"] and any(
            listing.external_id == values["external_id"] for listing in self.present.values()
        )
        if self.room <= 0 or twin:
            return False
        self.room -= 1
        listing = Listing(
            exhibitor_id=self.exhibitor.id,
            title="",
            availability=Availability.UNKNOWN,
            review=Review.WAITING,
            published=False,
        )
        self._fill(listing, values, row.price)
        db.session.add(listing)
        db.session.flush()
        self.listings[row.id] = self.present[listing.id] = listing
        row.listing_id = listing.id
        return True

    def _fill(self, listing: Listing, values: Values, price: int | None) -> None:
        """Set the listing to the shop's values; text that is new to the organizer is reviewed again.

        A ``price`` in rupiah that a person has typed takes the place of the shop's, as any change made here does.
        """
        before = {**shown(listing), "image": (listing.imported or {}).get("image", "")}
        self.room -= listing.gone_at is not None
        listing.title, listing.description, listing.link = values["title"], values["description"], values["link"]
        listing.price, listing.currency = values["price"], values["currency"]
        listing.sale_price, listing.availability = values["sale_price"], Availability(values["availability"])
        if values["image"] != before["image"]:
            listing.picture_address, listing.picture_tries = values["image"], 0
            listing.picture_key = listing.picture_key if values["image"] else None
        if price is not None:
            listing.price, listing.currency, listing.sale_price = price, RUPIAH, None
        listing.edited, listing.gone_at, listing.price_at = price is not None, None, clock.now()
        listing.source, listing.imported = ListingSource.IMPORT, dict(values)
        listing.external_id = self._identity(listing, values)
        if listing.id is None or any(values[name] != before[name] for name in TEXTS):
            self.judge.apply(listing, organizer=self.organizer)
        else:
            moderation.settle(listing)

    def _confirm(self, listing: Listing, values: Values) -> None:
        """The shop still says the same: only the date beside the price changes."""
        adopted = {"source": ListingSource.IMPORT, "imported": dict(values), "price_at": clock.now()}
        identity = self._identity(listing, values)
        statement = update(Listing).where(Listing.id == listing.id).execution_options(synchronize_session=False)
        db.session.execute(statement.values(**adopted, external_id=identity, updated_at=Listing.updated_at))

    def _identity(self, listing: Listing, values: Values) -> str | None:
        """The shop's id, unless another listing has it."""
        wanted = values["external_id"]
        taken = any(one.external_id == wanted and one is not listing for one in self.present.values())
        return listing.external_id if taken else wanted

    def keep(self, row: ImportRow) -> None:
        """A person's text stays; the shop's is remembered, so that the question comes up again only when the shop
        changes it.
        """
        listing = self.present.get(row.listing_id or 0)
        if listing is not None:
            values = cast("Values", row.after)
            listing.imported, listing.source, listing.edited = dict(values), ListingSource.IMPORT, True
            listing.external_id = self._identity(listing, values)

    def place(self, rows: Collection[ImportRow]) -> None:
        """New listings stand behind those that are there, in the shop's order."""
        last = db.session.scalar(
            select(func.max(Listing.position)).where(
                Listing.exhibitor_id == self.exhibitor.id,
                Listing.id.not_in([self.listings[row.id].id for row in self._new(rows)]),
            )
        )
        for position, row in enumerate(self._new(rows), 0 if last is None else last + 1):
            self.listings[row.id].position = position

    def _new(self, rows: Collection[ImportRow]) -> list[ImportRow]:
        return [row for row in rows if row.change is ListingChange.NEW and row.id in self.listings]

    def outcome(self) -> Outcome:
        count = self.counts.get
        return Outcome(
            count(ListingChange.NEW, 0),
            count(ListingChange.CHANGED, 0) + count(ListingChange.KEPT, 0),
            count(ListingChange.GONE, 0),
            count(None, 0),
        )


def _goes_by_itself(row: ImportRow, declined: Collection[str]) -> bool:
    """Whether a row is published without a person: not where it would replace a person's text or bring back a declined
    product.
    """
    unwanted = row.change is ListingChange.NEW and identity(cast("Values", row.after)) in declined
    return row.change is not ListingChange.KEPT and not unwanted


@transaction
def decline(exhibitor_id: int, listing: Listing) -> None:
    """Remember that a person has deleted an imported listing, so that no scheduled reading brings it back."""
    source = db.session.get(ImportSource, exhibitor_id)
    if source is not None and listing.imported is not None:
        source.declined = [*source.declined, identity(cast("Values", listing.imported))]


def _remember_source(run: ImportRun, *, declined: list[str], complete: bool) -> None:
    """Read the address on schedule from now on; the shop may answer "unchanged" only if all of it is here."""
    if not run.address:
        return
    products = sum(row.after is not None for row in run.rows)
    source = db.session.get(ImportSource, run.exhibitor_id) or ImportSource(exhibitor_id=run.exhibitor_id)
    source.address, source.currency, source.products = run.address, run.currency, products
    source.declined = declined
    source.etag = run.etag if complete else None
    source.last_modified = run.last_modified if complete else None
    source.read_at, source.next_at = clock.now(), clock.now() + READ_AGAIN
    db.session.add(source)
