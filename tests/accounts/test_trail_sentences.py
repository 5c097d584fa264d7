"""The audit trail in words: whatever the code writes into it has a sentence, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

import exhibition
from exhibition.accounts.audit import COMMAND_LINE, record
from exhibition.accounts.service import SIGN_IN_CHANGES
from exhibition.accounts.trail_sentences import OBJECTS, SENTENCES, outline, told
from exhibition.allocation.rules import StepKind
from exhibition.core.db import transaction
from exhibition.exhibitors.rules.application_steps import Step
from exhibition.venue.edition.states import ACTIONS

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = {"record", "_record", "_step", "_put", "_replace"}


def _written() -> Iterator[str]:
    """Every action that stands as a text in a call that writes the trail, or in a variable for one."""
    for path in Path(exhibition.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in WRITERS:
                places: list[ast.AST] = [*node.args]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"action", "verb"}:
                places = [node.value]
            else:
                continue
            for part in (one for place in places for one in ast.walk(place)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and ACTION.fullmatch(part.value):
                    yield part.value


def test_every_action_that_the_code_writes_has_its_sentence() -> None:
    written = {*_written(), *ACTIONS.values(), *SIGN_IN_CHANGES.values(), "booth.expire"}
    written |= {f"booth.{kind}" for kind in StepKind} | {f"application.{step}" for step in Step}
    written |= {"exhibition.undo", "exhibition.follow", "application.correct_address", "registration.correct_address"}
    assert len(written) > 100
    assert written - SENTENCES.keys() == set()
    assert SENTENCES.keys() - written == set()


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_sentence_can_be_told_without_any_fact(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        for action in SENTENCES:
            sentence = told(action, "", "")
            assert "%(" not in sentence
            assert sentence != action


def test_an_offer_tells_who_whom_and_until_when(app: Flask) -> None:
    after = {"state": "offered", "expires_at": "2020-11-30T14:36:00+00:00"}
    facts = ("booth.offer", "Panitia", "I07 Studio Animasi Ungaran", None, after)
    with app.test_request_context():
        assert told(*facts) == "Panitia menawarkan I07 kepada Studio Animasi Ungaran sampai 30 Nov 2020 21.36."
        with force_locale("en"):
            assert told(*facts) == "Panitia offered I07 to Studio Animasi Ungaran until 30 Nov 2020 21:36."


def test_what_changed_is_told_from_and_to(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        sentence = told("occupancy.capacity", "Ratna", "Fair", {"capacity": 100}, {"capacity": 80})
        assert sentence == "Ratna set the cap of people inside from 100 to 80."


def _objects() -> set[str]:
    """Every kind of object that stands as a text in a call that writes the trail."""
    calls = (
        node
        for path in Path(exhibition.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "record"
    )
    kinds = (call.args[2] for call in calls if len(call.args) > 2)
    return {kind.value for kind in kinds if isinstance(kind, ast.Constant) and isinstance(kind.value, str)}


def test_every_kind_of_object_has_a_name() -> None:
    assert len(_objects()) > 20
    assert _objects() <= OBJECTS.keys()


@pytest.mark.parametrize("locale", ["id", "en"])
def test_the_filter_lists_actions_in_words(app: Flask, locale: str) -> None:
    with force_locale(locale):
        assert all("%(" not in outline(action) for action in SENTENCES)
    with force_locale("en"):
        assert outline("booth.offer") == "… offered … to … until …."
        assert outline("unknown.verb") == "unknown.verb"


def test_the_page_shows_words_and_the_code_only_in_the_details(organizer_client: FlaskClient) -> None:
    record_offer = transaction(lambda: record(COMMAND_LINE, "booth.offer", "booth", 1, name="A01 Keripik"))
    record_offer()
    page = organizer_client.get("/desk/audit?lang=en").text
    assert '<option value="booth.offer">… offered … to … until ….</option>' in page
    assert '<option value="booth">Booth</option>' in page
    assert "The command line offered A01 to Keripik" in page
    listed = organizer_client.get("/desk/audit?lang=en&action=booth.offer&column=told&column=action&file=csv")
    [_headings, line] = listed.data.decode("utf-8-sig").splitlines()
    assert line.startswith("The command line offered A01 to Keripik")
    assert line.endswith(",booth.offer")
    assert organizer_client.get("/desk/audit?action=unknown&file=csv").status_code == 422
