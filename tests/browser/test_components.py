"""What the components look like, held against pictures: light and dark, on a screen and on a phone.

The pictures are small and soft, so that another version of a font or of the browser passes, and a style that is
missing, a colour that is swapped or a component that falls apart does not. After a wanted change, delete those that
differ, run the test, which writes and refuses new ones, look at them and keep them.
"""

import io
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Browser

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from tests.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=0)]  # a picture that was missing is there the second time

PICTURES = Path(__file__).with_name("pictures")
WIDTH = 200
"""Of the pictures that are compared, in pixels."""
SOFT = 2
MOST_DIFFERENT = 5
"""Of 255, on average over the picture."""
OTHER_HEIGHT = 0.04
"""The share by which a page may be longer or shorter."""


def soft(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture.convert("RGB").resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(SOFT))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_components_look_as_in_their_pictures(
    fair: Flask, server: str, browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    organizer = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    cookie = sign_in(fair.test_client(), organizer).get_cookie("session")
    assert cookie is not None
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce", base_url=server
    )
    context.add_cookies([{"name": "session", "value": cookie.value, "url": server}])
    page = context.new_page()
    page.goto("/desk/_components?lang=en")
    now = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    context.close()
    file = PICTURES / f"components-{width}-{scheme}.png"
    if not file.exists():
        PICTURES.mkdir(exist_ok=True)
        soft(now, (WIDTH, round(now.height * WIDTH / now.width))).save(file, optimize=True)
        pytest.fail(f"{file.name} was missing and is written now; look at it and keep it.")
    before = Image.open(file).convert("RGB")
    height = now.height * WIDTH / now.width
    assert abs(height - before.height) <= before.height * OTHER_HEIGHT
    difference = ImageChops.difference(before, soft(now, before.size))
    assert max(ImageStat.Stat(difference).mean) < MOST_DIFFERENT
