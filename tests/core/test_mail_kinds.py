"""Every kind of mail is written in the transaction of the change it reports: rolled back or committed with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from exhibition.accounts import invitations
from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.accounts.sign_in import new_passwords, wrong_tries
from exhibition.allocation import consequences, offers
from exhibition.allocation import service as allocation
from exhibition.allocation.planned import PlannedBooth
from exhibition.core import clock, jobs
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.demo import last_year
from exhibition.editions import session_changes
from exhibition.editions.rules.session_acts import OtherSettings
from exhibition.exhibitors.applications import invitations as application_invitations
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import Step
from exhibition.exhibitors.rules.application_steps import StepTaker as Who
from exhibition.messages import sending as message_sending
from exhibition.storefront.links import checking as links
from exhibition.storefront.models import LinkCheck
from exhibition.storefront.rules.states import LinkState
from exhibition.venue import rounds
from exhibition.venue.edition import changing, states
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import EditionState
from exhibition.venue.service import fair_hours
from exhibition.visitors import service
from exhibition.visitors.models import SlotState
from exhibition.visitors.registration.contact_days import HasPass
from exhibition.visitors.registration.party import Issued, Party
from exhibition.visitors.rules import HeldPass
from tests.exhibitors.applications.applying import VALUES, submitted
from tests.gate import world
from tests.messages import world as messages_world

Act = Callable[[], object]


def booth(exhibition: Exhibition, state: str) -> tuple[PlannedBooth, str]:
    found = next(booth for booth in allocation.plan(exhibition) if booth.state == state)
    assert found.claim is not None
    return found, found.claim.mark


def offered(exhibition: Exhibition) -> Act:
    _held, mark = booth(exhibition, "held")
    return lambda: allocation.offer(COMMAND_LINE, exhibition, mark)


def accepted(exhibition: Exhibition) -> Act:
    found, mark = booth(exhibition, "offered")
    assert found.claim is not None
    exhibitor_id = found.claim.exhibitor_id
    return lambda: offers.accept(COMMAND_LINE, exhibition, exhibitor_id, mark)


def expired(_exhibition: Exhibition) -> Act:
    return time_machine.travel(clock.now() + timedelta(days=365), tick=False)(consequences.lapse)


def confirmed(exhibition: Exhibition) -> Act:
    _offered, mark = booth(exhibition, "offered")
    return lambda: allocation.confirm(COMMAND_LINE, exhibition, mark)


def moved(exhibition: Exhibition) -> Act:
    _offered, mark = booth(exhibition, "allocated")
    free = next(booth for booth in allocation.plan(exhibition) if booth.state == "open")
    return lambda: allocation.move(COMMAND_LINE, exhibition, mark, free.code)


def withdrawn(exhibition: Exhibition) -> Act:
    _offered, mark = booth(exhibition, "allocated")
    return lambda: allocation.release(COMMAND_LINE, exhibition, mark)


def applied(exhibition: Exhibition) -> Act:
    return lambda: applications.begin(exhibition, VALUES)


def decided(exhibition: Exhibition) -> Act:
    application_id = submitted(exhibition).id
    return lambda: applications.take(COMMAND_LINE, Who.ORGANIZER, application_id, Step.WAITLIST)


def invited_again(exhibition: Exhibition) -> Act:
    last_year.add(exhibition)
    one = next(one for one in application_invitations.candidates(exhibition) if one.email)
    return lambda: application_invitations.invite(COMMAND_LINE, exhibition, [one.exhibitor.id])


def invited(_exhibition: Exhibition) -> Act:
    return lambda: invitations.invite(COMMAND_LINE, "budi@example.com", RoleName.GATE)


def password_forgotten(_exhibition: Exhibition) -> Act:
    create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER)
    return lambda: new_passwords.ask("ratna@example.com", "id")


def passwords_tried(_exhibition: Exhibition) -> Act:
    create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER)
    return lambda: wrong_tries.tell("ratna@example.com")


def broken_link(_exhibition: Exhibition) -> Act:
    links.gather()
    host = db.session.scalars(select(LinkCheck.host).where(LinkCheck.state != LinkState.BROKEN)).first()
    assert host is not None
    return lambda: links.mark_host(COMMAND_LINE, host)


def registered() -> Issued:
    slot = world.coming_slots()[0]
    return service.register(Party(slot.id, "Siti Aminah", "siti@example.com", None, 2, "id"))


def pass_again(_exhibition: Exhibition) -> Act:
    registration_id = registered().registration_id
    return lambda: service.send_again(registration_id)


def pass_to(_exhibition: Exhibition) -> Act:
    key = registered().manage_key
    return lambda: service.send_to(key, "budi@example.com")


def pass_asked_for_again(_exhibition: Exhibition) -> Act:
    issued = registered()
    held = HeldPass(issued.registration_id, issued.manage_key, issued.slot.starts_at, issued.party_size)
    return lambda: service.remind(HasPass(held, "phone"))


def pass_moved(_exhibition: Exhibition) -> Act:
    key, other = registered().manage_key, world.coming_slots(2)[1].id
    return lambda: service.move(key, other)


def pass_cancelled(_exhibition: Exhibition) -> Act:
    key = registered().manage_key
    return lambda: service.cancel(key)


def session_closed(exhibition: Exhibition) -> Act:
    slot = registered().slot
    starts = slot.starts_at.astimezone(ZoneInfo(exhibition.timezone))
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    at = time(starts.hour, starts.minute)
    return lambda: rounds.add(COMMAND_LINE, exhibition, starts.date(), at, minutes)


def session_reopened(exhibition: Exhibition) -> Act:
    slot = registered().slot
    session_changes.do(COMMAND_LINE, exhibition, OtherSettings({slot.id: {"state": SlotState.CLOSED}}))
    return lambda: session_changes.do(COMMAND_LINE, exhibition, OtherSettings({slot.id: {"state": SlotState.OPEN}}))


def place_changed(exhibition: Exhibition) -> Act:
    registered()
    details = replace(changing.details_of(exhibition), venue_name="Gedung Olahraga")
    hours = fair_hours(exhibition).days
    return lambda: changing.edit(COMMAND_LINE, exhibition, details, hours, tell_place=True)


def message_sent(exhibition: Exhibition) -> Act:
    messages_world.register(exhibition, "Siti")
    message = messages_world.written(exhibition)
    messages_world.confirm(exhibition, message)
    return lambda: message_sending.post_piece(message.id)


def state_changed(*steps: EditionState) -> Callable[[Exhibition], Act]:
    def prepare(exhibition: Exhibition) -> Act:
        registered()
        for step in steps[:-1]:
            states.change_state(COMMAND_LINE, exhibition.slug, step)
        return lambda: states.change_state(COMMAND_LINE, exhibition.slug, steps[-1])

    return prepare


def told(about: str, *steps: EditionState) -> Callable[[Exhibition], Act]:
    """Whoever has an allocation or a sent application is told of another state of the fair."""

    def prepare(exhibition: Exhibition) -> Act:
        if about == "application":
            submitted(exhibition)
        return state_changed(*steps)(exhibition)

    return prepare


KINDS: dict[str, list[Callable[[Exhibition], Act]]] = {
    "account.invitation": [invited],
    "account.new_password.id": [password_forgotten],
    "account.wrong_tries": [passwords_tried],
    "allocation.offered": [offered],
    "allocation.accepted": [accepted],
    "allocation.expired": [expired],
    "allocation.confirmed": [confirmed],
    "allocation.moved": [moved],
    "allocation.withdrawn": [withdrawn],
    "application.link": [applied],
    "application.news": [decided],
    "application.invite": [invited_again],
    "message.mail": [message_sent],
    "storefront.broken_links": [broken_link],
    **{f"{about}.called_off": [told(about, EditionState.CALLED_OFF)] for about in ("allocation", "application")},
    **{f"{about}.postponed": [told(about, EditionState.POSTPONED)] for about in ("allocation", "application")},
    **{
        f"{about}.takes_place": [told(about, EditionState.POSTPONED, EditionState.PUBLISHED)]
        for about in ("allocation", "application")
    },
    "visitor.pass": [pass_again, pass_to],
    "visitor.already": [pass_asked_for_again],
    "visitor.moved": [pass_moved],
    "visitor.cancelled": [pass_cancelled],
    "visitor.closed": [session_closed],
    "visitor.reopened": [session_reopened],
    "visitor.called_off": [state_changed(EditionState.CALLED_OFF)],
    "visitor.postponed": [state_changed(EditionState.POSTPONED)],
    "visitor.takes_place": [state_changed(EditionState.POSTPONED, EditionState.PUBLISHED)],
    "visitor.place": [place_changed],
}


def posted() -> set[str]:
    return set(db.session.scalars(select(OutboxMail.kind)))


@pytest.mark.parametrize(("kind", "prepare"), [(kind, one) for kind, several in KINDS.items() for one in several])
def test_a_mail_is_rolled_back_or_committed_with_the_change_it_reports(
    app: Flask, exhibition: Exhibition, kind: str, prepare: Callable[[Exhibition], Act]
) -> None:
    db.session.execute(update(Exhibitor).values(email=Exhibitor.slug + "@example.com"))
    db.session.commit()
    act = prepare(exhibition)
    db.session.execute(delete(OutboxMail))
    db.session.commit()

    @transaction
    def fails() -> None:
        act()
        db.session.flush()
        assert kind in posted()
        raise Refused("no", "no")

    with pytest.raises(Refused):
        fails()
    assert posted() == set()
    jobs.huey.flush()
    act()
    assert kind in posted()


def test_a_pass_is_mailed_only_if_it_is_issued(exhibition: Exhibition) -> None:
    slot = world.coming_slots()[0]
    with pytest.raises(Refused):
        service.register(Party(slot.id, "Siti Aminah", "siti@example.com", None, slot.capacity + 1, "id"))
    assert "visitor.pass" not in posted()
    registered()
    assert "visitor.pass" in posted()


def test_an_offer_is_not_mailed_any_more_once_its_time_is_over(exhibition: Exhibition) -> None:
    db.session.execute(update(Exhibitor).values(email=Exhibitor.slug + "@example.com"))
    db.session.commit()
    held, mark = booth(exhibition, "held")
    allocation.offer(COMMAND_LINE, exhibition, mark)
    expires_at = db.session.scalars(select(OutboxMail.expires_at).where(OutboxMail.kind == "allocation.offered")).one()
    claim = next(one.claim for one in allocation.plan(exhibition) if one.code == held.code)
    assert claim is not None
    assert expires_at == claim.expires_at
    assert expires_at is not None
    assert expires_at > clock.now()
