"""Looking over an installation: what is wrong with it, and what to do about it (``flask doctor``)."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from exhibition.core import clock, private_files
from exhibition.core.config import instance_folder
from exhibition.core.db import db
from exhibition.core.outbox import MailState, OutboxMail
from exhibition.core.sql import migrations

LEAST_FREE_BYTES = 500 * 1024 * 1024
OVERDUE = timedelta(minutes=10)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``advice`` says what is wrong and what to do; empty: all is well."""

    name: str
    advice: str = ""


def _files() -> str:
    names = [path.name for path in private_files.open_to_others(instance_folder())]
    if not names:
        return ""
    shown = ", ".join(names[:5])
    return f"other accounts of this machine can open {shown}. Run: chmod -R go-rwx {instance_folder()}"


def _disk() -> str:
    free = shutil.disk_usage(instance_folder()).free
    return "" if free >= LEAST_FREE_BYTES else f"only {free // 1024**2} MB are free in {instance_folder()}. Make room."


def _database() -> str:
    try:
        return "its tables are not current. Run: flask db upgrade" if migrations.pending() else ""
    except SQLAlchemyError:
        return "it cannot be reached. Look at EXHIBITION_DATABASE_URL, and whether the server runs."


def _mails() -> str:
    try:
        waiting = OutboxMail.state == MailState.QUEUED, OutboxMail.next_try_at < clock.now() - OVERDUE
        overdue = db.session.scalar(select(func.count()).select_from(OutboxMail).where(*waiting)) or 0
    except SQLAlchemyError:
        return "the database cannot be read."
    if not overdue:
        return ""
    return f"{overdue} should have gone out ten minutes ago. Does `flask jobs run` work, and EXHIBITION_MAIL_URL?"


CHECKS: dict[str, Callable[[], str]] = {
    "files of the instance": _files,
    "disk": _disk,
    "database": _database,
    "mails": _mails,
}


def look() -> list[Finding]:
    """Every check, in the order in which one would mend things."""
    return [Finding(name, check()) for name, check in CHECKS.items()]
