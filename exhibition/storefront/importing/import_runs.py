"""Import runs as people start, look at, publish and cancel them. The reading itself is a job: ``shop_reading``."""

from collections.abc import Collection
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
from exhibition.storefront.reading.price import currency_of
from exhibition.storefront.rules.seller_input import MAX_ADDRESS, ListingFault
from exhibition.storefront.rules.states import ListingChange
from exhibition.storefront.seller_fields import FAULTS, shop_url

MAX_FILE = 5 * 1024 * 1024
LIVE = (RunState.WAITING, RunState.READING)
SHOWN_RUNS = 5


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


def rows_of(run: ImportRun) -> dict[ListingChange, list[ImportRow]]:
    """The rows of a run by kind of change, without those that change nothing."""
    statement = select(ImportRow).where(ImportRow.run_id == run.id, ImportRow.change != ListingChange.SAME)
    rows: dict[ListingChange, list[ImportRow]] = {}
    for row in db.session.scalars(statement.order_by(ImportRow.position)):
        rows.setdefault(row.change, []).append(row)
    return rows


def pictures_waiting(exhibitor: Exhibitor) -> int:
    """How many pictures a job is still to copy from the shop."""
    waiting = select(func.count()).select_from(Listing)
    waiting = waiting.where(Listing.exhibitor_id == exhibitor.id, picture_copies.waits())
    return db.session.scalar(waiting) or 0


def publish(editor: Editor, slug: str, run_id: int, taken: Collection[int] | None) -> Outcome:
    """Publish the ticked rows of a preview. Raises NotFound, and Refused ``not_in_preview`` (409)."""
    run_for(editor, slug, run_id)
    outcome = publishing.publish(editor.actor, run_id, taken, organizer=editor.organizer)
    if outcome is None:
        raise Refused("not_in_preview", _l("This preview is no longer open. Read your shop again."))
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
