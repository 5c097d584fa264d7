"""Security of every request and answer: headers, proxies, form protection."""

import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from exhibition.core.web.api import PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # the scanner's QR reader is WebAssembly
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
NO_STORE = "no-store"
"""The ``Cache-Control`` of whatever is not declared public."""
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": NO_STORE,
}
STRICT = {"true": "max-age=31536000", "subdomains": "max-age=31536000; includeSubDomains"}
"""``Strict-Transport-Security`` by the setting HSTS, for calls that came by https."""
HONEYPOT_FIELD = "website"


class SecurityHeaders:
    """Adds headers that an answer does not set itself. It is the outermost layer, where headers are a plain list."""

    def __init__(self, inner: "WSGIApplication", *, strict: str) -> None:
        self._inner = inner
        secure = HEADERS | {"Strict-Transport-Security": strict} if strict else HEADERS
        self._plain, self._secure = (
            [(name.lower(), (name, value)) for name, value in headers.items()] for headers in (HEADERS, secure)
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        wanted = self._secure if environ["wsgi.url_scheme"] == "https" else self._plain

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            own = {name.lower() for name, _value in headers}
            headers.extend(header for name, header in wanted if name not in own)
            return start_response(status, headers, exc_info)

        return self._inner(environ, start)


class CookieSessions(SecureCookieSessionInterface):
    """Flask's sessions for pages. JSON calls have none: callers send a key, and a cookie gives no rights."""

    digest_method = staticmethod(hashlib.sha256)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not request.path.startswith(PREFIX) and self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()  # without preparing a signature for the many requests that have no session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not request.path.startswith(PREFIX) and (session or session.accessed or session.modified):
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = CookieSessions()
    app.wsgi_app = SecurityHeaders(app.wsgi_app, strict=STRICT.get(app.config["SETTINGS"]["HSTS"].lower(), ""))
    if proxies := int(app.config["SETTINGS"]["PROXY_COUNT"]):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
