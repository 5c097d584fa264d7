"""The result of a selection, from the desk's button to the program that computes it again."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.core.config import PROJECT
from exhibition.core.db import transaction
from exhibition.exhibitors.applications import calls
from exhibition.exhibitors.models import Application
from tests.conftest import sign_in
from tests.exhibitors.applications.applying import submitted
from tests.fairs import the_fair

pytestmark = pytest.mark.browser


@transaction
def _applied() -> Application:
    """Somebody who has applied and has no booth, after the draw."""
    application = submitted(the_fair(), name="Keripik Mbak Yuni")
    calls.draw(COMMAND_LINE, the_fair())
    return application


def test_the_result_is_published_computed_again_and_told_to_the_applicant(
    fair: Flask, server: str, browser: Browser, tmp_path: Path
) -> None:
    application = _applied()
    own = f"/daftar-stan/{application.key}"
    visitor = browser.new_context(base_url=server, viewport={"width": 390, "height": 800}).new_page()
    visitor.goto(f"{own}?lang=en")
    expect(visitor.get_by_role("button", name="My result, and why")).to_have_count(0)

    organizer = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    cookie = sign_in(fair.test_client(), organizer).get_cookie("session")
    assert cookie is not None
    context = browser.new_context(base_url=server)
    context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
    desk = context.new_page()
    desk.goto("/desk/selection?lang=en")
    desk.get_by_role("button", name="Publish the result").click()
    expect(desk.get_by_text("Published by Ratna")).to_be_visible()

    visitor.goto("/seleksi")
    numbers = visitor.get_by_test_id("selection-numbers").inner_text().split()[0]
    with visitor.expect_download() as download:
        visitor.get_by_test_id("selection-file").click()
    file = tmp_path / "published.json"
    download.value.save_as(file)
    script = PROJECT / "docs" / "recompute_selection.py"
    done = subprocess.run([sys.executable, "-I", script, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()[0]) == (0, numbers), done.stdout + done.stderr

    visitor.goto(own)
    visitor.get_by_role("button", name="My result, and why").click()
    expect(visitor.get_by_test_id("own-outcome")).to_have_text("No booth")

    desk.get_by_role("button", name="Take it off the public pages").click()
    expect(desk.get_by_role("button", name="Publish the result")).to_be_visible()
    answer = visitor.goto("/seleksi")
    assert answer is not None
    assert answer.status == 404
    for one in (visitor, desk):
        one.context.close()
