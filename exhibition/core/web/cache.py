"""Whole public pages, kept for a moment in this process together with their gzip form, and as long by a cache in front.

Only for pages that are the same for everybody with the same language; they must show nothing from a session.
"""

import gzip
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask, Response, current_app, request, session

from exhibition.core import clock
from exhibition.core.i18n import current_locale

SETTING = "PAGE_CACHE_SECONDS"
KEPT_SECONDS = 2
LARGEST = 64
GZIP_LEVEL = 6


@dataclass(frozen=True)
class _Page:
    text: bytes
    zipped: bytes
    etag: str
    made_at: datetime


@dataclass
class _Place:
    """Where a page is kept; the thread that renders it anew holds the lock."""

    page: _Page | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


Places = dict[tuple[str, str], _Place]
"""By address and language."""


def _make(render: Callable[[], str]) -> _Page:
    text = render().encode()
    return _Page(text, gzip.compress(text, GZIP_LEVEL, mtime=0), hashlib.sha256(text).hexdigest()[:20], clock.now())


def _fresh(page: _Page) -> bool:
    age = clock.now() - page.made_at
    return timedelta(0) <= age < timedelta(seconds=current_app.config[SETTING])  # a clock may be set back


def _find(key: tuple[str, str], render: Callable[[], str]) -> _Page:
    """The page, rendered anew when it is old; meanwhile other requests get the old page, or wait if there is none."""
    places: Places = current_app.extensions["pages"]
    if key not in places and len(places) >= LARGEST:
        places.clear()
    place = places.setdefault(key, _Place())
    page = place.page
    if page is not None and (_fresh(page) or place.lock.locked()):
        return page
    with place.lock:
        if place.page is None or not _fresh(place.page):  # else made while this request waited
            place.page = _make(render)
        return place.page


def _personal() -> bool:
    """Whether the page would differ for this person, who is signed in or has a flashed message waiting."""
    name = current_app.config["SESSION_COOKIE_NAME"]
    return name in request.cookies and ("_flashes" in session or "_user_id" in session)


def page(render: Callable[[], str], part: str = "") -> Response:
    """Answer with the page that ``render`` returns, from the cache if it is fresh; 304 when the browser has it already.

    ``part`` tells apart several answers of one address: fragments, searches.
    """
    if _personal():
        return Response(render(), mimetype="text/html")
    found = _find((request.path + "#" + part, current_locale()), render)
    zipped = "gzip" in request.accept_encodings
    response = Response(found.zipped if zipped else found.text, mimetype="text/html")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    # Who keeps the page for many asks again when it is old here too; a browser asks each time. The language may be in a
    # cookie, a session too, so whoever has any cookie is asked about apart.
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={current_app.config[SETTING]}"
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    response.set_etag(found.etag, weak=True)
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    app.config.setdefault(SETTING, 0 if app.testing else KEPT_SECONDS)
    app.extensions["pages"] = Places()
