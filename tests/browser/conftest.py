"""A real Chromium against a real server with the demo edition."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, BrowserContext, BrowserType, expect
from werkzeug.serving import make_server
from werkzeug.wsgi import FileWrapper

from exhibition.gate.rules import admission
from exhibition.venue.models import Exhibition
from tests import demo_snapshot
from tests.browser.install import find
from tests.browser.scanner import PHONE
from tests.conftest import empty, make_app
from tests.fairs import the_fair

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]

expect.set_options(timeout=15_000)  # milliseconds: other tests run on the same machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a failed browser test once more; the closing line counts reruns, and each is a fault to be found."""
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("flaky"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def camera_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that Chromium's fake camera plays; a test replaces it to show another picture."""
    from tests.browser.camera import write_blank

    film = tmp_path_factory.mktemp("camera") / "camera.mjpeg"
    write_blank(film)
    return film


@pytest.fixture(autouse=True)
def _nothing_stays_before_the_camera(request: pytest.FixtureRequest) -> Iterator[None]:
    """Clear the film after a test, because its code would be scanned in the next one."""
    yield
    if "camera_film" in request.node.fixturenames:
        from tests.browser.camera import write_blank

        write_blank(request.getfixturevalue("camera_film"))


@pytest.fixture(scope="session")
def browser(browser_type: BrowserType, camera_film: Path) -> Iterator[Browser]:
    path = find()
    chromium = browser_type.launch(
        executable_path=path,
        args=[*CHROMIUM_FLAGS, f"--use-file-for-fake-video-capture={camera_film}"],
    )
    yield chromium
    chromium.close()


def _read_whole(response: Response) -> Response:
    """Send files as bytes, because Werkzeug's server leaves a file open when the browser hangs up."""
    if isinstance(response.response, FileWrapper):
        content = b"".join(response.response)
        response.response.close()
        response.direct_passthrough = False
        response.set_data(content)
    return response


@pytest.fixture(scope="session")
def browser_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = make_app(tmp_path_factory.mktemp("browser"), "")
    app.after_request(_read_whole)
    return app


@pytest.fixture(scope="session")
def server(browser_app: Flask) -> Iterator[str]:
    """The address of a running server, any number of requests at once."""
    http = make_server("127.0.0.1", 0, browser_app, threaded=True)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()


@pytest.fixture
def fair(browser_app: Flask, server: str) -> Iterator[Flask]:
    """The demo edition, freshly loaded, behind the running server; inside an application context."""
    from exhibition.core.extensions import limiter

    empty(browser_app)
    with browser_app.app_context():
        limiter.reset()
        demo_snapshot.load()
        yield browser_app


@pytest.fixture
def exhibition(fair: Flask) -> Exhibition:
    return the_fair()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A steward's phone, in another time zone than the fair, with a camera."""
    context = browser.new_context(viewport=PHONE, permissions=["camera"], timezone_id="Europe/London")
    yield context
    context.close()


@pytest.fixture
def slow_machines_may_scan_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a shared machine more than the usual ten seconds may pass between two scans."""
    monkeypatch.setattr(admission, "REPEAT_WINDOW", timedelta(minutes=10))
