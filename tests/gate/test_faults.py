"""A fault of ours at the gate is not told as a refusal: a logged 500 at the first try, and nothing stored."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from exhibition.gate import devices
from exhibition.gate.offline import batch
from exhibition.gate.scan import service
from exhibition.gate.scan.shown import Seen
from exhibition.gate.steward import undo
from exhibition.venue.models import Exhibition
from tests.gate import world

TRIES = list[object]


@pytest.fixture
def lost_gate(monkeypatch: pytest.MonkeyPatch) -> TRIES:
    """Make every device lose its gate, which each scan needs: a NULL where none is allowed. The list gets an entry for
    each try.
    """
    tries: TRIES = []

    def known_device(found: Any) -> Any:
        known = devices.known_device(found)
        tries.append(known)
        if isinstance(known, Seen):
            return known._replace(asked=known.asked._replace(gate_id=None))
        return known._replace(gate_id=None)

    for module in (service, batch, undo):
        monkeypatch.setattr(module, "known_device", known_device)
    return tries


def assert_loud(answer: TestResponse, caplog: pytest.LogCaptureFixture) -> None:
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal_server_error")
    logged = [record for record in caplog.records if record.exc_info and record.exc_info[0] is IntegrityError]
    assert [record.levelname for record in logged] == ["ERROR"]


@pytest.mark.usefixtures("as_served")
@pytest.mark.parametrize("people", [1, None])
def test_a_value_missing_in_a_scan_that_lets_in_is_a_logged_500_at_the_first_try(
    client: FlaskClient,
    exhibition: Exhibition,
    device: str,
    lost_gate: TRIES,
    caplog: pytest.LogCaptureFixture,
    people: int | None,
) -> None:
    issued = world.issue(exhibition.id, party_size=2)
    assert_loud(world.send(client, device, token=issued.token, people=people), caplog)
    assert len(lost_gate) == 1
    assert world.scans() == []
    assert world.pass_counts(issued.id) == (0, 0)
    assert world.hall(exhibition.id)[0] == 0


@pytest.mark.usefixtures("as_served")
def test_a_value_missing_in_a_refused_scan_is_a_logged_500_at_the_first_try(
    client: FlaskClient, device: str, lost_gate: TRIES, caplog: pytest.LogCaptureFixture
) -> None:
    assert_loud(world.send(client, device, token="https://example.com"), caplog)
    assert len(lost_gate) == 1
    assert world.scans() == []


@pytest.mark.usefixtures("as_served")
def test_a_value_missing_in_a_batch_is_a_logged_500_at_the_first_try(
    client: FlaskClient,
    exhibition: Exhibition,
    device: str,
    lost_gate: TRIES,
    caplog: pytest.LogCaptureFixture,
) -> None:
    issued = world.issue(exhibition.id)
    answer = client.post(
        "/api/v1/gate/scans/batch",
        json={"scans": [world.offline(issued), world.offline(world.issue(exhibition.id))]},
        headers={"Authorization": f"Bearer {device}"},
    )
    assert_loud(answer, caplog)
    assert len(lost_gate) == 1
    assert world.scans() == []
    assert world.pass_counts(issued.id) == (0, 0)


def test_a_value_missing_in_an_undo_comes_out_and_nothing_is_taken_back(
    client: FlaskClient, exhibition: Exhibition, device: str, request: pytest.FixtureRequest
) -> None:
    issued = world.issue(exhibition.id)
    world.send(client, device, token=issued.token, nonce="in")
    tries: TRIES = request.getfixturevalue("lost_gate")
    with pytest.raises(IntegrityError):
        undo.undo(device, "back", "in")
    assert len(tries) == 1
    assert world.pass_counts(issued.id) == (1, 1)
