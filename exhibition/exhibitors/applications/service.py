"""Applications: beginning, filling in, submitting and deciding. Each step is one guarded update.

The allocation reports changes of booths through ``follow``; nothing here knows who has which booth.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blinker import Signal
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import Actor, record
from exhibition.accounts.models import AuditEntry
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.i18n import current_locale
from exhibition.core.limiting import budgets
from exhibition.core.sql.constraints import violates
from exhibition.exhibitors import newcomers, participants
from exhibition.exhibitors.applications import calls, held_news
from exhibition.exhibitors.applications import mail as application_mail
from exhibition.exhibitors.applications.answers import clean
from exhibition.exhibitors.applications.held_news import HeldNews
from exhibition.exhibitors.models import Application, Exhibitor, ExhibitorMember
from exhibition.exhibitors.rules.application_steps import (
    EDITABLE,
    GONE,
    ApplicationState,
    Passage,
    Step,
    StepTaker,
    is_news,
    passage,
    way_back,
)
from exhibition.venue.models import Exhibition
from exhibition.venue.rules import privacy_notices

KEY_BYTES = 24
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 6
STEP_PREFIX = "application."


def actor_of(application: Application) -> Actor:
    """The applicant for the audit trail, without personal data, because nothing can be erased from the trail."""
    return Actor(None, application.reference)


def new_reference() -> str:
    """A reference for people to quote, without look-alike characters; it does not reveal the number of applications."""
    return "STN-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


@transaction
def begin(
    exhibition: Exhibition,
    values: Mapping[str, Any],
    *,
    locale: str = "id",
    form_key: str | None = None,
    exhibitor: Exhibitor | None = None,
    origin: str | None = None,
) -> Application:
    """Begin a draft and mail its link; the same form sent twice begins one.

    If earlier applications have the same e-mail address, that mail has their links too, once a day, so that only the
    owner of the address learns of them. Raises Refused ``applications_closed`` (409), and as ``clean`` does.
    """
    calls.require_open(exhibition)
    if form_key and (begun := _by_form(form_key)):
        return begun
    application = Application(
        exhibition_id=exhibition.id,
        exhibitor_id=exhibitor.id if exhibitor else None,
        acting=exhibitor is not None,
        reference=new_reference(),
        key=secrets.token_urlsafe(KEY_BYTES),
        form_key=form_key,
        origin=origin,
        locale=locale,
        **clean(exhibition, values),
    )
    try:
        with db.session.begin_nested():
            db.session.add(application)
    except IntegrityError as error:
        begun = _by_form(form_key) if violates(error, "uq_application_form_key") else None
        if begun is None:
            raise
        return begun
    if exhibitor is not None:
        participants.take_in(exhibition.id, [exhibitor.id])
    record(actor_of(application), "application.begin", "application", application.id, name=application.name)
    older = _older(application)
    application_mail.links([application, *(older if older and budgets.may_get_older_links(application.email) else [])])
    return application


def _by_form(form_key: str | None) -> Application | None:
    return db.session.scalar(select(Application).where(Application.form_key == form_key)) if form_key else None


def _older(application: Application) -> list[Application]:
    if not application.email:
        return []
    return _of_email(application.exhibition_id, application.email, besides=application.id)


def _of_email(exhibition_id: int, email: str, besides: int = 0) -> list[Application]:
    statement = select(Application).where(
        Application.exhibition_id == exhibition_id, Application.email == email, Application.id != besides
    )
    return list(db.session.scalars(statement.order_by(Application.id.desc()).limit(5)))


@transaction
def send_links(exhibition: Exhibition, email: str) -> None:
    """Mail the links of all applications with this address to it.

    Nothing happens when there are none, or the address has got enough mails.
    """
    found = _of_email(exhibition.id, email.strip().casefold())
    if found and budgets.has_mail_left(email.strip()):
        application_mail.links(found)


def by_key(key: str) -> Application:
    """Raises NotFound."""
    application = db.session.scalar(select(Application).where(Application.key == key)) if key.isprintable() else None
    if application is None:
        raise NotFound
    return application


def own_page(exhibition: Exhibition, exhibitor_id: int) -> str:
    """The secret address of the exhibitor's application for a fair; empty when they have none, or an account."""
    application = of_exhibitor(exhibition, exhibitor_id)
    return "" if application is None or newcomers.has_account(exhibitor_id) else application_mail.address(application)


def own_pages(exhibition: Exhibition) -> dict[int, str]:
    """As ``own_page``, for every exhibitor who has one, by the exhibitor's id; one query."""
    with_account = select(ExhibitorMember.exhibitor_id)
    statement = select(Application).where(
        Application.exhibition_id == exhibition.id,
        Application.exhibitor_id.is_not(None),
        Application.exhibitor_id.not_in(with_account),
    )
    found = sorted(db.session.scalars(statement), key=_weight)
    return {one.exhibitor_id: application_mail.address(one) for one in found if one.exhibitor_id is not None}


def edition_of(application: Application) -> Exhibition:
    """The edition that the application is for."""
    return db.session.get_one(Exhibition, application.exhibition_id)


def get(exhibition: Exhibition, application_id: int) -> Application:
    """One of the edition's applications; raises NotFound."""
    application = db.session.get(Application, application_id)
    if application is None or application.exhibition_id != exhibition.id:
        raise NotFound
    return application


def _weight(application: Application) -> tuple[bool, int]:
    """A sort key: an exhibitor's newest live application speaks for them, or the newest if none is live."""
    return application.state not in GONE, application.id


def of_exhibitor(exhibition: Exhibition, exhibitor_id: int) -> Application | None:
    """The application that speaks for an exhibitor in the edition."""
    statement = select(Application).where(
        Application.exhibition_id == exhibition.id, Application.exhibitor_id == exhibitor_id
    )
    return max(db.session.scalars(statement), key=_weight, default=None)


def speaking(exhibition: Exhibition) -> dict[int, Application]:
    """The application that speaks for each exhibitor, by the exhibitor's id; drafts do not count."""
    statement = select(Application).where(
        Application.exhibition_id == exhibition.id,
        Application.exhibitor_id.is_not(None),
        Application.state != ApplicationState.DRAFT,
    )
    found = sorted(db.session.scalars(statement), key=_weight)
    return {one.exhibitor_id: one for one in found if one.exhibitor_id is not None}


def undecided(exhibition: Exhibition) -> int:
    """How many submitted applications have no exhibitor yet, so that they cannot be given a booth."""
    statement = select(func.count()).where(
        Application.exhibition_id == exhibition.id,
        Application.exhibitor_id.is_(None),
        Application.state == ApplicationState.SUBMITTED,
    )
    return db.session.scalar(statement) or 0


def require_editable(application: Application) -> None:
    """Raise Refused ``application_decided`` (409) if the application is already decided."""
    if application.state not in EDITABLE:
        message = _l("Your application is being decided on and stays as it is. Ask the organizers to change something.")
        raise Refused("application_decided", message)


@transaction
def save(actor: Actor, exhibition: Exhibition, application: Application, values: Mapping[str, Any]) -> None:
    """Save a part of the form. Raises Refused ``application_decided``, ``applications_closed``, and as ``clean``."""
    locked = db.session.get_one(Application, application.id, with_for_update=True, populate_existing=True)
    require_editable(locked)
    if locked.state is ApplicationState.DRAFT:
        calls.require_open(exhibition)
    kept = clean(exhibition, values)
    changed = sorted(field for field in kept if getattr(locked, field) != kept[field])
    if not changed:
        return
    address_is_new = "email" in changed and kept["email"]
    for field, value in kept.items():
        setattr(locked, field, value)
    record(actor, "application.edit", "application", locked.id, name=locked.name, after={"fields": changed})
    if address_is_new:
        application_mail.links([locked])


def missing(application: Application) -> list[str]:
    """The fields that must be filled in before the application can be submitted."""
    needed = ("name", "contact_name", "phone", "product_group", "district")
    return [field for field in needed if not getattr(application, field)]


@dataclass(frozen=True)
class TakenStep:
    """A step that was taken, from which state."""

    application: Application
    before: ApplicationState
    passage: Passage


stepped = Signal(
    "Sent with ``actor`` by a ``Taken`` step of an applicant or organizer, inside its transaction. The allocation knows"
    " of its own."
)


@transaction
def submit(actor: Actor, party: StepTaker, exhibition: Exhibition, application: Application, *, consent: bool) -> None:
    """Submit the application.

    Raises Refused ``consent_missing`` and ``application_incomplete`` (422), ``applications_closed`` and
    ``application_step`` (409).
    """
    calls.require_open(exhibition)
    if not consent:
        message = _l("Please agree, so that we may work with your data.")
        raise Refused("consent_missing", message, status=422, field="consent")
    if lacking := missing(application):
        message = _l("Something is still missing. Please fill in what is marked.")
        raise Refused("application_incomplete", message, status=422, missing=lacking)
    now = clock.now()
    agreed = {"submitted_at": now, "consent_at": now, "consent_notice": privacy_notices.shown(current_locale())}
    take(actor, party, application.id, Step.SUBMIT, values=agreed)


@transaction
def take(
    actor: Actor,
    party: StepTaker,
    application_id: int,
    step: Step,
    *,
    note: str = "",
    values: Mapping[str, Any] | None = None,
    held: HeldNews | None = None,
    quietly: bool = False,
) -> TakenStep:
    """Take one step, race-safe: of two that start from the same state one wins, the other is refused.

    The applicant gets news of it: at once, later if they are ``held``, or none if ``quietly``.

    Raises NotFound, and Refused ``application_step`` (409) when the step is not possible from the current state.
    """
    application = db.session.get(Application, application_id)
    if application is None:
        raise NotFound
    line = passage(application.state, step, party)
    if line is None:
        raise _not_from_here(application)
    guarded = update(Application).where(Application.id == application_id, Application.state == application.state)
    moved = {"state": line.after, "updated_at": clock.now(), **(values or {})}
    if line.after not in (ApplicationState.WITHDRAWN, ApplicationState.DRAFT) and application.submitted_at is None:
        moved.setdefault("submitted_at", clock.now())
    before = application.state
    if not db.session.execute(guarded.values(moved)).rowcount:  # pyright: ignore[reportAttributeAccessIssue] an UPDATE has it
        db.session.refresh(application)
        raise _not_from_here(application)
    db.session.refresh(application)
    after = {"state": line.after} | ({"note": note} if note else {})
    record(
        actor,
        f"{STEP_PREFIX}{step}",
        "application",
        application_id,
        name=application.name,
        before={"state": before},
        after=after,
    )
    if line.after in (ApplicationState.SHORTLISTED, ApplicationState.WAITLISTED) and application.exhibitor_id is None:
        newcomers.introduce(actor, application)
    if line.after is ApplicationState.OFFERED:
        newcomers.invite(actor, application)
    held_news.drop(application_id)
    if is_news(step, party) and not quietly:
        application_mail.news(application, note, held)
    taken = TakenStep(application, before, line)
    if party is not StepTaker.ALLOCATION:
        stepped.send(taken, actor=actor)
    return taken


def _not_from_here(application: Application) -> Refused:
    message = _l("%(name)s has moved on meanwhile. Look at where it stands now.", name=application.name)
    return Refused("application_step", message, state=application.state)


@transaction
def follow(actor: Actor, exhibition_id: int, exhibitor_id: int, step: Step) -> TakenStep | None:
    """Let the exhibitor's application follow what the allocation did; for the allocation, inside its transaction.

    None when there is no application, or its state does not allow this step. The booth's own state takes precedence, so
    a hold or offer is never refused because of an application.
    """
    statement = (
        select(Application)
        .where(
            Application.exhibition_id == exhibition_id,
            Application.exhibitor_id == exhibitor_id,
            Application.state != ApplicationState.DRAFT,
        )
        .order_by(Application.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for application in sorted(db.session.scalars(statement), key=_weight, reverse=True):
        if passage(application.state, step, StepTaker.ALLOCATION):
            return take(actor, StepTaker.ALLOCATION, application.id, step)
    return None


@transaction
def bring_back(actor: Actor, application_id: int, state: ApplicationState) -> TakenStep | None:
    """Bring an application back to the state that it had before something that is undone; for the allocation.

    None when no step leads there, or the application has been erased.
    """
    application = db.session.get(Application, application_id, with_for_update=True, populate_existing=True)
    step = way_back(application.state, state) if application else None
    return take(actor, StepTaker.ALLOCATION, application_id, step) if step else None


@dataclass(frozen=True)
class Event:
    """One entry of an application's history."""

    at: datetime
    who: str
    action: str
    """``begin``, ``edit``, ``document``, or the name of a step."""
    state: ApplicationState | None
    note: str


def history(application: Application, *, steps_only: bool = False) -> list[Event]:
    """The application's history, newest first; with ``steps_only`` only what the applicant may see."""
    statement = select(AuditEntry).where(
        AuditEntry.object_type == "application", AuditEntry.object_id == str(application.id)
    )
    events = []
    for entry in db.session.scalars(statement.order_by(AuditEntry.id.desc())):
        after = entry.after or {}
        state = ApplicationState(after["state"]) if "state" in after else None
        if steps_only and state is None and entry.action != "application.begin":
            continue
        note = str(after.get("note", ""))
        events.append(Event(entry.at, entry.actor_name, entry.action.removeprefix(STEP_PREFIX), state, note))
    return events


def counts(exhibition: Exhibition) -> dict[ApplicationState, int]:
    """How many applications are in each state."""
    statement = select(Application.state, func.count()).where(Application.exhibition_id == exhibition.id)
    return {row[0]: row[1] for row in db.session.execute(statement.group_by(Application.state))}
