"""Reading tables that people upload: CSV in whatever encoding and with whatever separator, XLSX, JSON lists of objects.

Bytes go in; headings, rows, their places in the file and its faults come out. ``matching`` finds out which column is
which from the caller's list of columns: shops, applicants and booth lists each have one. No web, no database, no texts
for people: ``core.files.uploaded_tables`` has those.
"""

from exhibition.core.tables.matching import Column, Columns
from exhibition.core.tables.objects import read_objects
from exhibition.core.tables.reading import read, read_text, read_workbook
from exhibition.core.tables.table import (
    Cell,
    Format,
    JsonValue,
    TableFault,
    UnreadableTable,
    UploadedTable,
    cell_name,
    says_nothing,
    text_of,
    tidy,
)
from exhibition.core.tables.workbook import ready

__all__ = [
    "Cell",
    "Column",
    "Columns",
    "Format",
    "JsonValue",
    "TableFault",
    "UnreadableTable",
    "UploadedTable",
    "cell_name",
    "read",
    "read_objects",
    "read_text",
    "read_workbook",
    "ready",
    "says_nothing",
    "text_of",
    "tidy",
]
