"""A process that is killed while it sends a message: the next one goes on, and everybody gets it once."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import time_machine
from flask import Flask

from exhibition.core import clock
from exhibition.core.config import PROJECT
from exhibition.messages import sending
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.mailbox import Mailbox
from tests.messages.world import confirm, counts, forget_mails, register, written

VISITOR_COUNT = 9
SEND = """
import os, signal, sys
from exhibition.core import mail
from exhibition.factory import create_app
from exhibition.messages import sending

left, deliver = int(sys.argv[2]), mail.deliver

def die_in_the_end(message):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    deliver(message)

app = create_app()
mail.deliver = die_in_the_end
sending.PIECE, sending.MOST_QUEUED = 2, 4
with app.app_context():
    while True:
        sending.work(int(sys.argv[1]))
"""


def killed(app: Flask, message_id: int, after: int) -> int:
    """Send in a process of its own that is killed instead of sending one more mail; returns its exit code."""
    settings = {
        "EXHIBITION_INSTANCE_PATH": str(app.config["INSTANCE"]),
        "EXHIBITION_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "EXHIBITION_MAIL_URL": app.config["SETTINGS"]["MAIL_URL"],
    }
    command = [sys.executable, "-c", SEND, str(message_id), str(after)]
    return subprocess.run(command, cwd=PROJECT, env=os.environ | settings, check=False).returncode


def test_a_message_whose_sender_is_killed_twice_reaches_everybody_once(
    app: Flask, exhibition: Exhibition, mailbox: Mailbox
) -> None:
    for number in range(VISITOR_COUNT):
        register(exhibition, f"visitor{number}")
    forget_mails()
    message = written(exhibition)
    confirm(exhibition, message)
    assert killed(app, message.id, 3) == -signal.SIGKILL
    assert counts(message).total == VISITOR_COUNT
    assert len(mailbox.received) == 3
    assert killed(app, message.id, 2) == -signal.SIGKILL
    assert len(mailbox.received) == 5
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=False):
        sending.work_on_all()
        run_jobs()
    addresses = sorted(to for recipients, _mail in mailbox.received for to in recipients)
    assert addresses == [f"visitor{number}@example.com" for number in range(VISITOR_COUNT)]
    assert counts(message).sent == VISITOR_COUNT
