"""Films for Chromium's fake camera: JPEG frames of a QR code held by an unsteady hand in uneven light."""

import io
import math
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from exhibition.core import qr

WIDTH, HEIGHT = 1280, 720
FRAMES = 20
GREY, WHITE = 140, 255
MARK = 32


def _code(text: str) -> Image.Image:
    return Image.open(io.BytesIO(qr.png(text, scale=8))).convert("L")


def frame(
    code: Image.Image | None,
    number: int,
    *,
    share: float = 0.6,
    blur: float = 0.8,
    noise: float = 6.0,
    inverted: float = 0.0,
    aside: float = 0.0,
) -> Image.Image:
    """One grey frame.

    ``share`` is the code's side as a part of the frame's height, ``inverted`` 1: light on dark, ``aside`` how far it is
    from the middle as a part of the frame's width.
    """
    if code is not None and inverted:
        code = ImageOps.invert(code)
    picture = Image.new("L", (WIDTH, HEIGHT), GREY)
    if code is not None:
        side = int(HEIGHT * share)
        angle = 12 * math.sin(number / 3)
        scaled = code.resize((side, side), Image.Resampling.LANCZOS)
        mask = Image.new("L", scaled.size, 255).rotate(angle, expand=True)
        turned = scaled.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
        left = (WIDTH - turned.width) // 2 + int(aside * WIDTH) + int(60 * math.sin(number / 2))
        top = (HEIGHT - turned.height) // 2 + int(25 * math.cos(number / 2))
        picture.paste(turned, (left, top), mask)
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(blur)), dtype=np.float32)
    pixels = pixels * np.linspace(0.6, 1, WIDTH, dtype=np.float32)[None, :]
    pixels = pixels + np.random.default_rng(number).normal(0, noise, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype("uint8"))


def _marked(picture: Image.Image, number: int) -> Image.Image:
    """Add a corner that alternates between white and black, so that a program can tell codes apart."""
    picture.paste(WHITE if number % 2 else 0, (0, 0, MARK, MARK))
    return picture


def _write(path: Path, frames: Iterable[Image.Image]) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as film:
        for picture in frames:
            jpeg = io.BytesIO()
            picture.convert("RGB").save(jpeg, "JPEG", quality=80, subsampling=2)
            film.write(jpeg.getvalue())
    os.replace(fresh, path)  # noqa: PTH105 rewriting in place would end the running track


def write_film(path: Path, text: str, **look: float) -> None:
    """Show a QR code to the camera, from the camera's next start on."""
    code = _code(text)
    _write(path, [frame(code, number, **look) for number in range(FRAMES)])


def write_passes(path: Path, texts: list[str], **look: float) -> None:
    """Show one code after another, each for two thirds of a second, told apart by the corner at the top left."""
    codes = [_code(text) for text in texts]
    _write(path, (_marked(frame(code, n, **look), m) for m, code in enumerate(codes) for n in range(FRAMES)))


def write_film_of(path: Path, screenshot: bytes, **look: float) -> None:
    """Show the camera a picture of a screen, from the camera's next start on."""
    code = Image.open(io.BytesIO(screenshot)).convert("L")
    _write(path, [frame(code, number, **look) for number in range(FRAMES)])


def write_blank(path: Path) -> None:
    """Show nothing to the camera."""
    _write(path, [frame(None, number) for number in range(2)])
