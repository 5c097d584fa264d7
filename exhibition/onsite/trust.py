"""The page that helps a phone to trust this laptop, on plain HTTP because the phone does not trust it yet.

A separate server with nothing but this page and the authority's certificate: anyone on the hotspot may read both.
``flask run-venue --tls`` starts it; the content comes from EXHIBITION_TRUST_* in its environment.
"""

import os
from pathlib import Path

from flask import Flask, Response, render_template
from markupsafe import Markup

from exhibition.core import qr
from exhibition.core.config import PROJECT
from exhibition.core.web.security import HEADERS

CERTIFICATE, SECURE, OWN = "EXHIBITION_TRUST_CERTIFICATE", "EXHIBITION_TRUST_SECURE", "EXHIBITION_TRUST_OWN"

app = Flask("exhibition", root_path=str(PROJECT), template_folder="templates", static_folder="static")


@app.get("/")
def page() -> str:
    """Two QR codes and the steps for Android and iOS, in both languages."""
    secure, own = os.environ[SECURE], os.environ[OWN]

    def picture(address: str) -> Markup:
        return Markup(qr.svg(address, "QR"))  # noqa: S704 our own SVG of an address without markup

    return render_template("onsite/trust.html", secure=secure, own=own, picture=picture)


@app.get("/pameran.crt")
def certificate() -> Response:
    """The authority's certificate, as phones expect it."""
    answer = Response(Path(os.environ[CERTIFICATE]).read_bytes(), mimetype="application/x-x509-ca-cert")
    answer.headers["Content-Disposition"] = 'attachment; filename="pameran.crt"'
    return answer


@app.after_request
def add_headers(answer: Response) -> Response:
    answer.headers.extend(HEADERS)
    return answer
