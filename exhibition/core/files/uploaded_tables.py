"""Lists uploaded at the desk: read by ``core.tables`` in a child process, or refused with a sentence that says what to
do.
"""

from collections.abc import Callable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from exhibition.core.confined.calls import confined
from exhibition.core.errors import Refused
from exhibition.core.tables import Format, TableFault, UnreadableTable, UploadedTable

MAX_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
_KNOWN = (UploadedTable, Format, TableFault, UnreadableTable)
_REASONS = {
    TableFault.TOO_LARGE: _l("The list is too large. Import at most 5,000 rows at a time."),
    TableFault.UNREADABLE: _l("We cannot read this file as a table. Save it as CSV or XLSX and try again."),
    TableFault.LOCKED: _l("This workbook has a password. Save it without a password and try again."),
    TableFault.OTHER_WORKBOOK: _l("This is an older or other kind of workbook. Save it as XLSX and try again."),
}


def _refuse(code: str, message: LazyString) -> Refused:
    return Refused(code, message, status=422, field="file")


def read(content: bytes, read_table: Callable[[bytes], UploadedTable]) -> UploadedTable:
    """The table in a file, by the reader of this kind of list: a function of its module, called in a child process.

    Raises Refused (422, field ``file``) with the codes of ``core.tables.TableFault``, ``table_empty``, and what
    ``confined`` raises.
    """
    if len(content) > MAX_BYTES:
        raise _refuse(TableFault.TOO_LARGE.value, _l("The file is larger than 5 MB. Save it with less in it."))
    try:
        table = confined(read_table, knows=_KNOWN)(content)
    except UnreadableTable as unreadable:
        raise _refuse(unreadable.reason, _REASONS[unreadable.reason]) from unreadable
    if table.cut or len(table.values) > MOST_ROWS:
        raise _refuse(TableFault.TOO_LARGE, _REASONS[TableFault.TOO_LARGE])
    if not table.values:
        raise _refuse("table_empty", _EMPTY_JSON if table.format is Format.JSON else _EMPTY)
    return table


_EMPTY = _l("There is no row of data in this file. The first row holds the headings.")
_EMPTY_JSON = _l("There is no list in this JSON file whose entries have names and values.")
