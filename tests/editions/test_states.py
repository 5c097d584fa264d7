"""``flask edition publish`` and its like, and the list."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from exhibition.accounts.models import AuditEntry
from exhibition.core.db import db
from exhibition.venue.edition import states
from exhibition.venue.rules.edition_states import EditionState
from tests.editions import world
from tests.editions.world import SMALLEST


@pytest.fixture
def published(app: Flask, tmp_path: Path) -> str:
    assert world.create(app, tmp_path, SMALLEST, "--publish").exit_code == 0
    return SMALLEST["slug"]


@pytest.mark.parametrize(
    ("command", "action", "state"),
    [
        ("archive", "exhibition.archive", EditionState.ARCHIVED),
        ("call-off", "exhibition.call_off", EditionState.CALLED_OFF),
        ("postpone", "exhibition.postpone", EditionState.POSTPONED),
    ],
)
def test_a_step_changes_the_state_can_be_taken_back_and_is_in_the_audit_trail(
    app: Flask, published: str, command: str, action: str, state: EditionState
) -> None:
    assert world.invoke(app, command, published).exit_code == 0
    assert states.by_slug(published).state is state
    assert world.invoke(app, "publish", published).exit_code == 0
    assert states.by_slug(published).state is EditionState.PUBLISHED
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == [action, "exhibition.publish"]


def test_a_step_that_is_not_allowed_is_a_sentence_and_changes_nothing(app: Flask, tmp_path: Path) -> None:
    world.create(app, tmp_path, SMALLEST)
    result = world.invoke(app, "call-off", "umkm-2026")
    assert result.exit_code == 2
    assert result.output == "Edition umkm-2026 is a draft; from there it cannot be called off.\n"
    assert states.by_slug("umkm-2026").state is EditionState.DRAFT


def test_an_edition_that_is_not_there_is_a_sentence(app: Flask) -> None:
    result = world.invoke(app, "publish", "none")
    assert (result.exit_code, result.output) == (2, "There is no edition none.\n")


def test_the_list_tells_every_edition_by_its_dates(app: Flask, published: str, tmp_path: Path) -> None:
    earlier = SMALLEST | {"slug": "umkm-2025", "starts_on": "2025-11-07", "ends_on": "2025-11-07"}
    world.create(app, tmp_path, earlier)
    assert json.loads(world.invoke(app, "list", "--json").output) == [
        earlier | {"state": "draft"},
        SMALLEST | {"state": "published"},
    ]
    assert world.invoke(app, "list").output.splitlines()[1] == (
        "umkm-2026: Pameran UMKM, 2026-11-06 to 2026-11-08, published."
    )


def test_without_editions_the_list_is_empty(app: Flask) -> None:
    assert json.loads(world.invoke(app, "list", "--json").output) == []
