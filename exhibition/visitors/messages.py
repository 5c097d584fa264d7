"""Which mails visitors get, posted with the change they tell of; ``pass_mail`` makes them when they are sent."""

from datetime import datetime

from flask import current_app
from sqlalchemy import Connection

from exhibition.core import outbox
from exhibition.visitors.models import MessageKind


def pass_address(manage_key: str) -> str:
    """The pass page's address as it goes into answers and mails."""
    return f"{current_app.config['PUBLIC_URL']}/p/{manage_key}"


def write(connection: Connection, registration_id: int, kind: MessageKind, now: datetime) -> None:
    """Add a mail to the open transaction; it goes out after commit."""
    outbox.post_to_compose(connection, kind, registration_id, now)
