"""Uploads: which parts are stored, and which files are refused before they cost anything."""

import io
import struct
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.storefront import pictures, service
from exhibition.storefront.models import Listing, Picture
from exhibition.storefront.rules import seller_input
from exhibition.storefront.service import ListingText
from exhibition.venue.models import Exhibition
from tests.storefront.conftest import ORGANIZER, SLUG, photo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be huge in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def located_photo() -> bytes:
    """A JPEG as from a phone: held sideways, with its location and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "S", 2: (7.0, 14.0, 0.0), 3: "E", 4: (110.0, 26.0, 0.0)})
    return photo(1200, 900, exif=exif, comment=b"secret comment")


def stored() -> set[str]:
    return {file.name for file in pictures.folder().glob("*")} if pictures.folder().exists() else set()


def opened(prepared: pictures.PreparedPicture, size: int, extension: str) -> Image.Image:
    return Image.open(io.BytesIO(prepared.files[pictures.file_name(prepared.key, size, extension)]))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_kept_as_jpeg_and_webp_in_two_sizes(kind: str) -> None:
    prepared = pictures.prepare(photo(kind=kind))
    assert {(image.format, image.width) for size in (320, 960) for image in [opened(prepared, size, "jpg")]} == {
        ("JPEG", 320),
        ("JPEG", 960),
    }
    assert {(image.format, image.width) for size in (320, 960) for image in [opened(prepared, size, "webp")]} == {
        ("WEBP", 320),
        ("WEBP", 960),
    }
    assert (prepared.width, prepared.height) == (960, 720)


def test_nothing_the_camera_wrote_is_kept_but_the_picture_stands_upright() -> None:
    upload = located_photo()
    assert Image.open(io.BytesIO(upload)).getexif().get_ifd(0x8825)
    prepared = pictures.prepare(upload)
    for name, content in prepared.files.items():
        image = Image.open(io.BytesIO(content))
        assert not image.getexif(), name
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info), name
        assert b"secret comment" not in content
        assert image.height > image.width, name


def test_only_the_first_frame_of_an_animation_is_kept() -> None:
    file = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    image = opened(pictures.prepare(file.getvalue()), 320, "jpg").convert("RGB")
    red, _green, blue = image.getpixel((20, 20))  # pyright: ignore[reportGeneralTypeIssues]  an RGB pixel is three numbers
    assert red > 200
    assert blue < 50


def test_a_transparent_picture_gets_a_white_ground() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(pictures.prepare(file.getvalue()), 320, "jpg").convert("L").getpixel((5, 5)) == 255


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(pictures.prepare(photo(100, 80)), 960, "jpg").size == (100, 80)


HOSTILE = {
    "text named jpg": (b"this is no picture", "picture_unreadable"),
    "svg with script": (SVG, "picture_unreadable"),
    "html": (b"<html><script>alert(1)</script>", "picture_unreadable"),
    "truncated jpeg": (photo()[:2000], "picture_unreadable"),
    "truncated png": (photo(kind="PNG")[:500], "picture_unreadable"),
    "bmp": (photo(20, 20, kind="BMP"), "picture_unreadable"),
    "pixels beyond the limit": (bomb(8000, 8000), "picture_too_many_pixels"),
    "bomb": (bomb(60_000, 60_000), "picture_too_many_pixels"),
    "over 5 MB": (photo() + b"\0" * pictures.MAX_BYTES, "picture_too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_upload_is_refused_and_leaves_nothing(exhibition: Exhibition, name: str) -> None:
    content, code = HOSTILE[name]
    before = (stored(), db.session.scalar(select(func.count(Listing.id))))
    with pytest.raises(Refused) as refusal:
        service.save_listing(ORGANIZER, SLUG, None, ListingText("Keripik", picture=content))
    assert (refusal.value.status, refusal.value.code, refusal.value.field) == (422, code, "picture")
    assert (stored(), db.session.scalar(select(func.count(Listing.id)))) == before


def test_a_picture_whose_listing_fails_leaves_no_file(exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seller_input, "MAX_LISTINGS", 0)
    before = stored()
    with pytest.raises(Refused, match="too_many_listings"):
        service.save_listing(ORGANIZER, SLUG, None, ListingText("Keripik", picture=photo(333, 222)))
    assert stored() == before
    assert db.session.scalar(select(func.count(Picture.key))) == 0


def test_a_stored_picture_is_served_for_ever_by_its_content(
    app: Flask, exhibition: Exhibition, client: FlaskClient
) -> None:
    listing = service.save_listing(ORGANIZER, SLUG, None, ListingText("Keripik", picture=photo()))
    for extension, kind in (("jpg", "image/jpeg"), ("webp", "image/webp")):
        answer = client.get(f"/pictures/{listing.picture_key}-320.{extension}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()


@pytest.mark.parametrize(
    "name",
    ["../secret.key", "a" * 64 + "-320.jpg", "a" * 64 + "-321.jpg", "a" * 64 + "-320.svg", "%2e%2e%2fsecret-320.jpg"],
)
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/pictures/{name}").status_code == 404


def test_the_same_picture_twice_is_kept_once(exhibition: Exhibition) -> None:
    first = service.save_listing(ORGANIZER, SLUG, None, ListingText("Satu", picture=photo()))
    second = service.save_listing(ORGANIZER, SLUG, None, ListingText("Dua", picture=photo()))
    assert first.picture_key == second.picture_key
    assert db.session.scalar(select(func.count(Picture.key))) == 1


def test_pictures_nobody_shows_are_forgotten_after_a_day(exhibition: Exhibition) -> None:
    kept = service.save_listing(ORGANIZER, SLUG, None, ListingText("Satu", picture=photo(400, 300)))
    dropped = service.save_listing(ORGANIZER, SLUG, None, ListingText("Dua", picture=photo(500, 300)))
    kept_key, dropped_key = kept.picture_key or "", dropped.picture_key or ""
    service.delete_listing(ORGANIZER, SLUG, dropped.id)
    assert pictures.forget_unused(clock.now() - timedelta(days=1)) == 0
    assert pictures.forget_unused(clock.now() + timedelta(seconds=1)) == 1
    names = {Path(name).name[:64] for name in stored()}
    assert kept_key in names
    assert dropped_key not in names


def test_a_listing_keeps_its_picture_until_it_is_told_otherwise(exhibition: Exhibition) -> None:
    listing = service.save_listing(ORGANIZER, SLUG, None, ListingText("Satu", picture=photo()))
    key = listing.picture_key
    assert service.save_listing(ORGANIZER, SLUG, listing.id, ListingText("Lain")).picture_key == key
    listing = service.save_listing(ORGANIZER, SLUG, listing.id, ListingText("Lain", remove_picture=True))
    assert listing.picture_key is None
