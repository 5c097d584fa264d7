"""What people who are signed in look at."""

from datetime import timedelta

import pytest
from flask import Flask

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.accounts.sign_in import presence, sign_ins
from exhibition.core import clock


@pytest.fixture
def ratna(app: Flask) -> int:
    """The sign-in of somebody."""
    user = create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER, name="Ratna")
    found = sign_ins.find(sign_ins.begin(user.id))
    assert found is not None
    return found.id


def test_what_somebody_looks_at_is_known_until_they_look_elsewhere(ratna: int) -> None:
    presence.look(ratna, "plan-1", "A01")
    assert [(one.name, one.at) for one in presence.looking("plan-1")] == [("Ratna", "A01")]
    assert presence.looking("plan-11") == presence.looking("plan-") == []
    presence.look(ratna, "plan-2", "B07")
    assert presence.looking("plan-1") == []
    presence.look(ratna, "plan-2", "")
    assert presence.looking("plan-2") == []


def test_it_is_forgotten_after_a_minute_unless_told_again(ratna: int, monkeypatch: pytest.MonkeyPatch) -> None:
    began = clock.now()
    for seconds, known in ((0, 1), (30, 1), (80, 1), (95, 0)):
        monkeypatch.setattr(clock, "now", lambda seconds=seconds: began + timedelta(seconds=seconds))
        if seconds <= 30:
            presence.look(ratna, "plan-1", "A01")
        assert len(presence.looking("plan-1")) == known
