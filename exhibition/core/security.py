"""What every answer carries and every request must satisfy: headers, proxies, form protection."""

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from exhibition.core.api import PREFIX

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
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HONEYPOT_FIELD = "website"


def _add_headers(response: Response) -> Response:
    """Add what the answer does not say itself; read once, as asking for each header reads all of them each time."""
    own = {name.lower() for name, _value in response.headers}
    response.headers.extend((name, value) for name, value in HEADERS.items() if name.lower() not in own)
    if request.is_secure and current_app.config["SETTINGS"]["HSTS"].lower() != "false":
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


class CookieSessions(SecureCookieSessionInterface):
    """Flask's sessions for pages. JSON calls have none: whoever calls brings a key, and a cookie gives no right."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not request.path.startswith(PREFIX) and self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()  # without preparing a signature for the many requests that have no session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not request.path.startswith(PREFIX) and (session or session.accessed or session.modified):
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = CookieSessions()
    app.after_request(_add_headers)
    if proxies := int(app.config["SETTINGS"]["PROXY_COUNT"]):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
