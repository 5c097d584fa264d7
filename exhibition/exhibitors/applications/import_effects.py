"""What the rows of a list of applicants would do to the edition's applications."""

from collections import defaultdict
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select

from exhibition.core.db import db
from exhibition.exhibitors.models import Application, ApplicationSource
from exhibition.exhibitors.rules.applicant_rows import CONTACTS, ApplicantFault, ApplicantRow, contact_key, named_key
from exhibition.exhibitors.rules.application_steps import GONE, ApplicationState, name_key

CHANGEABLE = (ApplicationState.SUBMITTED, ApplicationState.SHORTLISTED, ApplicationState.WAITLISTED)
NEW, CHANGED, SAME, KNOWN, DECIDED = "new", "changed", "same", "known", "decided"
"""What a row would do: create an application, change one; or nothing, because it is the same, the applicant applied
themselves, or it is decided."""
FAULTY = "faulty"
"""The effect of a row with faults: it is left out."""
SAME_NAME = 0.8
"""How much of two names must agree for one to be a correction of the other (``difflib``)."""


class EditionApplications:
    """The edition's applications by their identifying values, read once for many rows."""

    def __init__(self, exhibition_id: int) -> None:
        self.by_key: dict[str, Application] = {}
        self._by_mark: dict[tuple[str, str], list[Application]] = defaultdict(list)
        for application in db.session.scalars(select(Application).where(Application.exhibition_id == exhibition_id)):
            if application.import_key:
                self.by_key[application.import_key] = application
            if application.state not in GONE:
                found = {name: getattr(application, name) for name in ("phone", "email", "nib")}
                name = ("name", f"{application.name_key}:{name_key(application.district)}")
                for mark in (*_marks(found), name):
                    self._by_mark[mark].append(application)

    def judge(self, row: ApplicantRow) -> Application | None:
        """Set what writing the row would do, and its key where it has another one here; returns its application.

        A phone or e-mail address that an application of another name has is remarked.
        """
        application = self._of(row)
        row.remarks = [note for note in row.remarks if note.get("code") != ApplicantFault.PRESENT]
        if application is None:
            row.effect = self._unmet(row)
        elif all(getattr(application, name) == value for name, value in row.values.items()):
            row.effect = SAME
        else:
            row.effect = CHANGED if application.state in CHANGEABLE else DECIDED
        return application

    def _of(self, row: ApplicantRow) -> Application | None:
        """The application that an earlier list made of the row."""
        contact = row.key.partition(":")[0]
        if contact not in CONTACTS:
            return self.by_key.get(row.key)
        alone, named = contact_key(row.values, contact), named_key(row.values, contact)
        if named in self.by_key:
            row.key = named
            return self.by_key[named]
        known = self.by_key.get(alone)
        if known is None:
            return None
        own = name_key(row.name)
        if known.name_key == own or (row.key == alone and _alike(known.name_key, own)):
            row.key = alone
            return known
        row.key = named
        return None

    def _unmet(self, row: ApplicantRow) -> str:
        """Whether a row that no earlier list knows is new, or has applied themselves."""
        own = name_key(row.name)
        if self._by_mark.get(("name", f"{own}:{name_key(str(row.values.get('district', '')))}")):
            return KNOWN
        for name, value in _marks(row.values):
            for application in self._by_mark.get((name, value), ()):
                same = name not in CONTACTS or _alike(application.name_key, own)
                if same or not (application.source is ApplicationSource.IMPORT or _is_shared(row, name)):
                    if not same:
                        row.remark(name, ApplicantFault.PRESENT, application.name)
                    return KNOWN
                row.remark(name, ApplicantFault.PRESENT, application.name)
        return NEW


def _is_shared(row: ApplicantRow, name: str) -> bool:
    return any(note.get("code") == ApplicantFault.SHARED and note.get("column") == name for note in row.remarks)


def _alike(one: str, other: str) -> bool:
    """Whether two keys of names are of one business: a correction, or more of the name. Numbers tell apart."""
    if [sign for sign in one if sign.isdigit()] != [sign for sign in other if sign.isdigit()]:
        return False
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() >= SAME_NAME


def _marks(values: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(name, str(values[name])) for name in ("phone", "email", "nib") if values.get(name)}
