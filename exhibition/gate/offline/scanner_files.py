"""The files the scanner needs to open without a server, and a version that changes with any of them."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from exhibition.core.config import PROJECT

STATIC = PROJECT / "static"
WORKER = STATIC / "js" / "gate" / "service_worker.js"
READER = STATIC / "js" / "gate" / "scan" / "qr_worker.js"
PATTERNS = (
    "js/gate/**/*.js",
    "vendor/zxing-wasm-*/**/*.js",
    "vendor/zxing-wasm-*/**/*.wasm",
    "vendor/ed25519-*/*.js",
    "css/tokens.css",
    "css/elements.css",
    "css/base.css",
    "css/components/banner.css",
    "css/components/card.css",
    "css/components/chip.css",
    "css/components/empty.css",
    "css/gate/scanner.css",
    "css/gate/verdict.css",
    "css/gate/steward.css",
    "images/icon*",
)
HASH_LENGTH = 16


def files() -> list[Path]:
    """Every file that the scanner's page asks for under ``static/``, in a fixed order."""
    found = {file for pattern in PATTERNS for file in STATIC.glob(pattern)} - {WORKER, READER}
    return sorted(found)


@lru_cache(maxsize=8)
def _digest(stamps: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.sha256()
    for file, _modified_ns in stamps:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(STATIC).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:HASH_LENGTH]


def version() -> str:
    """Sixteen hexadecimal digits from the names and contents of all files."""
    return _digest(tuple((file, file.stat().st_mtime_ns) for file in [*files(), WORKER, READER]))


def worker(shell: str, page: str, addresses: list[str]) -> str:
    """The service worker's script; ``page``, the text of the shell, is part of its version."""
    edition = hashlib.sha256(f"{version()}\n{page}".encode()).hexdigest()[:HASH_LENGTH]
    shipped = json.dumps({"version": edition, "shell": shell, "files": addresses})
    return f"self.SHIPPED = {shipped};\n{WORKER.read_text()}"
