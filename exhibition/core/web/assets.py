"""Static files: pages name them with the file's hash, so browsers may keep them for a year.

Modules that import each other by plain address are requested again each time, and usually answered 304 by their ETag.
"""

import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, request, url_for

HASH_LENGTH = 10
YEAR_S = 365 * 24 * 3600
ALWAYS_SAME = "vendor/"
"""Vendored files: their folders carry the version in the name."""


@lru_cache(maxsize=512)
def _version(path: str, _modified_ns: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:HASH_LENGTH]


def _max_age(filename: str | None) -> int | None:
    same = "v" in request.args or (filename or "").startswith(ALWAYS_SAME)
    return YEAR_S if same else None


def _close_file(response: Response) -> Response:
    """Close the file behind an answer; with compression, HEAD and 304 it would otherwise stay open."""
    close = getattr(response.response, "close", None)
    if response.direct_passthrough and close is not None:
        unsent = request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED
        if unsent:
            close()
        else:
            response.call_on_close(close)
    return response


def init_app(app: Flask) -> None:
    static = Path(app.static_folder or "static")

    def asset(name: str) -> str:
        """The address of a file under ``static/`` with its version."""
        file = static / name
        return url_for("static", filename=name, v=_version(str(file), file.stat().st_mtime_ns))

    app.jinja_env.globals["asset"] = asset
    app.get_send_file_max_age = _max_age
    app.after_request(_close_file)
