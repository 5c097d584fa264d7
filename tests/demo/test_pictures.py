"""The pictures of the demo's products."""

from flask.testing import FlaskClient
from sqlalchemy import select

from exhibition.core.db import db
from exhibition.demo import pictures
from exhibition.demo.listings import LISTINGS
from exhibition.storefront.models import Listing, Picture
from exhibition.venue.models import Exhibition

TITLES = [item.title for items in LISTINGS.values() for item in items]


def test_each_product_has_a_drawing_and_each_drawing_a_product() -> None:
    drawn = {title: pictures.drawing_of(title) for title in TITLES}
    assert [title for title, name in drawn.items() if name is None] == []
    assert set(drawn.values()) == {file.stem for file in pictures.DRAWINGS.glob("*.svg")} == pictures.DRAWN_AS.keys()


def test_the_products_pages_show_their_pictures(exhibition: Exhibition, client: FlaskClient) -> None:
    shown = pictures.add()
    listings = db.session.scalars(select(Listing)).all()
    assert shown == len(TITLES) == len([one for one in listings if one.picture_key])
    keys = db.session.scalars(select(Picture.key)).all()
    assert len(keys) == len(pictures.DRAWN_AS)
    for key in keys:
        with client.get(f"/pictures/{key}-320.webp") as answer:
            assert (answer.status_code, answer.content_type) == (200, "image/webp")
