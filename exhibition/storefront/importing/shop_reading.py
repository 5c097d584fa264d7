"""The reading of a shop, done by jobs: fetched, compared with the present listings, then previewed or published.

A run belongs to the job that takes it from ``waiting`` to ``reading``, so a job that runs twice reads once. Nothing is
shown before the last transaction, so a run that is cancelled, killed or fails leaves the page as it was.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, exists, func, select, update

from exhibition.accounts.audit import Actor
from exhibition.core import clock
from exhibition.core.db import after_commit, db, transaction
from exhibition.core.errors import Refused
from exhibition.core.jobs import job
from exhibition.storefront.fetching import user_agent
from exhibition.storefront.importing import publishing
from exhibition.storefront.importing.discovery import ShopVisit, visit
from exhibition.storefront.importing.kept_listings import known
from exhibition.storefront.importing.reading_apart import read
from exhibition.storefront.models import ImportRow, ImportRun, ImportSource, Listing, RunOrigin, RunState
from exhibition.storefront.reading import ReadingProblem, ShopListing, ShopReading, SourceKind
from exhibition.storefront.reading.listing import MEANING
from exhibition.storefront.rules.differences import compare
from exhibition.storefront.rules.doubts import doubtful
from exhibition.storefront.rules.fetching import FetchFailed
from exhibition.storefront.rules.states import ListingChange

if TYPE_CHECKING:
    from exhibition.storefront.fetching.fetcher import Fetcher

log = logging.getLogger(__name__)

SILENT_FOR = timedelta(minutes=10)
"""A job that has recorded nothing for so long was killed."""
PREVIEW_FOR = timedelta(days=7)
ROWS_FOR = timedelta(days=30)
AGAIN_AFTER_FAILURE = timedelta(hours=6)
LONGEST_STATED = 40
MANY = 3
"""On its own, a reading removes at most this many listings, or half of them; more needs a person to look."""
SCHEDULE = Actor(None, "scheduled reading")
INTERNAL = "internal"
"""The failure of a run that ended by a fault of ours; the log has its traceback."""


class Cancelled(Exception):
    """Somebody has cancelled the run that is being read."""


@dataclass(frozen=True)
class RunInHand:
    """A run that is being read."""

    id: int
    exhibitor_id: int
    origin: RunOrigin
    address: str
    content: bytes | None
    currency: str
    started_by: Actor
    etag: str | None
    last_modified: str | None


def enqueue(run_id: int) -> None:
    """Have a job read the run's shop once the open transaction is committed."""
    after_commit(lambda: read_shop(run_id))


@job()
def read_shop(run_id: int) -> None:
    """Read the shop of a waiting run."""
    work(run_id, user_agent.fetcher())


def work(run_id: int, fetcher: "Fetcher") -> None:
    """Read a waiting run to its end; does nothing when it is not waiting (any more)."""
    claim = _claim(run_id)
    if claim is None:
        return
    db.session.rollback()  # no transaction stays open while a shop takes its time
    try:
        visited = _visit(claim, fetcher)
        if visited.reading is None:
            _unchanged(claim)
        elif not visited.reading.listings:
            _nothing(claim, visited.reading)
        elif _preview(claim, visited.reading, visited):
            _go_on(claim)
    except Cancelled:
        return
    except FetchFailed as failed:
        _fail(run_id, failed.code)
    except Refused as refused:  # the child process that read a file or an answer died, or had no turn
        _fail(run_id, refused.code)
    except Exception:
        log.exception("import run %s failed", run_id)
        _fail(run_id, INTERNAL)


@transaction
def _claim(run_id: int) -> RunInHand | None:
    statement = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state == RunState.WAITING)
    statement = statement.values(state=RunState.READING, touched_at=clock.now())
    if db.session.connection().execute(statement).rowcount != 1:
        return None
    run = db.session.get_one(ImportRun, run_id, populate_existing=True)
    source = db.session.get(ImportSource, run.exhibitor_id)
    usable = source is not None and _is_all_here(source, run)
    etag, last_modified = (source.etag, source.last_modified) if source and usable else (None, None)
    content = run.content
    run.content = None
    started_by = SCHEDULE if run.origin is RunOrigin.SCHEDULE else Actor(run.started_by_id, run.started_by_name)
    return RunInHand(
        run.id, run.exhibitor_id, run.origin, run.address, content, run.currency, started_by, etag, last_modified
    )


def _is_all_here(source: ImportSource, run: ImportRun) -> bool:
    """Whether "unchanged" from the shop would mean that nothing changes here: same address, and nobody has edited the
    listings.
    """
    untouched = select(func.count()).select_from(Listing)
    untouched = untouched.where(
        Listing.exhibitor_id == run.exhibitor_id,
        Listing.external_id.is_not(None) | Listing.imported.is_not(None),
        Listing.gone_at.is_(None),
        ~Listing.edited,
    )
    same = (source.address, source.currency) == (run.address, run.currency)
    return same and db.session.scalar(untouched) == source.products


def _visit(claim: RunInHand, fetcher: "Fetcher") -> ShopVisit:
    currency = claim.currency or None
    if claim.content is not None:
        return ShopVisit(read(claim.content, currency=currency))
    return visit(
        claim.address,
        fetcher,
        currency=currency,
        etag=claim.etag,
        last_modified=claim.last_modified,
        on_page=lambda done, total: _on_the_way(claim.id, done, total),
    )


@transaction
def _on_the_way(run_id: int, done: int, total: int | None) -> None:
    """Record progress and that the job is alive; raises Cancelled when the run was cancelled.

    Where a shop does not say how many products it has, ``total`` equals the number done.
    """
    statement = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state == RunState.READING)
    statement = statement.values(touched_at=clock.now(), done=done, total=max(done, total or 0))
    if db.session.connection().execute(statement).rowcount != 1:
        raise Cancelled


def _finish(run_id: int, state: RunState, *, before: Collection[RunState] = (RunState.READING,), **values: Any) -> bool:
    """End the reading within the open transaction; False when it was cancelled."""
    statement = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state.in_(before))
    finished = None if state is RunState.PREVIEW else clock.now()
    statement = statement.values(state=state, touched_at=clock.now(), finished_at=finished, **values)
    return db.session.connection().execute(statement).rowcount == 1


@transaction
def _fail(run_id: int, code: str) -> None:
    """End a run that is read, or whose preview could not be shown; ``code`` is one of ``problem_texts.FAILURES``."""
    _finish(run_id, RunState.FAILED, before=(RunState.READING, RunState.PREVIEW), failure=code)
    _put_off(run_id)


def _put_off(run_id: int) -> None:
    """A scheduled reading that brought nothing is tried again sooner than a good one."""
    run = db.session.get_one(ImportRun, run_id, populate_existing=True)
    if run.origin is RunOrigin.SCHEDULE and (source := db.session.get(ImportSource, run.exhibitor_id)):
        source.next_at = clock.now() + AGAIN_AFTER_FAILURE


@transaction
def _unchanged(claim: RunInHand) -> None:
    """The shop says that nothing has changed: prices are confirmed as of now."""
    if not _finish(claim.id, RunState.UNCHANGED):
        return
    now = clock.now()
    listings = update(Listing).where(
        Listing.exhibitor_id == claim.exhibitor_id,
        Listing.imported.is_not(None),
        Listing.gone_at.is_(None),
        ~Listing.edited,
    )
    db.session.execute(listings.values(price_at=now, updated_at=Listing.updated_at))
    if source := db.session.get(ImportSource, claim.exhibitor_id):
        source.read_at, source.next_at = now, now + publishing.READ_AGAIN


@transaction
def _nothing(claim: RunInHand, reading: ShopReading) -> None:
    failure = "link_only" if reading.kind is SourceKind.LINK else "nothing_found"
    _finish(claim.id, RunState.FAILED, failure=failure, kind=reading.kind, problems=_told(reading.problems))
    _put_off(claim.id)


def _told(problems: Iterable[ReadingProblem]) -> list[dict[str, str]]:
    """Problems as a run stores them: the code, its place, and the file's text there; the sentence is made for each
    reader.
    """
    return [
        {
            "where": one.where,
            "code": one.code.value,
            "said": _printable(one.message.removeprefix(MEANING[one.code]).lstrip(":. ")),
        }
        for one in problems
    ]


def _stated(product: ShopListing) -> str | None:
    """The price without a currency, which is not shown before somebody says which it is."""
    return None if product.currency or product.price is None else format(product.price, "f")[:LONGEST_STATED]


def _printable(text: str) -> str:
    """The text with spaces in place of characters that a database cannot store or a page cannot show."""
    return "".join(character if character.isprintable() else " " for character in text)


@transaction
def _preview(claim: RunInHand, reading: ShopReading, visited: ShopVisit) -> bool:
    """Store the changes that the reading would make; False when it was cancelled."""
    there = select(Listing).where(Listing.exhibitor_id == claim.exhibitor_id).order_by(Listing.position, Listing.id)
    rows, problems = compare(reading.listings, [known(listing) for listing in db.session.scalars(there)])
    counts = Counter(row.change.value for row in rows)
    about = [(doubtful(product, reading.problems), _stated(product)) for product in reading.listings]
    none_about = repeat((list[ReadingProblem](), None))  # rows of what is gone follow those of the products
    kept = _finish(
        claim.id,
        RunState.PREVIEW,
        kind=reading.kind,
        done=len(reading.listings),
        total=len(reading.listings),
        counts={change.value: counts[change.value] for change in ListingChange},
        problems=_told([*reading.problems, *problems]),
        etag=visited.etag,
        last_modified=visited.last_modified,
    )
    if not kept:
        return False
    db.session.add_all(
        ImportRow(
            run_id=claim.id,
            position=position,
            change=row.change,
            listing_id=row.listing_id,
            before=cast("dict[str, Any] | None", row.before),
            after=cast("dict[str, Any] | None", row.after),
            doubts=_told(doubts),
            stated=stated,
        )
        for position, (row, (doubts, stated)) in enumerate(zip(rows, chain(about, none_about), strict=False))
    )
    return True


def _go_on(claim: RunInHand) -> None:
    """Publish at once where nobody needs to look: a reading on schedule or by command, and one that changes nothing."""
    run = db.session.get_one(ImportRun, claim.id, populate_existing=True)
    counts = Counter(run.counts)
    quiet = not any(
        counts[change] for change in (ListingChange.NEW, ListingChange.CHANGED, ListingChange.GONE, ListingChange.KEPT)
    )
    gone, all_there = counts[ListingChange.GONE], sum(counts.values()) - counts[ListingChange.NEW]
    sudden = claim.origin is RunOrigin.SCHEDULE and gone > MANY and gone * 2 > all_there
    if sudden or (claim.origin is RunOrigin.PERSON and not quiet):
        return
    publishing.publish(
        claim.started_by,
        claim.id,
        None,
        organizer=claim.origin is RunOrigin.COMMAND,
        ends_as=RunState.UNCHANGED if quiet else RunState.PUBLISHED,
    )


@transaction
def start_due() -> list[int]:
    """Start a run for every shop that is due and not being read; returns the runs."""
    now = clock.now()
    busy = exists().where(
        ImportRun.exhibitor_id == ImportSource.exhibitor_id,
        ImportRun.state.in_((RunState.WAITING, RunState.READING, RunState.PREVIEW)),
    )
    runs: list[int] = []
    for source in db.session.scalars(select(ImportSource).where(ImportSource.next_at <= now, ~busy)):
        source.next_at = now + publishing.READ_AGAIN
        run = ImportRun(
            exhibitor_id=source.exhibitor_id,
            origin=RunOrigin.SCHEDULE,
            address=source.address,
            currency=source.currency,
            started_by_name=SCHEDULE.name,
        )
        db.session.add(run)
        db.session.flush()
        runs.append(run.id)
        enqueue(run.id)
    return runs


@transaction
def tidy() -> None:
    """End runs whose job was killed, enqueue again those whose job was lost, delete old previews and rows."""
    now = clock.now()
    silent = ImportRun.touched_at < now - SILENT_FOR
    killed = update(ImportRun).where(ImportRun.state == RunState.READING, silent)
    db.session.execute(killed.values(state=RunState.FAILED, failure="interrupted", finished_at=now, content=None))
    for run in db.session.scalars(select(ImportRun).where(ImportRun.state == RunState.WAITING, silent)):
        run.touched_at = now
        enqueue(run.id)
    old = update(ImportRun).where(ImportRun.state == RunState.PREVIEW, ImportRun.touched_at < now - PREVIEW_FOR)
    db.session.execute(old.values(state=RunState.CANCELLED, finished_at=now))
    ended = select(ImportRun.id).where(ImportRun.finished_at < now - ROWS_FOR)
    db.session.execute(delete(ImportRow).where(ImportRow.run_id.in_(ended)))
