"""Telling open pages that something changed, by server-sent events.

In each server process one thread looks once a second, only while somebody listens, and wakes all streams of its
topic when what it sees differs. A stream holds a server thread but no database connection; when too many are
open the next one is refused, and the page falls back to asking by itself.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Response

from exhibition.core.server import MOST_STREAMS

LOOK_EVERY_S = 1.0
HEARTBEAT_S = 15.0
LONGEST_STREAM_S = 600.0
"""Streams end by themselves after ten minutes; browsers come back, and forgotten ones don't pile up."""
RETRY_MS = 3000


class Topic:
    """Something worth watching. ``look`` returns JSON-able values and runs inside an application context."""

    def __init__(self, look: Callable[[], dict[str, Any]]) -> None:
        self._look = look
        self._changed = threading.Condition()
        self._seen: dict[str, Any] | None = None
        self._version = 0
        self._listeners = 0
        self._watching = False

    def stream(self, app: Flask) -> Response:
        """An event stream: the present state at once, then each change. 503 when too many streams are open."""
        with self._changed:
            if self._listeners >= MOST_STREAMS:
                return Response(status=503, headers={"Retry-After": "30"})
            self._listeners += 1
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, args=(app,), name="live", daemon=True).start()
        response = Response(self._events(), mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        response.call_on_close(self._leave)
        return response

    def _leave(self) -> None:
        with self._changed:
            self._listeners -= 1

    def _events(self) -> Iterator[str]:
        until = time.monotonic() + LONGEST_STREAM_S
        yield f"retry: {RETRY_MS}\n\n"
        version = 0
        while time.monotonic() < until:
            with self._changed:
                self._changed.wait_for(lambda seen=version: self._version != seen, HEARTBEAT_S)
                changed, version, values = self._version != version, self._version, self._seen
            yield f"data: {json.dumps(values)}\n\n" if changed else ": still here\n\n"

    def _watch(self, app: Flask) -> None:
        while True:
            try:
                with app.app_context():
                    values = self._look()
            except Exception:
                app.logger.exception("live look failed")
                values = None
            with self._changed:
                if values is not None and values != self._seen:
                    self._seen = values
                    self._version += 1
                    self._changed.notify_all()
                if not self._listeners:
                    self._watching = False
                    return
            time.sleep(LOOK_EVERY_S)
