"""The audit trail in words: whatever the code writes into it has a sentence, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

import exhibition
from exhibition.accounts.service import SIGN_IN_CHANGES
from exhibition.accounts.trail_sentences import SENTENCES, told
from exhibition.allocation.rules import StepKind
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
