"""The JSON contract: the OpenAPI document, docs/api.md and the real answers agree."""

import ast
import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import update

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.config import PROJECT
from exhibition.core.db import db, transaction
from exhibition.core.extensions import limiter
from exhibition.demo import service as demo
from exhibition.gate import devices
from exhibition.gate.rules.admission import ScanCode
from exhibition.storefront.rules.seller_input import ListingFault
from exhibition.visitors import service
from exhibition.visitors.models import TimeSlot
from exhibition.visitors.registration.party import Party
from exhibition.visitors.waiting import service as waiting
from tests.fairs import the_fair
from tests.gate import world

DOCUMENT = "/api/v1/openapi.json"
CALLS = (
    ("GET", "/api/v1/exhibition"),
    ("GET", "/api/v1/exhibitions"),
    ("GET", "/api/v1/slots"),
    ("POST", "/api/v1/registrations"),
    ("POST", "/api/v1/registrations/{manage_key}/move"),
    ("POST", "/api/v1/registrations/{manage_key}/cancel"),
    ("POST", "/api/v1/waiting"),
    ("GET", "/api/v1/waiting/{key}"),
    ("POST", "/api/v1/waiting/{key}/take"),
    ("POST", "/api/v1/waiting/{key}/leave"),
    ("GET", "/api/v1/booths"),
    ("GET", "/api/v1/booths/{code}"),
    ("POST", "/api/v1/favourites"),
    ("POST", "/api/v1/gate/enrol"),
    ("POST", "/api/v1/gate/scans"),
    ("GET", "/api/v1/gate/occupancy"),
    ("GET", "/api/v1/gate/bundle"),
    ("POST", "/api/v1/gate/scans/batch"),
    ("POST", "/api/v1/gate/scans/undo"),
    ("POST", "/api/v1/gate/walk-ins"),
    ("POST", "/api/v1/gate/passes/search"),
    ("POST", "/api/v1/gate/passes/near"),
    ("GET", "/api/v1/gate/movements"),
    ("POST", "/api/v1/gate/scans/correct"),
    ("GET", "/api/v1/gate/gates"),
    ("POST", "/api/v1/gate/device"),
)
WITHOUT_WRONG_INPUT = {
    "/exhibitions",
    "/gate/occupancy",
    "/gate/gates",
    "/registrations/{manage_key}/cancel",
    "/waiting/{key}",
    "/waiting/{key}/take",
    "/waiting/{key}/leave",
}
"""Routes without parameters, or with one that may be any text."""
CASES = [(GenerationMode.POSITIVE, *call) for call in CALLS] + [
    (GenerationMode.NEGATIVE, method, path)
    for method, path in CALLS
    if path.removeprefix("/api/v1") not in WITHOUT_WRONG_INPUT
]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 15
PLAIN = {"Accept-Encoding": "identity"}
API_PAGE = PROJECT / "docs" / "api.md"
SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
METHODS = {"get", "post", "put", "patch", "delete"}


@transaction
def _fill(slot_id: int) -> None:
    db.session.execute(update(TimeSlot).where(TimeSlot.id == slot_id).values(capacity=TimeSlot.issued))


@pytest.fixture
def known(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The demo edition without rate limits, and existing values for each parameter."""
    monkeypatch.setitem(bare_app.config, "RATELIMIT_ENABLED", False)
    monkeypatch.setattr(limiter, "enabled", False)
    with bare_app.app_context():
        exhibition = demo.load(open_now=True)
        slot = world.open_slot(exhibition.id)
        world.issue(exhibition.id)  # makes the signing key of this database
        party = Party(slot_id=slot.id, name="Sari", email=None, phone=None, party_size=4, locale="id")
        issued = service.register(party)
        [later] = world.coming_slots()
        _fill(later.id)
        gate = devices.gate_by_code(exhibition, "A")
        return {
            "manage_key": issued.manage_key,
            "slot_id": slot.id,
            "key": waiting.join(Party(later.id, "Sari", "sari@example.com", None, 1, "id")),
            "token": issued.token,
            "code": "A01",
            "exhibition": exhibition.slug,
            "enrolment_code": devices.make_enrolment_code(COMMAND_LINE, the_fair(), gate.id),
            "bearer": world.enrol(exhibition),
        }


@pytest.fixture
def document(bare_app: Flask) -> dict[str, Any]:
    return bare_app.test_client().get(DOCUMENT).get_json()


def _with_known(case: Case, names: set[str], known: dict[str, Any]) -> None:
    """Replace invented values by existing ones, so that calls get beyond the first lookup."""
    for container in (case.path_parameters, case.query, case.body):
        if isinstance(container, dict):
            container |= {name: known[name] for name in names & container.keys()}


@pytest.mark.parametrize(("mode", "method", "path"), CASES)
def test_a_call_answers_as_documented_whatever_it_is_sent(
    bare_app: Flask, known: dict[str, Any], mode: GenerationMode, method: str, path: str
) -> None:
    operation = schemathesis.openapi.from_wsgi(DOCUMENT, bare_app)[path][method]
    names = st.sets(st.sampled_from(sorted(known)))
    bearers = st.sampled_from([known["bearer"], known["bearer"], "of-no-device", None])

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=SLOW_IS_FINE)
    @given(case=operation.as_strategy(mode), names=names, bearer=bearers)
    def answers_as_documented(case: Case, names: set[str], bearer: str | None) -> None:
        _with_known(case, names, known)
        headers = PLAIN | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        case.call_and_validate(headers=headers, checks=CHECKS)

    answers_as_documented()


@pytest.mark.parametrize("path", ["/api/v1/exhibition", "/api/v1/booths"])
def test_a_call_answers_as_documented_before_there_is_an_edition(bare_app: Flask, path: str) -> None:
    operation = schemathesis.openapi.from_wsgi(DOCUMENT, bare_app)[path]["GET"]
    assert operation.Case().call_and_validate(headers=PLAIN, checks=CHECKS[1:]).status_code == 503


def _operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (method.upper(), path) for path, calls in document["paths"].items() for method in calls if method in METHODS
    }


def test_the_document_has_every_call_and_no_other(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert _operations(document) == set(CALLS)


def test_the_api_page_names_every_call_and_no_other(document: dict[str, Any]) -> None:
    calls = re.findall(r"`(GET|POST) (/[^`\s]*)", API_PAGE.read_text())
    assert {(method, f"/api/v1{path}") for method, path in calls} == _operations(document)


def _codes_in_the_code() -> set[str]:
    """The codes of refusals that modules contain literally."""
    position = {"Refused": 0, "_refuse": 0, "_refused": 0, "problem": 1}
    found = set()
    for path in (PROJECT / "exhibition").rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            place = position.get(ast.unparse(call.func))
            if place is not None and len(call.args) > place and isinstance(call.args[place], ast.Constant):
                found.add(ast.literal_eval(call.args[place]))
    return found


def test_the_api_page_explains_every_code_of_a_refusal() -> None:
    codes = _codes_in_the_code() | {fault.value for fault in ListingFault}
    assert len(codes) > 40
    assert codes - set(re.findall(r"`(\w+)`", API_PAGE.read_text())) == set()


def _table(heading: str) -> set[str]:
    """The codes in the first column of the table under a heading of the page."""
    section = re.split(r"^#+ ", API_PAGE.read_text(), flags=re.MULTILINE)
    text = next(part for part in section if part.startswith(heading))
    return set(re.findall(r"^\| `(\w+)`", text, flags=re.MULTILINE))


def test_the_api_page_explains_every_code_of_a_scan_and_no_other() -> None:
    assert _table("Codes of a scan") == set(ScanCode)
