"""The camera's pictures are read in a worker, also without network, or on the page if the browser has no workers."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from exhibition.venue.models import Exhibition
from tests.browser.camera import write_film
from tests.browser.scanner import end_track, expect_verdict, prepared_page, scanner_page
from tests.gate import world

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("slow_machines_may_scan_twice")]


def _readers(page: Page) -> list[str]:
    return [worker.url for worker in page.workers if worker.url.endswith("/reading_worker.js")]


def test_pictures_are_read_in_one_worker_that_outlives_a_lost_camera(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path
) -> None:
    write_film(camera_film, world.issue(exhibition.id).token)
    page = scanner_page(phone, server)
    expect_verdict(page, "accepted", "accepted")
    assert len(_readers(page)) == 1
    page.get_by_test_id("verdict").click()
    write_film(camera_film, world.issue(exhibition.id).token)
    end_track(page)
    expect_verdict(page, "accepted", "accepted")
    assert len(_readers(page)) == 1


def test_the_worker_is_there_when_the_scanner_opens_without_network(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path
) -> None:
    page = prepared_page(phone, server)
    phone.set_offline(offline=True)
    write_film(camera_film, world.issue(exhibition.id).token)
    page.reload()
    expect_verdict(page, "accepted", "accepted")
    expect(page.get_by_test_id("verdict")).to_contain_text("Diputuskan tanpa server")
    assert len(_readers(page)) == 1


@pytest.mark.parametrize("missing", ["Worker", "OffscreenCanvas", "script"])
def test_where_the_browser_has_no_worker_for_it_the_page_reads(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path, missing: str
) -> None:
    if missing == "script":
        phone.route("**/reading_worker.js", lambda route: route.abort())
    else:
        phone.add_init_script(f"delete window.{missing}")
    write_film(camera_film, world.issue(exhibition.id).token, inverted=1.0)
    page = scanner_page(phone, server)
    expect_verdict(page, "accepted", "accepted")
    assert _readers(page) == []


def test_pictures_reach_the_worker_where_the_browser_has_no_video_frames(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path
) -> None:
    phone.add_init_script("delete window.VideoFrame")
    write_film(camera_film, world.issue(exhibition.id).token)
    page = scanner_page(phone, server)
    expect_verdict(page, "accepted", "accepted")
    assert len(_readers(page)) == 1


def test_a_worker_that_falls_silent_is_replaced(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path
) -> None:
    phone.add_init_script("""(() => {
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (message, passed) {
            if (window.heard) post.call(this, message, passed);
            window.heard = true;
        };
    })()""")
    write_film(camera_film, world.issue(exhibition.id).token)
    page = scanner_page(phone, server)
    expect(page.get_by_test_id("verdict")).to_be_visible(timeout=15_000)
    expect_verdict(page, "accepted", "accepted")
    assert len(_readers(page)) == 1


@pytest.mark.parametrize("look", [{"share": 0.2, "blur": 0.5}, {"share": 0.25, "aside": 0.36}, {"share": 0.95}])
def test_tiny_codes_codes_at_the_edge_and_codes_held_too_near_are_read(
    phone: BrowserContext, server: str, exhibition: Exhibition, camera_film: Path, look: dict[str, float]
) -> None:
    write_film(camera_film, world.issue(exhibition.id).token, **look)
    page = scanner_page(phone, server)
    expect_verdict(page, "accepted", "accepted")
