"""What a list shows as a file to download, written while it is read."""

from flask import Response, request, stream_with_context

from exhibition.core.files import spreadsheets
from exhibition.core.files.spreadsheets import Table

WRITERS = {
    "csv": (spreadsheets.csv_chunks, spreadsheets.CSV_TYPE),
    "xlsx": (spreadsheets.xlsx_chunks, spreadsheets.XLSX_TYPE),
}
"""By the kind of file."""


def asked_kind() -> str:
    """The kind of file that the address asks for with ``?file=``; empty for the page."""
    kind = request.args.get("file", "")
    return kind if kind in WRITERS else ""


def list_file(kind: str, table: Table, name: str) -> Response:
    """The table as a download called ``name``."""
    chunks, mimetype = WRITERS[kind]
    answer = Response(stream_with_context(chunks(table)), mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
