"""Mails to visitors: a row written with the change it tells of, sent by a job after commit, tried until it goes."""

from datetime import datetime

from flask import current_app
from sqlalchemy import insert

from exhibition.core.db import db
from exhibition.visitors.models import MessageKind, MessageState, VisitorMessage


def pass_address(manage_key: str) -> str:
    """The pass page's address as it goes into answers and mails."""
    return f"{current_app.config['PUBLIC_URL']}/p/{manage_key}"


def write(registration_id: int, kind: MessageKind, now: datetime) -> None:
    """Add a mail to the open transaction; it goes out after commit."""
    values = {
        "registration_id": registration_id,
        "kind": kind,
        "state": MessageState.WAITING,
        "attempts": 0,
        "last_error": "",
        "created_at": now,
        "next_attempt_at": now,
    }
    db.session.connection().execute(insert(VisitorMessage), values)
