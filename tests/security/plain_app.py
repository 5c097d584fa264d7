"""A small WSGI application that says how it was asked, for tests of the server."""

import hashlib
import json
import os
import signal
import time
from collections.abc import Iterable, Iterator
from typing import Any

LARGE = 3 * 1024 * 1024
PIECE = b"0123456789abcdef" * 4096


def _events() -> Iterator[bytes]:
    while True:
        yield b"data: {}\n\n"
        time.sleep(0.2)


def _pieces() -> Iterator[bytes]:
    for _piece in range(LARGE // len(PIECE)):
        yield PIECE


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/events":
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return _events()
    if path == "/large":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return _pieces()
    if path == "/die":
        os.kill(os.getpid(), signal.SIGKILL)
    if path == "/fault":
        raise RuntimeError("a fault of the application")
    body = environ["wsgi.input"].read()
    said = {name: value for name, value in environ.items() if isinstance(value, str)}
    said |= {"body": hashlib.sha256(body).hexdigest(), "length": len(body), "pid": os.getpid()}
    answer = json.dumps(said).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
    start_response("401 Unauthorized" if path == "/api/v1/gate/closed" else "200 OK", headers)
    return [answer]
