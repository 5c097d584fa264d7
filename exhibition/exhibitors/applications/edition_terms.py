"""The words of an edition that a list of applicants may use: its booths and zones, product groups and districts."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from exhibition.core.db import db
from exhibition.exhibitors.models import Application, ApplicationCall, Exhibitor, Participant
from exhibition.exhibitors.rules import own_words
from exhibition.exhibitors.rules.applicant_rows import EditionTerms
from exhibition.exhibitors.rules.application_steps import GONE, ApplicationState
from exhibition.venue.models import Booth, Zone


def of(exhibition_id: int) -> EditionTerms:
    """Words of the rules for points come first, then those that most applications and participants have."""
    codes = db.session.scalars(select(Booth.code).where(Booth.exhibition_id == exhibition_id))
    zones = db.session.execute(select(Zone.code, Zone.name).where(Zone.exhibition_id == exhibition_id)).all()
    named = {text.upper(): code for code, name in zones for text in (code, name)}
    call = db.session.get(ApplicationCall, exhibition_id)
    worth = list(call.points.get("districts", {})) if call else []
    words = own_words.OwnWords(
        own_words.by_spelling(_used(exhibition_id, Application.product_group, Exhibitor.product_group)),
        own_words.by_spelling([*worth, *_used(exhibition_id, Application.district, Exhibitor.district)]),
    )
    return EditionTerms({code.upper(): code for code in codes}, named, words)


def _used(exhibition_id: int, *columns: InstrumentedAttribute[str]) -> Iterable[str]:
    """The words in columns of applications and participants, the most frequent first."""
    applied, known = columns
    counts: dict[str, int] = {}
    alive: tuple[ColumnElement[bool], ...] = (
        Application.exhibition_id == exhibition_id,
        Application.state.not_in((ApplicationState.DRAFT, *GONE)),
    )
    statements = (
        select(applied, func.count()).where(*alive).group_by(applied),
        select(known, func.count())
        .join(Participant, Participant.exhibitor_id == Exhibitor.id)
        .where(Participant.exhibition_id == exhibition_id)
        .group_by(known),
    )
    for statement in statements:
        for word, count in db.session.execute(statement):
            counts[word] = counts.get(word, 0) + count
    return sorted(counts, key=lambda word: (-counts[word], word))
