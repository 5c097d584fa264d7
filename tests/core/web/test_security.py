"""Headers of every answer, and conditions for every request."""

import re
import stat
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_openapi3.blueprint import APIBlueprint

from exhibition.core.config import DEFAULT_SENDER, PROJECT, ConfigurationError
from exhibition.factory import create_app

STRONG = "0123456789abcdef0123456789abcdef"


def _app(instance: Path, **settings: str) -> Flask:
    return create_app({"INSTANCE_PATH": str(instance), **settings}, testing=True)


@pytest.mark.parametrize("address", ["/healthz", "/login", "/nothing-here", "/static/css/base.css"])
def test_every_answer_carries_the_headers(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "'unsafe-eval'" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Permissions-Policy"].startswith("camera=(self), microphone=()")


def test_no_page_has_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*(src=|application/json))|<style|\sstyle=|\son[a-z]+=[\"']", re.IGNORECASE)
    pages = [path for path in (PROJECT / "templates").rglob("*.html") if "mail" not in path.parts]
    assert [str(path) for path in pages if inline.search(path.read_text())] == []


def test_hsts_is_sent_by_tls_only(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    secure = client.get("/healthz", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(("public_url", "secure"), [("https://fair.example", True), ("http://localhost:8000", False)])
def test_cookies_are_closed_to_scripts_and_other_sites(tmp_path: Path, public_url: str, *, secure: bool) -> None:
    app = _app(tmp_path, PUBLIC_URL=public_url)
    cookies = app.test_client().get("/reset?lang=en", base_url=public_url).headers.getlist("Set-Cookie")
    prefix = "__Host-" if secure else ""
    assert {cookie.split("=")[0] for cookie in cookies} == {f"{prefix}session", f"{prefix}locale"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) is secure


def test_a_host_nobody_named_is_refused(tmp_path: Path) -> None:
    client = _app(tmp_path, TRUSTED_HOSTS="fair.example, www.fair.example").test_client()
    assert client.get("/healthz", headers={"Host": "www.fair.example"}).status_code == 200
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(("proxies", "seen"), [("0", "http"), ("1", "https")])
def test_forwarded_headers_are_believed_from_a_named_proxy_only(tmp_path: Path, proxies: str, seen: str) -> None:
    client = _app(tmp_path, PROXY_COUNT=proxies).test_client()
    answer = client.get("/healthz", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"})
    assert ("Strict-Transport-Security" in answer.headers) is (seen == "https")


def test_a_page_that_sends_no_referrer_can_send_its_forms(bare_app: Flask) -> None:
    client = bare_app.test_client()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/reset", base_url="https://localhost").text)
    assert found is not None
    form = {"csrf_token": found[1], "email": "nobody@example.com"}
    assert client.post("/reset", data=form, base_url="https://localhost").status_code in {200, 302}


WITHOUT_TOKEN = {"visitors.register"}
"""Done in nobody's name, and refused from other sites (tests/visitors/test_hostile.py)."""


def test_every_form_is_refused_without_its_token(bare_app: Flask) -> None:
    json_calls = {name for name, blueprint in bare_app.blueprints.items() if isinstance(blueprint, APIBlueprint)}
    taken = []
    for rule in bare_app.url_map.iter_rules():
        unsafe = (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
        if not unsafe or rule.endpoint.split(".")[0] in json_calls or rule.endpoint in WITHOUT_TOKEN:
            continue
        address = re.sub(r"<[^>]+>", "1", re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule))
        taken += [
            f"{method} {rule.rule}: {answer.status}"
            for method in unsafe
            if (answer := bare_app.test_client().open(address, method=method)).status_code != 400
        ]
    assert taken == []


SAFE = {
    "ENV": "production",
    "SECRET_KEY": STRONG,
    "TRUSTED_HOSTS": "fair.example",
    "MAIL_FROM": "Pameran <pameran@fair.example>",
    "PUBLIC_URL": "https://fair.example",
    "RATELIMIT_ENABLED": "true",
}


def test_production_starts_with_all_it_needs(tmp_path: Path) -> None:
    assert _app(tmp_path, **SAFE).config["TLS"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"SECRET_KEY": ""}, "EXHIBITION_SECRET_KEY is missing, shorter than 32 characters"),
        ({"SECRET_KEY": "short"}, "EXHIBITION_SECRET_KEY is missing, shorter than 32 characters"),
        ({"SECRET_KEY": "a" * 40}, "or made of few different ones"),
        ({"TOTP_SECRET": "ab" * 20}, "EXHIBITION_TOTP_SECRET"),
        ({"TRUSTED_HOSTS": ""}, "EXHIBITION_TRUSTED_HOSTS is empty"),
        ({"MAIL_FROM": DEFAULT_SENDER}, "EXHIBITION_MAIL_FROM is not set"),
        ({"PUBLIC_URL": "http://fair.example"}, "does not begin with https://"),
        ({"PUBLIC_URL": ""}, "does not begin with https://"),
        ({"RATELIMIT_ENABLED": "False"}, "EXHIBITION_RATELIMIT_ENABLED is false"),
    ],
)
def test_production_does_not_start_with_what_is_not_safe(tmp_path: Path, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        _app(tmp_path, **(SAFE | wrong))
    assert not (tmp_path / "secret.key").exists()


def test_production_does_not_start_in_debug_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(ConfigurationError, match="FLASK_DEBUG is on"):
        _app(tmp_path, **SAFE)


@pytest.mark.parametrize(
    ("setting", "header"),
    [("true", "max-age=31536000"), ("subdomains", "max-age=31536000; includeSubDomains"), ("false", None)],
)
def test_hsts_is_as_strict_as_its_setting(tmp_path: Path, setting: str, header: str | None) -> None:
    client = _app(tmp_path, HSTS=setting).test_client()
    assert client.get("/healthz", base_url="https://localhost").headers.get("Strict-Transport-Security") == header


def test_an_unknown_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="EXHIBITION_ENV is 'prod'"):
        _app(tmp_path, ENV="prod")


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first, second = _app(tmp_path), _app(tmp_path)
    assert first.config["SECRET_KEY"] == second.config["SECRET_KEY"]
    for name in ("secret.key", "totp.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_the_application_starts_and_is_alive_without_its_database(tmp_path: Path) -> None:
    app = _app(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "reason": "database unreachable"}


def test_nothing_but_the_transaction_commits() -> None:
    commits = re.compile(r"\.commit\(\)")
    found = [str(path) for path in (PROJECT / "exhibition").rglob("*.py") if commits.search(path.read_text())]
    assert found == [str(PROJECT / "exhibition/core/db.py")]
