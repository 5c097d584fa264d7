"""Import runs as people start, look at, publish and cancel them. The reading itself is a job: ``shop_reading``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.constraints import violates
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.editors import Editor, exhibitor_for
from exhibition.storefront.importing import picture_copies, publishing
from exhibition.storefront.importing.publishing import Outcome
from exhibition.storefront.importing.shop_reading import enqueue
from exhibition.storefront.models import ImportRow, ImportRun, ImportSource, Listing, RunOrigin, RunState
from exhibition.storefront.reading import Code
from exhibition.storefront.reading.price import currency_of
from exhibition.storefront.rules.doubts import whole_rupiah
from exhibition.storefront.rules.seller_input import MAX_ADDRESS, ListingFault, Unreadable, rupiah
from exhibition.storefront.rules.states import ListingChange
from exhibition.storefront.seller_fields import FAULTS, shop_url

MAX_FILE = 5 * 1024 * 1024
LIVE = (RunState.WAITING, RunState.READING)
SHOWN_RUNS = 5
DOUBTFUL = "doubtful"
"""The kind of rows to look at first."""


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


@dataclass(frozen=True)
class ImportRequest:
    """A request to read an address or a file. ``currency`` is for prices that name none."""

    address: str = ""
    upload: Upload | None = None
    currency: str = ""


def _refuse(code: str, message: LazyString, field: str) -> Refused:
    return Refused(code, message, status=422, field=field)


def _checked(wish: ImportRequest) -> ImportRequest:
    address = shop_url(wish.address) if wish.upload is None else ""
    if not address and wish.upload is None:
        raise _refuse(ListingFault.MISSING.value, _l("Give the address of your shop, or choose a file."), "url")
    if wish.upload and len(wish.upload.content) > MAX_FILE:
        raise _refuse("too_large", _l("The file is larger than 5 MB. Export fewer products, or several files."), "file")
    if wish.upload and not wish.upload.content:
        raise _refuse("empty", _l("There is nothing in this file."), "file")
    if wish.currency and currency_of(wish.currency)[0] != wish.currency:
        raise _refuse(ListingFault.CHOICE.value, FAULTS[ListingFault.CHOICE], "currency")
    return ImportRequest(address[:MAX_ADDRESS], wish.upload, wish.currency)


def start(editor: Editor, slug: str, wish: ImportRequest, origin: RunOrigin = RunOrigin.PERSON) -> ImportRun:
    """Have a shop read by a job; a preview that still waits is dropped.

    Raises NotFound, Refused (422) with ``url``, ``file`` or ``currency`` named, and ``import_running`` (409).
    """
    wish = _checked(wish)
    try:
        return _start(editor, slug, wish, origin)
    except IntegrityError as error:
        if not violates(error, "uq_import_run_live"):  # another run was started at the same moment
            raise
        raise _running() from error


def _running() -> Refused:
    return Refused("import_running", _l("Your shop is being read already. Wait until that is done, or cancel it."))


@transaction
def _start(editor: Editor, slug: str, wish: ImportRequest, origin: RunOrigin) -> ImportRun:
    exhibitor = exhibitor_for(editor, slug)
    busy = select(ImportRun.id).where(ImportRun.exhibitor_id == exhibitor.id, ImportRun.state.in_(LIVE))
    if db.session.scalar(busy) is not None:
        raise _running()
    drop_previews(exhibitor.id)
    run = ImportRun(
        exhibitor_id=exhibitor.id,
        origin=origin,
        address=wish.address,
        file_name=_file_name(wish.upload.name) if wish.upload else "",
        content=wish.upload.content if wish.upload else None,
        currency=wish.currency,
        started_by_id=editor.actor.id,
        started_by_name=editor.actor.name[:120],
    )
    db.session.add(run)
    db.session.flush()
    if origin is not RunOrigin.COMMAND:
        enqueue(run.id)
    return run


def _file_name(text: str) -> str:
    """The last part of the path, without characters that cannot be shown."""
    name = "".join(character for character in PurePath(text.replace("\\", "/")).name if character.isprintable())
    return name[-120:]


def drop_previews(exhibitor_id: int) -> None:
    """Cancel previews that nobody has published, within the open transaction."""
    statement = update(ImportRun).where(ImportRun.exhibitor_id == exhibitor_id, ImportRun.state == RunState.PREVIEW)
    db.session.execute(statement.values(state=RunState.CANCELLED, finished_at=clock.now()))


def run_for(editor: Editor, slug: str, run_id: int) -> tuple[Exhibitor, ImportRun]:
    """One run of the exhibitor's shop; raises NotFound when it is another's."""
    exhibitor = exhibitor_for(editor, slug)
    run = db.session.scalar(select(ImportRun).where(ImportRun.id == run_id, ImportRun.exhibitor_id == exhibitor.id))
    if run is None:
        raise NotFound
    return exhibitor, run


def runs_of(exhibitor: Exhibitor) -> list[ImportRun]:
    """The latest runs, newest first."""
    statement = select(ImportRun).where(ImportRun.exhibitor_id == exhibitor.id).order_by(ImportRun.id.desc())
    return list(db.session.scalars(statement.limit(SHOWN_RUNS)))


def source_of(exhibitor: Exhibitor) -> ImportSource | None:
    """The address that is read again on schedule, if any."""
    return db.session.get(ImportSource, exhibitor.id)


def rows_of(run: ImportRun) -> dict[str, list[ImportRow]]:
    """The rows of a run by kind of change, without those that change nothing; doubtful new and changed ones apart."""
    statement = select(ImportRow).where(ImportRow.run_id == run.id, ImportRow.change != ListingChange.SAME)
    rows: dict[str, list[ImportRow]] = {}
    for row in db.session.scalars(statement.order_by(ImportRow.position)):
        doubtful = row.doubts and row.change in (ListingChange.NEW, ListingChange.CHANGED)
        rows.setdefault(DOUBTFUL if doubtful else row.change.value, []).append(row)
    return rows


def pictures_of(rows: Collection[ImportRow]) -> dict[int, str | None]:
    """The picture that the listing of each row has here, by the listing's id."""
    ids = [row.listing_id for row in rows if row.listing_id is not None]
    found = select(Listing.id, Listing.picture_key).where(Listing.id.in_(ids))
    return {one.id: one.picture_key for one in db.session.execute(found)}


def pictures_waiting(exhibitor: Exhibitor) -> int:
    """How many pictures a job is still to copy from the shop."""
    waiting = select(func.count()).select_from(Listing)
    waiting = waiting.where(Listing.exhibitor_id == exhibitor.id, picture_copies.waits())
    return db.session.scalar(waiting) or 0


@transaction
def look_over(
    editor: Editor, slug: str, run_id: int, ticked: Collection[int], prices: Mapping[int, str]
) -> dict[int, LazyString]:
    """Note the ticked rows of a preview and the prices typed in place of the shop's; nothing is published by it.

    Returns what is wrong with a price, by row; such a price is not noted. An empty one gives the shop's back.
    Raises NotFound, and Refused ``not_in_preview`` (409).
    """
    _exhibitor, run = run_for(editor, slug, run_id)
    if run.state is not RunState.PREVIEW:
        raise _not_in_preview()
    wrong: dict[int, LazyString] = {}
    for row in run.rows:
        row.ticked = row.id in ticked
        if row.after is not None and row.id in prices:
            try:
                row.price = rupiah(prices[row.id][:MAX_ADDRESS])
            except Unreadable as unreadable:
                wrong[row.id] = FAULTS[unreadable.fault]
    return wrong


@transaction
def all_in_rupiah(editor: Editor, slug: str, run_id: int) -> None:
    """Take all prices of a preview that name no currency as rupiah, now and when the shop is read again.

    One below a thousand stays empty: the point of its thousands may have been lost.
    Raises NotFound, and Refused ``not_in_preview`` (409).
    """
    _exhibitor, run = run_for(editor, slug, run_id)
    if run.state is not RunState.PREVIEW:
        raise _not_in_preview()
    run.currency = publishing.RUPIAH
    run.problems = [one for one in run.problems if one["code"] != Code.CURRENCY_MISSING]
    for row in run.rows:
        amount = whole_rupiah(row.stated)
        if row.after is not None and row.stated is not None:
            row.doubts = [one for one in row.doubts if one["code"] != Code.CURRENCY_MISSING]
            if amount is None:
                row.doubts = [*row.doubts, {"where": "", "code": Code.PRICE_IMPLAUSIBLE.value, "said": row.stated}]
            row.after = {**row.after, "price": amount, "currency": publishing.RUPIAH}
            row.stated = None


def _not_in_preview() -> Refused:
    return Refused("not_in_preview", _l("This preview is no longer open. Read your shop again."))


def publish(editor: Editor, slug: str, run_id: int, taken: Collection[int] | None) -> Outcome:
    """Publish the ticked rows of a preview. Raises NotFound, and Refused ``not_in_preview`` (409)."""
    run_for(editor, slug, run_id)
    outcome = publishing.publish(editor.actor, run_id, taken, organizer=editor.organizer)
    if outcome is None:
        raise _not_in_preview()
    return outcome


@transaction
def cancel(editor: Editor, slug: str, run_id: int) -> None:
    """Cancel a run, whether it waits, reads or is in preview; nothing of it is shown. Raises NotFound."""
    run_for(editor, slug, run_id)
    open_states = (*LIVE, RunState.PREVIEW)
    statement = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state.in_(open_states))
    db.session.execute(statement.values(state=RunState.CANCELLED, finished_at=clock.now(), content=None))
    db.session.execute(delete(ImportRow).where(ImportRow.run_id == run_id))


@transaction
def stop_reading_again(editor: Editor, slug: str) -> None:
    """Stop reading the shop on schedule; its listings stay. Raises NotFound."""
    exhibitor = exhibitor_for(editor, slug)
    source = db.session.get(ImportSource, exhibitor.id)
    if source is not None:
        record(editor.actor, "listing.stop_import", "exhibitor", exhibitor.id, name=exhibitor.name)
        db.session.delete(source)
