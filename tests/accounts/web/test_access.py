"""The access table against the running application: every route, as every kind of user."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import RoleName
from exhibition.accounts.service import create_user
from exhibition.accounts.web.access import ROUTES
from exhibition.accounts.web.access_kinds import ADMINISTRATOR, Access, permits
from exhibition.accounts.web.disclosure import MAY_BE_STORED, WITHOUT_FORMS
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.demo import service as demo
from exhibition.venue.models import Exhibition
from tests.conftest import sign_in
from tests.fairs import the_fair

DUMMIES = {"int": "1", "float": "1.0", "uuid": "00000000-0000-4000-8000-000000000000"}
ANONYMOUS = "anonymous"
PEOPLE = (ANONYMOUS, *RoleName)


def _address(rule: Rule, edition: str) -> str:
    """The rule's address with a plausible value for each of its parameters."""

    def dummy(match: re.Match[str]) -> str:
        if one_of := re.match(r"any\((\w+)", match[1]):
            return one_of[1]
        converter = match[1].split(":")[0].split("(")[0] if ":" in match[1] else "default"
        return edition if match[1] == "edition" else DUMMIES.get(converter, "A01")

    return re.sub(r"<([^>]+)>", dummy, rule.rule)


def _routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


@pytest.fixture
def fair_app(bare_app: Flask) -> Iterator[Flask]:
    """The demo edition behind an application that takes forms without tokens and without rate limits."""
    with bare_app.app_context():
        demo.load(open_now=True)
    bare_app.config |= {"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False}
    yield bare_app
    bare_app.config |= {"WTF_CSRF_ENABLED": True, "RATELIMIT_ENABLED": True}


def _sent_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/login?next=")


def _as_declared(access: Access, roles: frozenset[str], answer: TestResponse) -> bool:
    """Whether the table allows this answer for someone with these roles and without any key."""
    if access is Access.NOBODY:
        return answer.status_code == 404
    if access is Access.KEY:
        return answer.status_code != 403 and not _sent_to_sign_in(answer)
    turned_away = answer.status_code in (401, 403) or _sent_to_sign_in(answer)
    return turned_away is not permits(access, roles, bearer=False)


def test_every_route_is_declared_and_every_declaration_is_a_route(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - ROUTES.keys() == set(), "routes without a line in accounts/web/access.py"
    assert ROUTES.keys() - endpoints == set(), "lines in accounts/web/access.py without a route"


@pytest.mark.parametrize("who", PEOPLE)
def test_each_route_lets_in_whom_the_table_names_and_nobody_else(fair_app: Flask, who: str) -> None:
    roles = frozenset({who} - {ANONYMOUS}) | ({ADMINISTRATOR} if who == RoleName.ORGANIZER else set())
    wrong = []
    for number, (rule, method) in enumerate(_routes(fair_app)):
        client = fair_app.test_client()
        if roles:
            with fair_app.app_context():
                sign_in(client, create_user(COMMAND_LINE, f"somebody-{number}@example.com", RoleName(who)))
        answer = client.open(_address(rule, "umkm-jateng-2026"), method=method)
        answer.close()
        if not _as_declared(ROUTES[rule.endpoint], roles, answer):
            wrong.append(f"{method} {rule.rule} as {who}: {answer.status}; it is for {ROUTES[rule.endpoint].value}")
    assert wrong == []


@pytest.mark.parametrize("who", [ANONYMOUS, RoleName.ORGANIZER])
def test_no_answer_is_kept_that_is_not_declared_to_be_the_same_for_everybody(fair_app: Flask, who: str) -> None:
    client = fair_app.test_client()
    if who != ANONYMOUS:
        with fair_app.app_context():
            sign_in(client, create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER))
    kept = []
    for rule, method in _routes(fair_app):
        if rule.endpoint in MAY_BE_STORED or rule.endpoint == "security.logout":
            continue
        answer = client.open(_address(rule, "umkm-jateng-2026"), method=method)
        answer.close()
        if answer.headers.getlist("Cache-Control") != ["no-store"]:
            kept.append(f"{method} {rule.rule}: {answer.headers.get('Cache-Control')}")
    assert kept == []
    assert ROUTES.keys() >= MAY_BE_STORED


def test_public_pages_may_be_kept_until_somebody_is_signed_in(fair_app: Flask) -> None:
    client = fair_app.test_client()
    assert client.get("/").headers["Cache-Control"] == "public, max-age=0, s-maxage=0"
    assert client.get("/nothing-here").headers["Cache-Control"] == "no-store"
    with fair_app.app_context():
        sign_in(client, create_user(COMMAND_LINE, "ratna@example.com", RoleName.ORGANIZER))
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_addresses_with_a_secret_are_told_to_no_other_site_and_no_search_engine(fair_app: Flask) -> None:
    told = []
    for rule, method in _routes(fair_app):
        if ROUTES[rule.endpoint] is not Access.KEY:
            continue
        answer = fair_app.test_client().open(_address(rule, "umkm-jateng-2026"), method=method)
        answer.close()
        policy = "no-referrer" if rule.endpoint in WITHOUT_FORMS else "same-origin"
        if (answer.headers["Referrer-Policy"], answer.headers.get("X-Robots-Tag")) != (policy, "noindex, nofollow"):
            told.append(rule.rule)
    assert told == []


@pytest.mark.parametrize("role", [RoleName.ORGANIZER, RoleName.GATE])
def test_whoever_has_a_role_at_one_edition_is_nobody_at_another(fair_app: Flask, role: RoleName) -> None:
    """Every route of the desk with the other edition in its address, and every route that speaks of all editions."""
    with fair_app.app_context():
        own, other = the_fair().id, _another_fair()
    opened = []
    for number, (rule, method) in enumerate(_routes(fair_app)):
        access = ROUTES[rule.endpoint]
        speaks_of_one = "edition" in rule.arguments
        if access not in (Access.ADMINISTRATOR, Access.ORGANIZER, Access.GATE) or not (
            speaks_of_one or access is Access.ADMINISTRATOR
        ):
            continue
        client = fair_app.test_client()
        with fair_app.app_context():
            address = f"somebody-{number}@example.com"
            sign_in(client, create_user(COMMAND_LINE, address, role, exhibition_id=own))
        answer = client.open(_address(rule, other), method=method)
        answer.close()
        if answer.status_code not in (403, 404):
            opened.append(f"{method} {rule.rule}: {answer.status}")
    assert opened == []


def test_at_their_own_edition_an_organizer_opens_every_page_of_the_desk(fair_app: Flask) -> None:
    with fair_app.app_context():
        fair = the_fair()
        client, administrator = (
            sign_in(fair_app.test_client(), create_user(COMMAND_LINE, email, RoleName.ORGANIZER, exhibition_id=one))
            for email, one in (("ratna@example.com", fair.id), ("dewi@example.com", None))
        )
        slug = fair.slug
        _another_fair(days=0)
    differs = []
    for rule, method in _routes(fair_app):
        if method != "GET" or ROUTES[rule.endpoint] is not Access.ORGANIZER or rule.arguments != {"edition"}:
            continue
        if rule.rule.endswith("/live"):
            continue
        address = _address(rule, slug)
        expected = administrator.get(address).status_code
        found = [client.get(one).status_code for one in (address, address.replace(f"/{slug}", "", 1))]
        if found != [expected, expected]:
            differs.append(f"{address}: {found} instead of {expected}")
    assert differs == []


def test_every_page_of_staff_speaks_of_an_edition_or_is_for_administrators(app: Flask) -> None:
    """So that a role at one edition opens nothing of the others."""
    of_one = {rule.endpoint for rule in app.url_map.iter_rules() if "edition" in rule.arguments}
    of_all = {
        endpoint
        for endpoint, access in ROUTES.items()
        if access in (Access.ORGANIZER, Access.GATE) and endpoint not in of_one
    }
    own_account = {"accounts.set_pin", "accounts.remove_pin", "security.mf_recovery_codes"}
    own_account |= {"security.two_factor_setup", "security.two_factor_setup_validate"}
    assert of_all == own_account


def _another_fair(days: int = 30) -> str:
    first = clock.now().date() + timedelta(days=days)
    dates = {"starts_on": first, "ends_on": first + timedelta(days=2)}
    db.session.add(
        Exhibition(
            slug="kopi", name="Kopi", venue_name="Alun-alun", **dates, hall_width=9, hall_depth=9, state="published"
        )
    )
    db.session.commit()
    return "kopi"


@pytest.mark.parametrize(
    ("access", "roles", "bearer", "allowed"),
    [
        (Access.PUBLIC, set(), False, True),
        (Access.KEY, set(), False, True),
        (Access.DEVICE, {"organizer"}, False, False),
        (Access.DEVICE, set(), True, True),
        (Access.SIGNED_IN, set(), False, False),
        (Access.SIGNED_IN, {"gate"}, False, True),
        (Access.ORGANIZER, {"gate", "exhibitor"}, False, False),
        (Access.GATE, {"organizer"}, False, True),
        (Access.EXHIBITOR, {"gate"}, False, False),
        (Access.NOBODY, {"organizer", "gate", "exhibitor"}, True, False),
    ],
)
def test_permits_follows_the_roles(access: Access, roles: set[str], *, bearer: bool, allowed: bool) -> None:
    assert permits(access, frozenset(roles), bearer=bearer) is allowed


def test_somebody_without_a_right_is_told_so_and_not_sent_to_sign_in_again(app: Flask) -> None:
    client = sign_in(app.test_client(), create_user(COMMAND_LINE, "gate@example.com", RoleName.GATE))
    answer = client.get("/desk/users")
    assert answer.status_code == 403
    assert "Location" not in answer.headers


def test_a_route_nobody_declared_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ROUTES, "core.healthz")
    assert app.test_client().get("/healthz").status_code == 403
