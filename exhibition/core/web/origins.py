"""Which site a form was sent from. A right token is not enough: one can leak, or be planted."""

from urllib.parse import urlsplit

from flask import Flask, request
from flask_babel import gettext as _

from exhibition.core.config import public_url
from exhibition.core.errors import Refused
from exhibition.core.web.api import PREFIX

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_SITE = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site: a page of ours, or somebody who acts in the browser itself. Another host of the same domain
(``same-site``) is none of ours."""


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, without a port that goes without saying; empty for one without a host."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if not scheme or not host:
        return ""
    usual = {"http": 80, "https": 443}.get(scheme)
    return f"{scheme}://{host}" if port in (None, usual) else f"{scheme}://{host}:{port}"


def _refuse_other_sites() -> None:
    """Refuse a request that changes something and comes from a page that is not ours.

    Calls of the JSON interface are left alone: cookies give them no rights, so another site gains nothing by them.
    """
    if request.method in SAFE_METHODS or request.path.startswith(PREFIX):
        return
    headers = request.headers
    site = headers.get("Sec-Fetch-Site", "none")
    sender = headers.get("Origin", headers.get("Referer"))
    ours = {origin_of(request.host_url), origin_of(public_url())}
    if site not in OWN_SITE or (sender is not None and origin_of(sender) not in ours):
        message = _("This was sent from another site, so nothing was done. Open the page here and send it again.")
        raise Refused("foreign_origin", message, status=403)


def init_app(app: Flask) -> None:
    app.before_request(_refuse_other_sites)
