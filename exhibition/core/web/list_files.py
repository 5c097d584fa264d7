"""What a list shows as a file to download."""

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


def list_file(kind: str, table: Table, name: str, *, streamed: bool = False) -> Response:
    """The table as a download called ``name``; ``streamed`` where it is too long to be made in one piece."""
    chunks, mimetype = WRITERS[kind]
    content = stream_with_context(chunks(table)) if streamed else b"".join(chunks(table))
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
