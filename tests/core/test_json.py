"""JSON is read and written as by the standard library, including values that orjson refuses."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient

from exhibition.core.json import dumps, loads

STRANGE: list[Any] = [2**64 - 1, -(2**63), "\ud800", {"a": "😀 é \u2028"}, {1: 2}, 0.1, None]


@pytest.mark.parametrize("value", STRANGE)
def test_stored_values_come_back(value: Any) -> None:
    assert loads(dumps(value)) == json.loads(json.dumps(value))


@pytest.mark.parametrize("text", ['"\\ud800"', "\ufeff{}".encode(), '{"a": 1, "a": 2}', b'"\xc3\xa9"', "[1e400]"])
def test_texts_are_read_as_by_the_standard_library(text: str | bytes) -> None:
    assert loads(text) == json.loads(text)


@pytest.mark.parametrize("text", ["", "{", "'a'", b"\xff", "{} {}"])
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        loads(text)


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(RecursionError):
        loads("[" * 100_000)


@pytest.mark.parametrize("value", [{"b": 1, "a": {"d": 2, "c": "é"}}, {"b": 2**70, "a": "\ud800"}])
def test_the_same_answer_is_the_same_text(app: Flask, value: dict[str, Any]) -> None:
    with app.app_context():
        backwards = dict(reversed(value.items()))
        assert jsonify(value).data == jsonify(backwards).data
        assert json.loads(jsonify(value).data) == value


def test_moments_are_written_in_iso_8601(app: Flask, client: FlaskClient) -> None:
    moment = datetime(2026, 11, 6, 10, 5, tzinfo=UTC)
    with app.app_context():
        assert jsonify(moment).json == "2026-11-06T10:05:00+00:00"
