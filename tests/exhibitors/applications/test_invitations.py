"""Exhibitors of last year's fair are invited to apply to this year's."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, User
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.core.outbox import OutboxMail
from exhibition.demo import data, last_year
from exhibition.exhibitors import participants
from exhibition.exhibitors.applications import calls, invitations
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.invitations import EarlierExhibitor
from exhibition.exhibitors.applications.mail import INVITE
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in
from tests.exhibitors.applications.applying import begun


@pytest.fixture
def earlier(exhibition: Exhibition) -> Exhibition:
    return last_year.add(exhibition)


def reached(exhibition: Exhibition, *, mail: bool) -> EarlierExhibitor:
    return next(one for one in invitations.candidates(exhibition) if bool(one.email) == mail)


def mails() -> int:
    return db.session.scalar(select(func.count()).where(OutboxMail.kind == INVITE)) or 0


def test_candidates_are_those_who_are_not_here_yet(exhibition: Exhibition, earlier: Exhibition) -> None:
    found = invitations.candidates(exhibition)
    assert {one.exhibitor.slug for one in found} == {row.slug for row in data.EARLIER}
    assert {one.fair for one in found} == {earlier}
    assert invitations.candidates(earlier) == []


def test_whoever_takes_part_or_has_applied_is_no_candidate(exhibition: Exhibition, earlier: Exhibition) -> None:
    first, second, *rest = invitations.candidates(exhibition)
    participants.invite_back(COMMAND_LINE, exhibition, first.exhibitor)
    begun(exhibition, phone=second.phone, email="")
    assert [one.exhibitor for one in invitations.candidates(exhibition)] == [one.exhibitor for one in rest]


def test_the_draft_has_the_answers_of_last_time_and_a_mail_with_its_link(
    exhibition: Exhibition, earlier: Exhibition
) -> None:
    one = reached(exhibition, mail=True)
    last = one.application
    assert last is not None
    assert invitations.invite(COMMAND_LINE, exhibition, [one.exhibitor.id]).mailed == 1
    draft = applications.of_exhibitor(exhibition, one.exhibitor.id)
    assert draft is not None
    assert (draft.state, draft.consent_at, draft.attended) == (ApplicationState.DRAFT, None, True)
    for name in ("name", "kind", "product_group", "district", "power_va", "zone_wishes", "nib"):
        assert getattr(draft, name) == getattr(last, name)
    assert draft.key != last.key
    assert applications.missing(draft) == []
    [mail] = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == INVITE))
    assert (mail.recipient, draft.key in (mail.text or "")) == (draft.email, True)
    assert not participants.takes_part(exhibition.id, one.exhibitor.id)
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == str(draft.id))).all()
    assert "application.invite" in actions


def test_each_is_invited_once(exhibition: Exhibition, earlier: Exhibition) -> None:
    ids = [one.exhibitor.id for one in invitations.candidates(exhibition)]
    invited = invitations.invite(COMMAND_LINE, exhibition, ids)
    assert (invited.mailed + invited.by_phone, mails()) == (len(data.EARLIER), invited.mailed)
    again = invitations.invite(COMMAND_LINE, exhibition, ids)
    assert (again.mailed, again.by_phone, mails()) == (0, 0, invited.mailed)
    assert invitations.candidates(exhibition) == []


def test_without_an_address_there_is_a_chat_to_tick_off(exhibition: Exhibition, earlier: Exhibition) -> None:
    one = reached(exhibition, mail=False)
    invitations.invite(COMMAND_LINE, exhibition, [one.exhibitor.id])
    [chat] = invitations.by_phone(exhibition)
    assert chat.address.startswith(f"https://wa.me/{one.phone.lstrip('+')}?text=")
    assert chat.application.key in chat.address
    for done in (True, True, False, True):
        invitations.tick(COMMAND_LINE, exhibition, chat.application.id, done=done)
        [chat] = invitations.by_phone(exhibition)
        assert (chat.application.invited_by_phone is not None) is done
    with pytest.raises(NotFound):
        invitations.tick(COMMAND_LINE, earlier, chat.application.id, done=True)


def test_an_application_that_nobody_invited_cannot_be_ticked(exhibition: Exhibition) -> None:
    with pytest.raises(NotFound):
        invitations.tick(COMMAND_LINE, exhibition, begun(exhibition).id, done=True)


def test_nobody_is_invited_to_a_closed_call(exhibition: Exhibition, earlier: Exhibition) -> None:
    call = calls.of(exhibition)
    calls.change(COMMAND_LINE, exhibition, is_open=False, closes_on=None, points=calls.point_rules(call))
    one = reached(exhibition, mail=True)
    with pytest.raises(Refused) as refused:
        invitations.invite(COMMAND_LINE, exhibition, [one.exhibitor.id])
    assert refused.value.code == "applications_closed"
    assert db.session.scalar(select(Application.id).where(Application.import_key.startswith("invited:"))) is None


@pytest.mark.usefixtures("csrf_off")
def test_the_desk_lists_invites_and_ticks_off(
    organizer: User, exhibition: Exhibition, earlier: Exhibition, app: Flask
) -> None:
    client = sign_in(app.test_client(), organizer)
    address = f"/desk/{exhibition.slug}/applications/invite"
    assert address in client.get(f"/desk/{exhibition.slug}/applications").text
    page = client.get(address).text
    one = reached(exhibition, mail=False)
    assert one.exhibitor.name in page
    assert "tick" in client.post(address).text.lower()
    assert client.post(address).status_code == 422
    assert client.post(address, data={"exhibitor": one.exhibitor.id}).location == address
    page = client.get(address).text
    assert "wa.me" in page
    draft = applications.of_exhibitor(exhibition, one.exhibitor.id)
    assert draft is not None
    assert client.post(f"{address}/{draft.id}", data={"done": "yes"}).location == address
    assert draft.invited_by_phone is not None


@pytest.mark.usefixtures("csrf_off")
def test_everybody_is_invited_with_one_button(
    organizer: User, exhibition: Exhibition, earlier: Exhibition, app: Flask
) -> None:
    client = sign_in(app.test_client(), organizer)
    address = f"/desk/{exhibition.slug}/applications/invite"
    assert f"Invite all {len(data.EARLIER)}" in client.get(f"{address}?lang=en").text
    assert client.post(address, data={"everybody": "yes"}).location == address
    assert invitations.candidates(exhibition) == []
    assert "everybody" not in client.get(address).text
