"""Static files: each address carries the file's hash, so browsers may keep it for a year."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for

HASH_LENGTH = 10


@lru_cache(maxsize=512)
def _version(path: str, _modified_ns: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:HASH_LENGTH]


def init_app(app: Flask) -> None:
    static = Path(app.static_folder or "static")

    def asset(name: str) -> str:
        """The address of a file under ``static/`` with its version."""
        file = static / name
        return url_for("static", filename=name, v=_version(str(file), file.stat().st_mtime_ns))

    app.jinja_env.globals["asset"] = asset
