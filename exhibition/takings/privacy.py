"""Takings are the business's own figures: they are deleted with exhibitors' contacts, two years after the fair."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from exhibition.core.db import db
from exhibition.exhibitors import privacy
from exhibition.takings.models import QrisCode, Takings, TakingsEntry


def _erase(exhibition_ids: Sequence[int]) -> None:
    old = Takings.exhibition_id.in_(exhibition_ids)
    entries = TakingsEntry.takings_id.in_(select(Takings.id).where(old))
    db.session.execute(delete(TakingsEntry).where(entries))
    db.session.execute(delete(Takings).where(old))


def _forget(exhibitor_ids: Sequence[int]) -> None:
    db.session.execute(delete(QrisCode).where(QrisCode.exhibitor_id.in_(exhibitor_ids)))


privacy.erasers.append(_erase)
privacy.forgetters.append(_forget)
