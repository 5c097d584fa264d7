"""The plan with the state of each booth."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask, render_template_string
from sqlalchemy import event

from exhibition.allocation import service
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from tests.fairs import the_fair


def test_plan_tells_the_state_of_every_booth(exhibition: Exhibition) -> None:
    states = Counter(booth.state for booth in service.plan(exhibition))
    assert states == {"allocated": 31, "offered": 2, "held": 2, "open": 3, "closed": 62}


def test_plan_asks_the_database_four_times_however_many_booths(exhibition: Exhibition) -> None:
    statements: list[str] = []

    def count(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    current = the_fair()
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        booths = service.plan(current)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert len(booths) == 100
    assert len(statements) == 4


def test_a_hold_is_gone_from_the_plan_the_moment_it_expires(
    exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = next(booth for booth in service.plan(exhibition) if booth.state == "held")
    assert held.expires_at is not None
    for moment, state in ((held.expires_at - timedelta(seconds=1), "held"), (held.expires_at, "open")):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        booth = next(booth for booth in service.plan(exhibition) if booth.code == held.code)
        assert booth.state == state


def _drawn(app: Flask, exhibition: Exhibition, mode: str) -> str:
    template = "{% from 'venue/plan/_plan.html' import plan %}{{ plan(hall, booths, '/stan/', mode=mode) }}"
    hall = venue.hall(exhibition)
    booths = (service.plan if mode == "desk" else service.shown)(exhibition, hall)
    with app.test_request_context("/"):
        return render_template_string(template, hall=hall, booths=booths, mode=mode)


def test_public_plan_names_nobody_who_is_not_confirmed(app: Flask, exhibition: Exhibition) -> None:
    waiting = [booth.exhibitor for booth in service.plan(exhibition) if booth.state in ("held", "offered")]
    public, desk = _drawn(app, exhibition, "public"), _drawn(app, exhibition, "desk")
    assert all(name in desk and name not in public for name in waiting)
    assert 'data-state="held"' not in public
    assert 'data-state="offered"' not in public


def test_plan_of_a_hundred_booths_stays_small(app: Flask, exhibition: Exhibition) -> None:
    import zlib

    assert len(zlib.compress(_drawn(app, exhibition, "public").encode())) < 5_000
