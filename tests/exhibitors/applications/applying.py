"""Helpers shared by the tests of applications."""

import io

from flask import Flask
from sqlalchemy import select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind, StepTaker
from exhibition.venue.models import Exhibition

BUSINESS = {
    "name": "Keripik Mbak Yuni",
    "kind": "umkm",
    "contact_name": "Yuni",
    "phone": "0812 3456 7890",
    "email": "yuni@example.com",
}
PRODUCT = {"product_group": "Camilan", "district": "Bawen"}
VALUES = BUSINESS | {"kind": ExhibitorKind.UMKM} | PRODUCT


def begun(exhibition: Exhibition, **more: object) -> Application:
    return applications.begin(exhibition, VALUES | more)


def submitted(exhibition: Exhibition, **more: object) -> Application:
    application = begun(exhibition, **more)
    actor = applications.actor_of(application)
    applications.submit(actor, StepTaker.APPLICANT, exhibition, application, consent=True)
    return application


def in_state(exhibition: Exhibition, state: ApplicationState, **more: object) -> Application:
    """An application set directly to a state."""
    application = submitted(exhibition, **more)
    application.state = state
    db.session.commit()
    return application


def newest() -> Application:
    return db.session.scalars(select(Application).order_by(Application.id.desc())).first()  # pyright: ignore[reportReturnType] there is one


def mails(app: Flask) -> list[str]:
    """The mails in the outbox, sent or not."""
    outbox = app.config["INSTANCE"] / "outbox"
    return sorted(file.read_text() for file in outbox.glob("*.eml")) if outbox.exists() else []


def photo(width: int = 800, *, kind: str = "JPEG") -> bytes:
    """A picture with a location in its metadata."""
    from PIL import Image

    image = Image.effect_noise((width, width // 2), 40).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "Rumah Bu Yuni"
    content = io.BytesIO()
    image.save(content, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return content.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
ORGANIZER = COMMAND_LINE
