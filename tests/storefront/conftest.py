"""A seller with a shop of her own, and pictures to upload."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse, encode_multipart

from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import RoleName, User
from exhibition.accounts.service import create_user
from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember
from exhibition.storefront.editors import Editor
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in

CSRF_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SLUG, OTHER_SLUG = "keripik-bu-tini", "rempeyek-ambarawa"
ORGANIZER = Editor(COMMAND_LINE, organizer=True)
BROWSER = "Mozilla/5.0 (Linux; Android 9) Chrome/130.0 Mobile Safari/537.36"


def exhibitor(slug: str = SLUG) -> Exhibitor:
    return db.session.scalars(select(Exhibitor).where(Exhibitor.slug == slug)).one()


def photo(width: int = 1200, height: int = 900, *, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, kind, **options)
    return file.getvalue()


@transaction
def _join(user: User, slug: str) -> None:
    db.session.add(ExhibitorMember(user_id=user.id, exhibitor_id=exhibitor(slug).id))


@pytest.fixture
def seller(exhibition: Exhibition) -> User:
    """Bu Tini, who sells crackers and may edit only her own shop."""
    user = create_user(COMMAND_LINE, "tini@example.com", RoleName.EXHIBITOR, name="Tini")
    _join(user, SLUG)
    return user


@pytest.fixture
def seller_client(app: Flask, seller: User) -> FlaskClient:
    return sign_in(app.test_client(), seller)


def send(client: FlaskClient, address: str, fields: dict[str, Any]) -> TestResponse:
    """Fill in the form at an address and send it, with the token its page carries."""
    page = f"/exhibitor/listings/{SLUG}/shop" if address.endswith("/move") else address
    token = CSRF_TOKEN.search(client.get(page).text)
    boundary, body = encode_multipart(fields | {"csrf_token": token[1] if token else ""})
    return client.post(address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


@pytest.fixture
def editor(seller: User) -> Editor:
    return Editor(Actor(seller.id, seller.name), organizer=False)
