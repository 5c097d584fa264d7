"""Making the take-home sheets of all exhibitors: started at the desk, made by a job, kept until the next ones are
finished.
"""

import io
import zipfile
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import undefer

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import after_commit, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.jobs import job
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.visits import sheets, statistics
from exhibition.storefront.visits.models import Sheet, SheetRun, SheetState
from exhibition.venue.models import Exhibition

SILENT_AFTER = timedelta(minutes=2)
"""A job that has recorded nothing for so long was killed."""
LIVE = (SheetState.WAITING, SheetState.MAKING)


@transaction
def start(actor: Actor, exhibition: Exhibition) -> SheetRun:
    """Start the sheets of all exhibitors with a booth; a job makes them.

    Raises Refused ``sheets_running`` (409) while they are being made and ``nobody_placed`` (409) without exhibitors.
    """
    going = db.session.scalar(select(SheetRun).where(SheetRun.exhibition_id == exhibition.id, SheetRun.state.in_(LIVE)))
    if going is not None:
        if not is_silent(going):
            raise Refused("sheets_running", _l("The sheets are being made already. Wait a moment."))
        going.state = SheetState.FAILED
        db.session.flush()
    total = len(statistics.with_a_booth(exhibition))
    if not total:
        raise Refused("nobody_placed", _l("No exhibitor has a confirmed booth yet, so there are no sheets to make."))
    run = SheetRun(exhibition_id=exhibition.id, total=total, started_by=actor.name)
    db.session.add(run)
    db.session.flush()
    record(actor, "sheets.make", "sheet_run", run.id)
    number = run.id
    after_commit(lambda: make_sheets(number))
    return run


def latest(exhibition: Exhibition) -> SheetRun | None:
    """The newest run of the edition."""
    statement = select(SheetRun).where(SheetRun.exhibition_id == exhibition.id)
    return db.session.scalar(statement.order_by(SheetRun.id.desc()).limit(1))


def is_silent(run: SheetRun) -> bool:
    """Whether the run should be going on but shows no progress."""
    return run.state in LIVE and clock.now() - run.touched_at > SILENT_AFTER


@job()
def make_sheets(number: int) -> None:
    """Make the sheets of one run. A second job for the same run does nothing."""
    if not _begin(number):
        return
    try:
        run = db.session.get_one(SheetRun, number)
        exhibition = db.session.get_one(Exhibition, run.exhibition_id)
        ids = [exhibitor.id for exhibitor in statistics.with_a_booth(exhibition)]
        for done, exhibitor_id in enumerate(ids, start=1):
            pdf = sheets.pdf(exhibition, [db.session.get_one(Exhibitor, exhibitor_id)])
            _keep(number, exhibitor_id, pdf, done, len(ids))
        _finish(number, sheets.pdf(exhibition, statistics.with_a_booth(exhibition)))
    except Exception:
        _fail(number)
        raise


@transaction
def _begin(number: int) -> bool:
    taken = db.session.execute(
        update(SheetRun)
        .where(SheetRun.id == number, SheetRun.state == SheetState.WAITING)
        .values(state=SheetState.MAKING, touched_at=clock.now())
    )
    return bool(taken.rowcount)  # pyright: ignore[reportAttributeAccessIssue] an UPDATE has it


@transaction
def _keep(number: int, exhibitor_id: int, pdf: bytes, done: int, total: int) -> None:
    db.session.add(Sheet(run_id=number, exhibitor_id=exhibitor_id, pdf=pdf))
    values = {"done": done, "total": total, "touched_at": clock.now()}
    db.session.execute(update(SheetRun).where(SheetRun.id == number).values(**values))


@transaction
def _finish(number: int, together: bytes) -> None:
    """The new sheets take the place of the old."""
    run = db.session.get_one(SheetRun, number)
    run.state, run.finished_at, run.together = SheetState.DONE, clock.now(), together
    db.session.execute(delete(SheetRun).where(SheetRun.exhibition_id == run.exhibition_id, SheetRun.id < number))


@transaction
def _fail(number: int) -> None:
    values = {"state": SheetState.FAILED, "finished_at": clock.now()}
    db.session.execute(update(SheetRun).where(SheetRun.id == number).values(**values))


def finished(exhibition: Exhibition) -> SheetRun | None:
    """The newest finished run, whatever happened to later ones."""
    statement = select(SheetRun).where(SheetRun.exhibition_id == exhibition.id, SheetRun.state == SheetState.DONE)
    return db.session.scalar(statement.order_by(SheetRun.id.desc()).limit(1))


def _finished(exhibition: Exhibition) -> SheetRun:
    if run := finished(exhibition):
        return run
    raise NotFound(_l("No sheets have been made yet."))


def exhibitors_of(run: SheetRun | None) -> list[Exhibitor]:
    """Those who have a sheet in the run, by name."""
    if run is None:
        return []
    statement = select(Exhibitor).join(Sheet, Sheet.exhibitor_id == Exhibitor.id).where(Sheet.run_id == run.id)
    return list(db.session.scalars(statement.order_by(Exhibitor.name)))


def sheet(exhibition: Exhibition, slug: str) -> bytes:
    """One exhibitor's sheet; raises NotFound."""
    if "\0" in slug:
        raise NotFound
    statement = select(Sheet.pdf).join(Exhibitor, Exhibitor.id == Sheet.exhibitor_id)
    pdf = db.session.scalar(statement.where(Sheet.run_id == _finished(exhibition).id, Exhibitor.slug == slug))
    if pdf is None:
        raise NotFound
    return pdf


def together(exhibition: Exhibition) -> bytes:
    """All sheets in one PDF; raises NotFound."""
    return _finished(exhibition).together or b""


def zipped(exhibition: Exhibition) -> bytes:
    """All sheets, each a file of its own; raises NotFound."""
    run = _finished(exhibition)
    rows = db.session.execute(
        select(Exhibitor.slug, Sheet)
        .join(Sheet, Sheet.exhibitor_id == Exhibitor.id)
        .where(Sheet.run_id == run.id)
        .options(undefer(Sheet.pdf))
        .order_by(Exhibitor.slug)
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for slug, one in rows:
            archive.writestr(f"{slug}.pdf", one.pdf)
    return file.getvalue()
