"""Opening an address never changes anything."""

import re

from flask import Flask
from sqlalchemy import func, select, text

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry, RoleName, SignIn
from exhibition.accounts.service import create_user
from exhibition.accounts.web.access import ROUTES
from exhibition.accounts.web.access_kinds import Access
from exhibition.core.db import db
from exhibition.demo import service as demo
from tests.conftest import sign_in
from tests.fairs import the_fair

OPEN = (Access.PUBLIC, Access.KEY, Access.DEVICE)
WRITTEN = {"audit_entry", "audit_name", "sign_in", "pass_key"}
"""An export is noted in the audit trail and the use of a device once a minute, which is looked at apart; the first
key for signing is made when something is first signed."""


def _rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        names = [table.name for table in db.metadata.sorted_tables if table.name not in WRITTEN]
        return {name: db.session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


def test_an_organizer_who_opens_every_address_changes_nothing_and_stays_signed_in(bare_app: Flask) -> None:
    with bare_app.app_context():
        demo.load(open_now=True)
        slug = the_fair().slug
        client = sign_in(bare_app.test_client(), create_user(COMMAND_LINE, "r@example.com", RoleName.ORGANIZER))
    before = _rows(bare_app)
    changed = []
    for rule in bare_app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.endswith("/live"):
            continue
        if ROUTES[rule.endpoint] in OPEN and not rule.endpoint.startswith("security."):
            continue
        address = re.sub(r"<[^>]+>", "1", rule.rule.replace("<edition>", slug))
        with client.session_transaction() as session:
            mine = session["_user_id"]
        client.get(address).close()
        with client.session_transaction() as session:
            if session.get("_user_id") != mine:
                changed.append(f"{address}: signed out")
                break
    after = _rows(bare_app)
    changed += [name for name in before if before[name] != after[name]]
    assert changed == []
    with bare_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 1
        entries = db.session.scalars(select(AuditEntry))
        actions = {one.action for one in entries if one.actor_name == "r@example.com"}
        assert actions <= {"user.sign_in", "export.make", "export.contacts"}


def test_the_address_of_the_second_step_and_of_signing_out_sign_nobody_out(bare_app: Flask) -> None:
    with bare_app.app_context():
        client = sign_in(bare_app.test_client(), create_user(COMMAND_LINE, "r@example.com", RoleName.ORGANIZER))
    assert client.get("/tf-validate").location == "/account"
    assert client.get("/logout").status_code == 405
    assert client.get("/account").status_code == 200
