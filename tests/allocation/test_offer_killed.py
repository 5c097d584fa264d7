"""An offer whose process is killed between the commit and the job is nevertheless mailed, once."""

import os
import signal
import subprocess
import sys

from flask import Flask
from sqlalchemy import update

from exhibition.allocation import service
from exhibition.core import jobs
from exhibition.core.config import PROJECT
from exhibition.core.db import db
from exhibition.exhibitors.models import Exhibitor
from exhibition.venue.models import Exhibition
from tests.mailbox import Mailbox

OFFER = """
import os, signal, sys
from exhibition.accounts.audit import Actor
from exhibition.allocation import service
from exhibition.core import jobs
from exhibition.factory import create_app
from tests.fairs import the_fair

app = create_app()
jobs.huey.enqueue = lambda task: os.kill(os.getpid(), signal.SIGKILL)
with app.app_context():
    service.offer(Actor(None, "Ratna"), the_fair(), sys.argv[1])
"""
MINUTE = """
from datetime import datetime
from exhibition.core import jobs
from exhibition.factory import create_app

create_app()
for task in jobs.huey.read_periodic(datetime(2026, 11, 6, 9, 1)):
    jobs.huey.execute(task)
"""
"""The jobs that the consumer starts every minute."""


def run(app: Flask, script: str, *arguments: str) -> int:
    """Run the code in a process of its own, on the test's database, and return its exit code."""
    settings = {
        "EXHIBITION_INSTANCE_PATH": str(app.config["INSTANCE"]),
        "EXHIBITION_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "EXHIBITION_MAIL_URL": app.config["SETTINGS"]["MAIL_URL"],
    }
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, cwd=PROJECT, env=os.environ | settings, check=False).returncode


def test_an_offer_whose_process_is_killed_before_its_job_is_mailed_once(
    app: Flask, exhibition: Exhibition, mailbox: Mailbox
) -> None:
    held = next(booth for booth in service.plan(exhibition) if booth.state == "held")
    assert held.claim is not None
    db.session.execute(
        update(Exhibitor).where(Exhibitor.id == held.claim.exhibitor_id).values(email="tini@example.com")
    )
    db.session.commit()

    assert run(app, OFFER, held.claim.mark) == -signal.SIGKILL

    db.session.rollback()
    offered = next(booth for booth in service.plan(exhibition) if booth.code == held.code)
    assert offered.state == "offered"
    assert jobs.huey.pending_count() == jobs.huey.scheduled_count() == 0
    assert mailbox.received == []

    assert [run(app, MINUTE), run(app, MINUTE)] == [0, 0]
    told = sorted(mail["Subject"] for mail in mailbox.mails)
    assert told == ["Anda ditawari stan: mohon dijawab", "Halaman Anda sebagai peserta pameran"]
    assert [recipients for recipients, _mail in mailbox.received] == [["tini@example.com"]] * 2
