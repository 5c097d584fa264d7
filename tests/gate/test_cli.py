"""``flask gate``."""

import json

from flask import Flask
from flask.testing import FlaskClient

from exhibition.gate import devices
from exhibition.venue.models import Exhibition
from tests.gate import world


def test_enrolment_code_prints_a_code_that_works(app: Flask, exhibition: Exhibition) -> None:
    result = app.test_cli_runner().invoke(args=["gate", "enrolment-code", "b", "--json"])
    assert result.exit_code == 0
    _secret, device, gate = devices.enrol(json.loads(result.output)["enrolment_code"], "Ponsel")
    assert (device.name, gate.code) == ("Ponsel", "B")


def test_enrolment_code_fails_with_a_sentence_for_a_gate_that_is_not_there(app: Flask, exhibition: Exhibition) -> None:
    result = app.test_cli_runner().invoke(args=["gate", "enrolment-code", "Z"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")


def test_verify_counters_is_content_while_counters_and_scans_agree(
    app: Flask, client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=4)
    world.send(client, device, token=issued.token, people=3)
    world.send(client, device, token=issued.token, people=1, direction="exit")
    world.count_places()
    result = app.test_cli_runner().invoke(args=["gate", "verify-counters"])
    assert (result.exit_code, result.output) == (0, "All counters agree with the scans.\n")


def test_verify_counters_names_each_counter_that_differs_and_fails(
    app: Flask, client: FlaskClient, exhibition: Exhibition, device: str
) -> None:
    issued = world.issue(exhibition.id, party_size=4)
    world.send(client, device, token=issued.token)
    world.change_pass(issued.id, inside=1)
    world.set_hall(exhibition.id, inside=9)
    world.count_places()
    result = app.test_cli_runner().invoke(args=["gate", "verify-counters"])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"pass {issued.code} inside: counted 1, scans say 4",
        f"hall {exhibition.slug} inside: counted 9, scans say 4",
        "Error: 2 counters differ from the scans.",
    ]
