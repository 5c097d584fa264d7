"""Which mails visitors get, queued with the change they report; ``pass_mail`` composes them when they are sent."""

from datetime import datetime

from sqlalchemy import Connection

from exhibition.core import outbox
from exhibition.core.config import public_url
from exhibition.visitors.models import MessageKind


def pass_address(manage_key: str) -> str:
    """The pass page's address as it goes into answers and mails."""
    return f"{public_url()}/p/{manage_key}"


def write(connection: Connection, registration_id: int, kind: MessageKind, now: datetime) -> None:
    """Add a mail to the open transaction; it goes out after commit."""
    outbox.post_to_compose(connection, kind, registration_id, now)
