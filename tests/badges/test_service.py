"""Badges: as many as the edition allows to a booth, for exhibitors whose booth is confirmed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import AuditEntry
from exhibition.allocation import service as allocation
from exhibition.badges import rules, service
from exhibition.badges.models import Badge, BadgeState
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.venue.models import Exhibition
from exhibition.visitors import keys, privacy, tokens
from exhibition.visitors.rules import LAST_GENERATION
from tests.badges.places import confirmed, offered, release

RATNA = Actor(None, "Ratna")


def test_staff_of_a_confirmed_booth_get_numbered_badges(exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    for name in ("Siti Aminah", "  Budi   Santoso "):
        service.issue(RATNA, exhibition, claim.exhibitor_id, name)
    first, second = service.holders(exhibition, claim.exhibitor_id)
    assert (first.number, first.name, first.opens) == (1, "Siti Aminah", True)
    assert (second.number, second.name, second.booth) == (2, "Budi Santoso", first.booth)
    assert first.code[0] == rules.CODE_PREFIX
    assert first.code != second.code


def test_an_offer_gives_no_badges_yet(exhibition: Exhibition) -> None:
    with pytest.raises(Refused) as refused:
        service.issue(RATNA, exhibition, offered(exhibition).exhibitor_id, "Siti")
    assert refused.value.code == "booth_not_confirmed"


def test_there_are_no_more_badges_than_the_edition_allows(exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    badges = [service.issue(RATNA, exhibition, claim.exhibitor_id, f"Staf {n}").id for n in "ABCD"]
    with pytest.raises(Refused) as refused:
        service.issue(RATNA, exhibition, claim.exhibitor_id, "Staf E")
    assert (refused.value.code, refused.value.details) == ("badges_full", {"limit": 4})
    service.revoke(RATNA, exhibition, badges[1])
    assert service.issue(RATNA, exhibition, claim.exhibitor_id, "Staf E").number == 2


def test_the_database_itself_refuses_a_badge_too_many(exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    badge = service.issue(RATNA, exhibition, claim.exhibitor_id, "Siti")
    for number, allowed in ((badge.number, 4), (5, 4), (21, 21)):
        db.session.add(
            Badge(
                id=number,
                exhibition_id=exhibition.id,
                exhibitor_id=claim.exhibitor_id,
                number=number,
                allowed=allowed,
                name="Budi",
                code=f"B{number:07}",
            )
        )
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_lowering_the_limit_takes_no_badge_away_but_gives_no_more(exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    for name in ("Siti", "Budi", "Wati"):
        service.issue(RATNA, exhibition, claim.exhibitor_id, name)
    db.session.execute(update(Exhibition).values(badges_per_booth=2))
    db.session.commit()
    assert len(service.holders(exhibition, claim.exhibitor_id)) == 3
    with pytest.raises(Refused, match="badges_full"):
        service.issue(RATNA, exhibition, claim.exhibitor_id, "Joko")


def test_badges_follow_the_booth(exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    service.issue(RATNA, exhibition, claim.exhibitor_id, "Siti")
    step = release(exhibition, claim)
    assert [badge.opens for badge in service.holders(exhibition, claim.exhibitor_id)] == [False]
    allocation.undo(RATNA, exhibition, step.id)
    assert [badge.opens for badge in service.holders(exhibition, claim.exhibitor_id)] == [True]


def test_the_token_names_badge_edition_and_generation(exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    badge = service.issue(RATNA, exhibition, claim.exhibitor_id, "Siti")
    old_code = badge.code
    service.reissue(RATNA, exhibition, badge.id)
    ((holder, text),) = service.signed(exhibition, service.holders(exhibition, claim.exhibitor_id))
    token = tokens.decode(text, keys.checking_keys())
    assert (token.kind, token.pass_id, token.slot_number) == (tokens.BADGE_KIND, badge.id, exhibition.id)
    assert (token.generation, token.party_size) == (1, 1)
    assert holder.code != old_code


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "Siti\u202e", "12345", "Si\x00ti"])
def test_a_name_that_cannot_be_printed_is_refused(exhibition: Exhibition, name: str) -> None:
    claim = confirmed(exhibition)
    with pytest.raises(Refused) as refused:
        service.issue(RATNA, exhibition, claim.exhibitor_id, name)
    assert (refused.value.status, refused.value.field) == (422, "name")


def test_nobody_touches_the_badges_of_another_exhibitor(exhibition: Exhibition) -> None:
    claim, other = confirmed(exhibition), confirmed(exhibition, 1)
    badge = service.issue(RATNA, exhibition, claim.exhibitor_id, "Siti")
    for act in (service.reissue, service.revoke):
        with pytest.raises(NotFound):
            act(RATNA, exhibition, badge.id, exhibitor_id=other.exhibitor_id)
    with pytest.raises(NotFound):
        service.rename(RATNA, exhibition, badge.id, "Budi", exhibitor_id=other.exhibitor_id)
    for strange in (-1, 0, 2**63, 2**80):
        with pytest.raises(NotFound):
            service.revoke(RATNA, exhibition, strange)


def test_a_revoked_badge_is_gone_for_every_act(exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    badge = service.issue(RATNA, exhibition, claim.exhibitor_id, "Siti")
    service.rename(RATNA, exhibition, badge.id, "Siti Aminah", exhibitor_id=claim.exhibitor_id)
    service.revoke(RATNA, exhibition, badge.id, exhibitor_id=claim.exhibitor_id)
    assert service.holders(exhibition, claim.exhibitor_id) == []
    with pytest.raises(NotFound):
        service.reissue(RATNA, exhibition, badge.id)
    assert db.session.get_one(Badge, badge.id).state is BadgeState.REVOKED


def test_a_badge_is_not_reissued_without_end(exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    badge = service.issue(RATNA, exhibition, claim.exhibitor_id, "Siti")
    db.session.execute(update(Badge).values(generation=LAST_GENERATION))
    db.session.commit()
    with pytest.raises(Refused, match="reissued_too_often"):
        service.reissue(RATNA, exhibition, badge.id)


def test_the_audit_trail_keeps_no_names_of_staff(exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    badge = service.issue(RATNA, exhibition, claim.exhibitor_id, "Siti Aminah")
    service.rename(RATNA, exhibition, badge.id, "Budi Santoso")
    entries = list(db.session.scalars(select(AuditEntry).where(AuditEntry.object_type == "badge")))
    assert [entry.action for entry in entries] == ["badge.issue", "badge.rename"]
    assert not any("Siti" in f"{entry.object_name}{entry.before}{entry.after}" for entry in entries)


def test_names_are_erased_after_the_fair_with_those_of_visitors(app: Flask, exhibition: Exhibition) -> None:
    claim = confirmed(exhibition)
    service.issue(RATNA, exhibition, claim.exhibitor_id, "Siti Aminah")
    db.session.execute(update(Exhibition).values(starts_on=date(2020, 11, 6), ends_on=date(2020, 11, 8)))
    db.session.commit()
    assert privacy.purge(COMMAND_LINE, dry_run=True)[0].contacts == 1
    assert service.holders(exhibition)[0].name == "Siti Aminah"
    assert privacy.purge(COMMAND_LINE)[0].contacts == 1
    assert service.holders(exhibition)[0].name == ""


def test_badges_are_good_from_midnight_to_midnight_of_the_fair() -> None:
    begins, ends = rules.window(date(2020, 11, 6), date(2020, 11, 8), "Asia/Jakarta")
    assert begins == datetime(2020, 11, 5, 17, tzinfo=UTC)
    assert ends - begins == timedelta(days=3)


@pytest.mark.parametrize(
    ("taken", "limit", "number"),
    [((), 4, 1), ((1, 2), 4, 3), ((2,), 4, 1), ((1, 2, 3, 4), 4, None), ((3, 4), 2, None), ((), 0, None)],
)
def test_the_lowest_free_number_is_given(taken: tuple[int, ...], limit: int, number: int | None) -> None:
    assert rules.free_number(set(taken), limit) == number
