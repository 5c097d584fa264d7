"""Server-sent events that tell open pages when something changed (docs/adr/0009-live.md).

While anyone listens, one thread in each server process hears of commits by any process (``core.web.commit_watch``),
looks at a topic at most as often as the topic allows, and wakes its streams when the result differs. A stream holds a
server thread but no database connection; when too many are open the next one is refused, and the page falls back to
polling.
"""

import json
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import Any

from flask import Flask, Response, current_app

from exhibition.core.serving.bounds import MOST_STREAMS
from exhibition.core.web import commit_watch

LOOK_AT_LEAST_EVERY_S = 2.0
"""How often a topic is looked at without any commit: the passing of time changes things too, and a message can be
lost."""
HEARTBEAT_S = 15.0
LONGEST_STREAM_S = 600.0
"""Streams end after ten minutes, so that forgotten ones don't pile up; browsers reconnect by themselves."""
RETRY_MS = 3000
WOKEN_TOGETHER, PAUSE_BETWEEN_S = 16, 0.004
"""Streams wake in small groups, because hundreds of threads at the same moment would delay a scan."""
JUST_BEFORE_S = 0.001


class Topic:
    """Something that pages watch, looked at no more than once in ``every_s`` seconds.

    ``look`` returns JSON-able values, ``allowed`` the keys of those who may see them, if not everybody may; both run
    inside an application context. A process holds at most ``most`` streams of the topic and its ``family`` together.
    """

    def __init__(
        self,
        look: Callable[[], dict[str, Any]],
        *,
        every_s: float,
        allowed: Callable[[], frozenset[Hashable]] | None = None,
        most: int = MOST_STREAMS,
        family: "list[Topic] | None" = None,
    ) -> None:
        self.every_s = every_s
        self.looked_at = 0.0
        self.listeners = 0
        self.family = [self] if family is None else family
        self._look, self._allowed, self._most = look, allowed, most
        self.asked_at = 0.0
        self._changed = threading.Condition()
        self._looked = threading.Condition()
        self._known_at = 0.0
        self._version = 0
        self._frame = ""
        self._keys: frozenset[Hashable] = frozenset()

    def stream(self, key: Hashable = None) -> Response:
        """An event stream: the current state at once, then each change, until ``key`` is no longer allowed.

        503 when too many streams are open.
        """
        live: Live = current_app.extensions["live"]
        if not live.enter(self, self._most):
            return Response(status=503, headers={"Retry-After": "30"})
        with self._changed:
            self._keys |= {key}  # the caller has just checked it; the next look checks it again
        self.asked_at = time.monotonic()
        response = Response(self._events(key, self.asked_at), mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        response.call_on_close(lambda: live.leave(self))
        return response

    def _events(self, key: Hashable, asked_at: float) -> Iterator[str]:
        until = time.monotonic() + LONGEST_STREAM_S
        yield f"retry: {RETRY_MS}\n\n"
        with self._looked:  # an older state could come back unnoticed, after the page was made from another one
            self._looked.wait_for(lambda: self._known_at >= asked_at, LOOK_AT_LEAST_EVERY_S)
        version, shown = 0, ""
        while time.monotonic() < until:
            with self._changed:
                self._changed.wait_for(lambda seen=version: self._version != seen, HEARTBEAT_S)
                version, frame, keys = self._version, self._frame, self._keys
            if version and self._allowed is not None and key not in keys:
                return
            yield frame if frame != shown else ": still here\n\n"
            shown = frame

    def forget(self) -> None:
        """Forget the last state: it is out of date after a time without listeners."""
        with self._changed:
            self._version, self._frame, self._keys, self.looked_at, self._known_at = 0, "", frozenset(), 0.0, 0.0

    def refresh(self) -> None:
        """Look, and wake the streams if the state differs."""
        self.looked_at = began = time.monotonic()
        keys = frozenset() if self._allowed is None else self._allowed()
        frame = f"data: {json.dumps(self._look())}\n\n"
        changed = (frame, keys) != (self._frame, self._keys)
        with self._changed:
            self._frame, self._keys = frame, keys
            self._version += changed
        with self._looked:
            self._known_at = began
            self._looked.notify_all()
        if not changed:
            return
        for _group in range(0, self.listeners, WOKEN_TOGETHER):
            with self._changed:
                self._changed.notify(WOKEN_TOGETHER)
            time.sleep(PAUSE_BETWEEN_S)


class Topics:
    """The same topic for each edition, made when somebody watches it; together they have the streams of one."""

    def __init__(
        self,
        look: Callable[[int], dict[str, Any]],
        *,
        every_s: float,
        allowed: Callable[[int], frozenset[Hashable]] | None = None,
        most: int = MOST_STREAMS,
    ) -> None:
        self._look, self._every_s, self._allowed, self._most = look, every_s, allowed, most
        self._of: dict[int, Topic] = {}
        self._family: list[Topic] = []
        self._lock = threading.Lock()

    def of(self, exhibition_id: int) -> Topic:
        with self._lock:
            if exhibition_id not in self._of:
                self._of[exhibition_id] = Topic(
                    partial(self._look, exhibition_id),
                    every_s=self._every_s,
                    allowed=None if self._allowed is None else partial(self._allowed, exhibition_id),
                    most=self._most,
                    family=self._family,
                )
                self._family.append(self._of[exhibition_id])
            return self._of[exhibition_id]


class Live:
    """The topics that have listeners in this process, and the thread that watches them."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._topics: list[Topic] = []
        self._open = 0
        self._watching = False

    def enter(self, topic: Topic, most: int) -> bool:
        """Count a stream in; False when there are too many."""
        with self._lock:
            if sum(one.listeners for one in topic.family) >= most or self._open >= MOST_STREAMS:
                return False
            self._open += 1
            topic.listeners += 1
            if topic not in self._topics:
                topic.forget()
                self._topics.append(topic)
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._watch, name="live", daemon=True).start()
        return True

    def leave(self, topic: Topic) -> None:
        """Count a stream out."""
        with self._lock:
            self._open -= 1
            topic.listeners -= 1

    def _listened_to(self) -> list[Topic]:
        """The topics with listeners; when there are none, the thread ends."""
        with self._lock:
            self._topics = [topic for topic in self._topics if topic.listeners]
            self._watching = bool(self._topics)
            return list(self._topics)

    def _watch(self) -> None:
        heard_at = time.monotonic()
        with commit_watch.ear(self._app) as ear:
            while topics := self._listened_to():
                for topic in topics:
                    age_s = time.monotonic() - topic.looked_at
                    heard = topic.looked_at <= heard_at and age_s >= topic.every_s - JUST_BEFORE_S
                    if heard or age_s >= LOOK_AT_LEAST_EVERY_S or topic.asked_at > topic.looked_at:
                        self._refresh(topic)
                if ear.listen():
                    heard_at = time.monotonic()

    def _refresh(self, topic: Topic) -> None:
        try:
            with self._app.app_context():
                topic.refresh()
        except Exception:  # the database may be away for a moment; the streams stay open
            self._app.logger.exception("live look failed")


def init_app(app: Flask) -> None:
    app.extensions["live"] = Live(app)
    commit_watch.init_app(app)
