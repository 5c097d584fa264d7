"""Imports of lists of applicants: columns are matched, a job checks the rows, and after confirmation a job writes them.

Rows are written in pieces; each is one transaction that also records the progress, so a job that was killed can
continue where it stopped. When the same list is imported again, its rows are recognised by their keys.
"""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from exhibition.accounts.audit import Actor, record
from exhibition.core import clock
from exhibition.core.db import after_commit, db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.files import uploaded_tables
from exhibition.core.jobs import by_name, in_time
from exhibition.core.tables import UploadedTable
from exhibition.exhibitors.applications.service import KEY_BYTES, new_reference
from exhibition.exhibitors.models import Application, ApplicationImport, ApplicationSource, ImportState
from exhibition.exhibitors.rules import applicant_rows
from exhibition.exhibitors.rules.application_steps import GONE, ApplicationState, name_key
from exhibition.exhibitors.rules.column_names import COLUMNS, FIELDS, read_table
from exhibition.venue.models import Booth, Exhibition, Zone

go_on = by_name("exhibitors.work")
PIECE = 100
"""Rows checked or written in one piece."""
MOST_PROBLEMS = 500
LONGEST_PIECE = timedelta(seconds=30)
"""A job records its progress after each piece, so at least this often."""
OPEN_STATES = (
    ImportState.MATCHING,
    ImportState.WAITING,
    ImportState.CHECKING,
    ImportState.PREVIEW,
)
CHANGEABLE = (ApplicationState.SUBMITTED, ApplicationState.SHORTLISTED, ApplicationState.WAITLISTED)
NEW, CHANGED, SAME, KNOWN, DECIDED = "new", "changed", "same", "known", "decided"
"""What a row would do: create an application, change one; or nothing, because it is the same, the applicant applied
themselves, or it is decided."""
FAULTY = "faulty"
"""The effect of a row with faults: it is left out."""


def start(actor: Actor, exhibition: Exhibition, name: str, content: bytes) -> ApplicationImport:
    """Read a file and guess its columns. Raises Refused as ``core.files.uploaded_tables.read`` does."""
    return _start(actor, exhibition, name, content, _table(content))  # no transaction is open while a file is read


@transaction
def _start(actor: Actor, exhibition: Exhibition, name: str, content: bytes, table: UploadedTable) -> ApplicationImport:
    run = ApplicationImport(
        exhibition_id=exhibition.id,
        file_name=_file_name(name),
        content=content,
        guessed=table.guessed,
        headings=table.headings,
        columns=COLUMNS.match(table.headings, table),
        total=len(table.rows),
        created_by_id=actor.id,
        created_by=actor.name[:254],
    )
    db.session.add(run)
    db.session.flush()
    return run


def _table(content: bytes) -> UploadedTable:
    return uploaded_tables.read(content, read_table)


def _file_name(text: str) -> str:
    name = "".join(sign for sign in PurePath(text.replace("\\", "/")).name if sign.isprintable())
    return name[-120:] or "list"


def get(exhibition: Exhibition, run_id: int) -> ApplicationImport:
    """Raises NotFound."""
    run = db.session.get(ApplicationImport, run_id)
    if run is None or run.exhibition_id != exhibition.id:
        raise NotFound
    return run


def latest(exhibition: Exhibition) -> list[ApplicationImport]:
    """The last five, newest first."""
    statement = select(ApplicationImport).where(ApplicationImport.exhibition_id == exhibition.id)
    return list(db.session.scalars(statement.order_by(ApplicationImport.id.desc()).limit(5)))


def examples(run: ApplicationImport) -> list[list[str]]:
    """The first rows, to show people whether the columns are matched correctly."""
    if run.content is None:
        return []
    return _table(run.content).rows[:3]


@transaction
def match(run: ApplicationImport, columns: Mapping[str, int]) -> None:
    """Set which column is which, and have a job check the rows.

    Raises Refused ``columns_invalid`` (422) without a column of names or with one that does not exist, and
    ``import_moved_on`` (409).
    """
    fits = all(name in FIELDS and 0 <= column < len(run.headings) for name, column in columns.items())
    if "name" not in columns or not fits:
        message = _l("Say which column holds the name of the business.")
        raise Refused("columns_invalid", message, status=422, field="name")
    values = {"columns": dict(columns), "done": 0, "problems": [], "rows": [], "counts": {}}
    _move(run.id, (ImportState.MATCHING, ImportState.PREVIEW), ImportState.WAITING, **values)
    number = run.id
    after_commit(lambda: go_on(number))


def _move(run_id: int, before: Sequence[ImportState], after: ImportState, **values: Any) -> None:
    if not _moved(run_id, before, after, **values):
        message = _l("This import has moved on meanwhile. Look at where it stands now.")
        raise Refused("import_moved_on", message)


def _moved(run_id: int, before: Sequence[ImportState], after: ImportState, **values: Any) -> bool:
    """Take the run from one state to the next; False if another call did so first."""
    statement = update(ApplicationImport).where(ApplicationImport.id == run_id, ApplicationImport.state.in_(before))
    values |= {"state": after, "beat_at": clock.now()}
    done = db.session.execute(statement.values(**values))
    db.session.expire_all()
    return bool(done.rowcount)  # pyright: ignore[reportAttributeAccessIssue] an UPDATE has it


@transaction
def confirm(actor: Actor, run: ApplicationImport) -> None:
    """Have a job write the rows without faults. Raises Refused ``import_moved_on`` (409)."""
    faulty = {name: count for name, count in run.counts.items() if name == FAULTY and count}
    _move(run.id, (ImportState.PREVIEW,), ImportState.WRITING, done=0, total=len(run.rows), counts=faulty)
    record(actor, "application.import_list", "import", run.id, name=run.file_name, after={"rows": run.total})
    number = run.id
    after_commit(lambda: go_on(number))


@transaction
def cancel(run: ApplicationImport) -> None:
    """Cancel an import before anything is written. Raises Refused ``import_moved_on`` (409) when writing has begun."""
    _move(run.id, OPEN_STATES, ImportState.CANCELLED, content=None, rows=[])


def work(run_id: int) -> None:
    """The job: check or write the rows, whichever is due. Safe to run twice."""
    state = db.session.scalar(select(ApplicationImport.state).where(ApplicationImport.id == run_id))
    try:
        if state is ImportState.WAITING and _begin(run_id):
            _check(run_id)
        elif state is ImportState.WRITING:
            while _write_piece(run_id):
                pass
    except Refused as refused:  # the child process that read the file died; the file stays as it is, so no second try
        _fail(run_id, refused.code)
    except Exception:
        _fail(run_id)
        raise


@transaction
def _begin(run_id: int) -> bool:
    return _moved(run_id, (ImportState.WAITING,), ImportState.CHECKING)


@transaction
def _fail(run_id: int, code: str = "") -> None:
    """End the import; ``code`` says what was wrong with the file as a whole."""
    about = {"problems": [{"code": code}]} if code else {}
    _moved(run_id, (ImportState.CHECKING, ImportState.WRITING), ImportState.FAILED, **about)


@transaction
def revive() -> int:
    """Continue imports whose job was killed; returns how many."""
    busy = ApplicationImport.state.in_((ImportState.WAITING, ImportState.CHECKING, ImportState.WRITING))
    silent = [
        run
        for run in db.session.scalars(select(ApplicationImport).where(busy))
        if not in_time(run.beat_at, LONGEST_PIECE)
    ]
    for run in silent:
        if run.state is ImportState.CHECKING:
            run.state = ImportState.WAITING
        run.beat_at = clock.now()
        after_commit(lambda number=run.id: go_on(number))
    return len(silent)


def _hall(exhibition_id: int) -> applicant_rows.WishCodes:
    codes = db.session.scalars(select(Booth.code).where(Booth.exhibition_id == exhibition_id))
    zones = db.session.execute(select(Zone.code, Zone.name).where(Zone.exhibition_id == exhibition_id)).all()
    named = {text.upper(): code for code, name in zones for text in (code, name)}
    return applicant_rows.WishCodes({code.upper(): code for code in codes}, named)


def _check(run_id: int) -> None:
    run = db.session.get_one(ApplicationImport, run_id)
    assert run.content is not None
    table, columns, hall = _table(run.content), run.columns, _hall(run.exhibition_id)
    shifted = COLUMNS.shifted(table, columns)
    exhibition_id = run.exhibition_id
    seen: dict[str, str] = {}
    sound: list[dict[str, Any]] = []
    faulty: list[applicant_rows.ApplicantRow] = []
    for begin in range(0, len(table.rows), PIECE):
        end = min(begin + PIECE, len(table.rows))
        for number in range(begin, end):
            row = applicant_rows.read(table, number, columns, hall)
            if number in shifted:
                row.condemn(applicant_rows.ApplicantFault.SHIFTED)
            elif number in table.broken:
                row.condemn(applicant_rows.ApplicantFault.BROKEN)
            if not row.faults:
                key = applicant_rows.key_of(row.values)
                if key in seen:
                    row.blame("name", applicant_rows.ApplicantFault.REPEATED, seen[key])
                else:
                    seen[key] = table.places[number]
                    sound.append({"key": key, "values": row.values})
            if row.faults:
                faulty.append(row)
        if not _note(run_id, end):
            return
    _present(run_id, exhibition_id, sound, faulty)


@transaction
def _note(run_id: int, done: int) -> bool:
    """Record the progress; False when somebody has cancelled the import."""
    return _moved(run_id, (ImportState.CHECKING,), ImportState.CHECKING, done=done)


@transaction
def _present(
    run_id: int, exhibition_id: int, sound: list[dict[str, Any]], faulty: list[applicant_rows.ApplicantRow]
) -> None:
    book = _Book(exhibition_id)
    counts = Counter(book.effect(row) for row in sound)
    counts[FAULTY] = len(faulty)
    problems = [fault for row in faulty for fault in row.faults]
    _moved(
        run_id,
        (ImportState.CHECKING,),
        ImportState.PREVIEW,
        rows=sound,
        problems=problems[:MOST_PROBLEMS],
        counts=dict(counts),
    )


class _Book:
    """The edition's applications by their identifying values, read once for many rows."""

    def __init__(self, exhibition_id: int) -> None:
        self.exhibition_id = exhibition_id
        self.by_key: dict[str, Application] = {}
        self.by_mark: set[tuple[str, str]] = set()
        for application in db.session.scalars(select(Application).where(Application.exhibition_id == exhibition_id)):
            if application.import_key:
                self.by_key[application.import_key] = application
            if application.state not in GONE:
                self.by_mark |= _marks({name: getattr(application, name) for name in ("phone", "email", "nib")})
                self.by_mark.add(("name", f"{application.name_key}:{name_key(application.district)}"))

    def effect(self, row: dict[str, Any]) -> str:
        """What writing this row would do: ``new``, ``changed``, ``same``, ``known`` or ``decided``."""
        values = row["values"]
        application = self.by_key.get(row["key"])
        if application is None:
            marks = _marks(values)
            marks.add(("name", f"{name_key(values['name'])}:{name_key(values.get('district', ''))}"))
            return KNOWN if marks & self.by_mark else NEW
        if all(getattr(application, name) == value for name, value in values.items()):
            return SAME
        return CHANGED if application.state in CHANGEABLE else DECIDED


def _marks(values: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(name, str(values[name])) for name in ("phone", "email", "nib") if values.get(name)}


@transaction
def _write_piece(run_id: int) -> bool:
    """Write the next rows and the progress; False when all are written or another job was faster."""
    run = db.session.get_one(ApplicationImport, run_id, with_for_update=True, populate_existing=True)
    if run.state is not ImportState.WRITING:
        return False
    actor = Actor(run.created_by_id, run.created_by)
    piece = run.rows[run.done : run.done + PIECE]
    book = _Book(run.exhibition_id)
    counts = Counter(run.counts)
    written = []
    for row in piece:
        what = book.effect(row)
        counts[what] += 1
        if what in (NEW, CHANGED):
            written.append((_written(run, book.by_key.get(row["key"]), row), what, row))
    db.session.flush()  # all at once; the audit trail needs their ids
    for application, what, row in written:
        after = {"state": ApplicationState.SUBMITTED} if what == NEW else {"fields": sorted(row["values"])}
        record(actor, "application.import", "application", application.id, name=application.name, after=after)
    run.counts, run.done, run.beat_at = dict(counts), run.done + len(piece), clock.now()
    if run.done >= len(run.rows):
        run.state, run.content, run.rows = ImportState.DONE, None, []
    return run.state is ImportState.WRITING


def _written(run: ApplicationImport, application: Application | None, row: dict[str, Any]) -> Application:
    if application is None:
        application = Application(
            exhibition_id=run.exhibition_id,
            reference=new_reference(),
            key=secrets.token_urlsafe(KEY_BYTES),
            import_key=row["key"],
            source=ApplicationSource.IMPORT,
            state=ApplicationState.SUBMITTED,
            submitted_at=clock.now(),
        )
        db.session.add(application)
    values = row["values"] | {"name_key": name_key(row["values"]["name"])[:160]}
    for name, value in values.items():
        setattr(application, name, value)
    return application
