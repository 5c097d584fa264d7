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
from exhibition.core.tables import UploadedTable, tidy
from exhibition.exhibitors.applications import edition_terms
from exhibition.exhibitors.applications.import_effects import CHANGED, FAULTY, NEW, EditionApplications
from exhibition.exhibitors.applications.service import KEY_BYTES, new_reference
from exhibition.exhibitors.models import Application, ApplicationImport, ApplicationSource, ImportState
from exhibition.exhibitors.rules import applicant_rows, row_kinds
from exhibition.exhibitors.rules.applicant_rows import LONGEST_SAID, ApplicantFault, ApplicantRow, RowNote
from exhibition.exhibitors.rules.application_steps import ApplicationState, name_key
from exhibition.exhibitors.rules.column_names import COLUMNS, FIELDS, guess, read_table
from exhibition.venue.models import Exhibition

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
SHEETS_LEFT = "sheets_left"
"""The note that a workbook has other sheets with such a list."""


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
        columns=guess(table),
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
    values = {
        "columns": dict(columns),
        "done": 0,
        "problems": [],
        "notes": [],
        "rows": [],
        "left_out": [],
        "counts": {},
    }
    _move(run.id, (ImportState.MATCHING, ImportState.PREVIEW), ImportState.WAITING, **values)
    number = run.id
    after_commit(lambda: go_on(number))


def _move(run_id: int, before: Sequence[ImportState], after: ImportState, **values: Any) -> None:
    if not _moved(run_id, before, after, **values):
        raise _moved_on()


def _moved_on() -> Refused:
    return Refused("import_moved_on", _l("This import has moved on meanwhile. Look at where it stands now."))


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
    _move(run.id, OPEN_STATES, ImportState.CANCELLED, content=None, rows=[], left_out=[])


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


def _check(run_id: int) -> None:
    run = db.session.get_one(ApplicationImport, run_id)
    assert run.content is not None
    table, columns, terms = _table(run.content), run.columns, edition_terms.of(run.exhibition_id)
    shifted = COLUMNS.shifted(table, columns)
    exhibition_id = run.exhibition_id
    rows: list[ApplicantRow] = []
    notes: list[RowNote] = [RowNote(code=SHEETS_LEFT, said=", ".join(table.sheets_left))] if table.sheets_left else []
    for begin in range(0, len(table.rows), PIECE):
        end = min(begin + PIECE, len(table.rows))
        for number in range(begin, end):
            cells = table.rows[number]
            if kind := row_kinds.kind_of(cells, table.headings):
                notes.append(RowNote(code=kind.value, cell=table.places[number], said=" ".join(cells)[:LONGEST_SAID]))
                continue
            read = COLUMNS.mended(columns, cells) if number in shifted else cells
            row = applicant_rows.read(table, number, columns, terms, read)
            if number in shifted:
                applicant_rows.condemn(row, ApplicantFault.SHIFTED, cells)
            elif number in table.broken:
                applicant_rows.condemn(row, ApplicantFault.BROKEN, cells)
            rows.append(row)
        if not _note(run_id, end):
            return
    _present(run_id, exhibition_id, rows, notes)


@transaction
def _note(run_id: int, done: int) -> bool:
    """Record the progress; False when somebody has cancelled the import."""
    return _moved(run_id, (ImportState.CHECKING,), ImportState.CHECKING, done=done)


@transaction
def _present(run_id: int, exhibition_id: int, rows: list[ApplicantRow], notes: list[RowNote]) -> None:
    presented = _presented(exhibition_id, rows, notes)
    _moved(run_id, (ImportState.CHECKING,), ImportState.PREVIEW, **presented)


def _presented(exhibition_id: int, rows: Sequence[ApplicantRow], notes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The values of a run whose rows are to be looked at, from all its rows side by side."""
    applicant_rows.arrange(rows)
    applications = EditionApplications(exhibition_id)
    sound = [row for row in rows if not row.faults]
    for row in sound:
        applications.judge(row)
    counts = Counter(row.effect for row in sound)
    counts[FAULTY] = len(rows) - len(sound)
    told = [
        {"name": row.name[:LONGEST_SAID], **note, **more}
        for row in rows
        for noted, more in ((row.faults, {}), (row.remarks, {"remark": True}))
        for note in noted
    ]
    return {
        "rows": [row.kept() for row in sound],
        "left_out": [row.kept() for row in rows if row.faults],
        "problems": told[:MOST_PROBLEMS],
        "notes": list(notes[:MOST_PROBLEMS]),
        "counts": dict(counts),
    }


@transaction
def correct(run: ApplicationImport, number: int, texts: Mapping[str, str]) -> ApplicantRow:
    """Replace cells of one row in a preview, look at all rows again, and return the row as it is now.

    Raises NotFound for a row that is not there, and Refused ``import_moved_on`` (409).
    """
    run = db.session.get_one(ApplicationImport, run.id, with_for_update=True, populate_existing=True)
    kept = [*run.rows, *run.left_out]
    if run.state is not ImportState.PREVIEW:
        raise _moved_on()
    rows = {one["number"]: applicant_rows.of_kept(one, run.columns, run.headings) for one in kept}
    if number not in rows:
        raise NotFound
    texts = {name: tidy(text) for name, text in texts.items() if name in FIELDS}
    applicant_rows.correct(rows[number], texts, edition_terms.of(run.exhibition_id))
    presented = _presented(run.exhibition_id, [row for _number, row in sorted(rows.items())], run.notes)
    for name, value in presented.items():
        setattr(run, name, value)
    return rows[number]


@transaction
def _write_piece(run_id: int) -> bool:
    """Write the next rows and the progress; False when all are written or another job was faster."""
    run = db.session.get_one(ApplicationImport, run_id, with_for_update=True, populate_existing=True)
    if run.state is not ImportState.WRITING:
        return False
    actor = Actor(run.created_by_id, run.created_by)
    piece = run.rows[run.done : run.done + PIECE]
    applications = EditionApplications(run.exhibition_id)
    counts = Counter(run.counts)
    written: list[tuple[Application, ApplicantRow]] = []
    for kept in piece:
        row = applicant_rows.of_kept(kept, run.columns, run.headings)
        application = applications.judge(row)
        counts[row.effect] += 1
        if row.effect in (NEW, CHANGED):
            written.append((_written(run, application, row), row))
    db.session.flush()  # all at once; the audit trail needs their ids
    for application, row in written:
        after = {"state": ApplicationState.SUBMITTED} if row.effect == NEW else {"fields": sorted(row.values)}
        record(actor, "application.import", "application", application.id, name=application.name, after=after)
    run.counts, run.done, run.beat_at = dict(counts), run.done + len(piece), clock.now()
    if run.done >= len(run.rows):
        run.state, run.content, run.rows, run.left_out = ImportState.DONE, None, [], []
    return run.state is ImportState.WRITING


def _written(run: ApplicationImport, application: Application | None, row: ApplicantRow) -> Application:
    if application is None:
        application = Application(
            exhibition_id=run.exhibition_id,
            reference=new_reference(),
            key=secrets.token_urlsafe(KEY_BYTES),
            import_key=row.key,
            source=ApplicationSource.IMPORT,
            state=ApplicationState.SUBMITTED,
            submitted_at=clock.now(),
        )
        db.session.add(application)
    values = row.values | {"name_key": name_key(row.name)[:160]}
    for name, value in values.items():
        setattr(application, name, value)
    return application
