"""Importing a floor plan: a file is stored, previewed with the changes it would make, and applied when confirmed."""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files import uploaded_tables
from exhibition.core.ids import LARGEST_ID
from exhibition.core.pictures import CleanPicture
from exhibition.core.tables import tidy
from exhibition.venue.models import Exhibition
from exhibition.venue.plan import pictures as plan_pictures
from exhibition.venue.plan import plan_files
from exhibition.venue.plan import versions as plan_versions
from exhibition.venue.plan.models import PlanImport
from exhibition.venue.plan.plan_files import PlanReading, ReadingOptions
from exhibition.venue.plan.reading.plan_problems import PlanProblem, problems
from exhibition.venue.plan.reading.plan_values import Changes, FloorPlan, changes
from exhibition.venue.plan.versions import Saved

KEPT = timedelta(days=1)
LONGEST_NAME = 120


@dataclass(frozen=True)
class Preview:
    """What importing this file would do."""

    number: int
    name: str
    reading: PlanReading
    present: FloorPlan
    changes: Changes
    problems: list[PlanProblem]


def begin(actor: Actor, exhibition: Exhibition, name: str, content: bytes) -> int:
    """Store a file for its preview, and return its number. Files not confirmed within a day are deleted.

    Raises Refused (422, field ``file``) for a file that cannot be read at all, as ``plan_files.read`` does.
    """
    if not content.strip():
        raise Refused("file_empty", _l("This file is empty."), status=422, field="file")
    if len(content) > uploaded_tables.MAX_BYTES:
        raise Refused(
            "table_too_large", _l("The file is larger than 5 MB. Save it with less in it."), status=422, field="file"
        )
    plan_files.read(content, ReadingOptions(), plan_versions.current(exhibition))
    return _keep(actor, exhibition, name, content)


@transaction
def _keep(actor: Actor, exhibition: Exhibition, name: str, content: bytes) -> int:
    db.session.execute(delete(PlanImport).where(PlanImport.created_at < clock.now() - KEPT))
    kept = PlanImport(
        exhibition_id=exhibition.id,
        name=tidy(name)[:LONGEST_NAME],
        content=content,
        created_by=actor.name,
    )
    db.session.add(kept)
    db.session.flush()
    return kept.id


def _find(exhibition: Exhibition, number: int) -> PlanImport:
    statement = select(PlanImport).where(PlanImport.id == number, PlanImport.exhibition_id == exhibition.id)
    found = db.session.scalar(statement) if number <= LARGEST_ID else None
    if found is None:
        raise NotFound(_l("This file is no longer here. Choose it once more."))
    return found


def preview(exhibition: Exhibition, number: int, wish: ReadingOptions) -> Preview:
    """The plan in the file, read with these options. Raises NotFound and what ``plan_files.read`` raises."""
    kept = _find(exhibition, number)
    present = plan_versions.current(exhibition)
    reading = plan_files.read(kept.content, wish, present)
    found = changes(present, reading.wanted, plan_versions.holders(exhibition))
    return Preview(number, kept.name, reading, present, found, problems(reading.wanted))


def confirm(
    actor: Actor, exhibition: Exhibition, number: int, wish: ReadingOptions, *, seen: str, knowing: bool
) -> Saved:
    """Make the file's plan the plan of the hall, as a new version.

    Raises NotFound, Refused ``nothing_to_import`` (422), and what ``versions.save`` raises.
    """
    kept = _find(exhibition, number)
    name = kept.name
    # What takes long is done before the transaction; the plan that was seen is compared with the present one in it.
    reading = plan_files.read(kept.content, wish, plan_versions.current(exhibition))
    if not reading.taken and reading.faults:
        message = _l("No row of this file is a booth. Say which column holds the booth numbers.")
        raise Refused("nothing_to_import", message, status=422, field="file")
    picture = plan_pictures.prepare(exhibition, reading.picture) if reading.picture is not None else None
    return _confirm(actor, exhibition, number, reading.wanted, picture, name=name, seen=seen, knowing=knowing)


@transaction
def _confirm(
    actor: Actor,
    exhibition: Exhibition,
    number: int,
    wanted: FloorPlan,
    picture: CleanPicture | None,
    *,
    name: str,
    seen: str,
    knowing: bool,
) -> Saved:
    if picture is not None and wanted.background is not None:
        digest = plan_pictures.keep(actor, exhibition, picture).digest
        wanted = replace(wanted, background=replace(wanted.background, picture=digest))
    note = str(_l("From the file %(name)s", name=name))
    saved = plan_versions.save(actor, exhibition, wanted, seen=seen, note=note, knowing=knowing)
    record(actor, "plan.import", "exhibition", exhibition.id, name=name, after={"version": saved.number})
    db.session.execute(delete(PlanImport).where(PlanImport.id == number))
    return saved


@transaction
def cancel(exhibition: Exhibition, number: int) -> None:
    """Delete the file. Raises NotFound."""
    db.session.delete(_find(exhibition, number))
