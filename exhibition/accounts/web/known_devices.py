"""Browsers from which somebody has signed in before: a signed cookie names them.

Tries at a password count for the browser there, and for the network elsewhere. So whoever types wrong passwords for
somebody else keeps only themselves out.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from exhibition.accounts.rules.sign_ins import address_group
from exhibition.core.config import cookie_name, secret_key

KEPT_FOR = timedelta(days=180)
MOST_PEOPLE = 8
"""People who share a browser; the one who signed in first is forgotten."""


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(), salt="known-device")


def _cookie() -> str:
    return cookie_name("known_device", tls=current_app.config["TLS"])


def _digest(email: str) -> str:
    return hmac.digest(secret_key(), b"known-device:" + email.encode("utf-8", "replace"), "sha256").hex()[:16]


def _read() -> tuple[str, list[str]]:
    """The browser's own name, and the digests of those who have signed in there; a new name without a cookie."""
    try:
        content: Any = _serializer().loads(request.cookies.get(_cookie(), ""))
    except BadSignature:
        return secrets.token_urlsafe(12), []
    return content["device"], content["people"]


def network() -> str:
    """The network that this request comes from."""
    address = request.remote_addr or ""
    return address_group(address) or address


def is_known(email: str) -> bool:
    """Whether somebody with this address has signed in with this browser."""
    return _digest(email) in _read()[1]


def place_of(email: str) -> str:
    """What tries at somebody's password are counted for: this browser if they have signed in here, else the network."""
    return f"device {_read()[0]}" if is_known(email) else f"network {network()}"


def remember(response: Response, email: str) -> None:
    """Let the browser be known as one of this person's."""
    device, people = _read()
    own = _digest(email)
    people = [*(one for one in people if one != own), own][-MOST_PEOPLE:]
    response.set_cookie(
        _cookie(),
        _serializer().dumps({"device": device, "people": people}),
        max_age=KEPT_FOR,
        path="/",
        secure=current_app.config["TLS"],
        httponly=True,
        samesite="Lax",
    )
