"""The demo's users: one of each role, with random passwords that are written to a file only its owner can read."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from exhibition.accounts import pins
from exhibition.accounts.audit import COMMAND_LINE, Actor
from exhibition.accounts.models import RoleName
from exhibition.accounts.rules.passwords import PIN_MINIMUM, pin_fault
from exhibition.accounts.service import create_user
from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Exhibitor, ExhibitorMember

PEOPLE = (
    (RoleName.ORGANIZER, "panitia@demo.example", "Panitia Demo"),
    (RoleName.GATE, "gerbang@demo.example", "Petugas Gerbang Demo"),
    (RoleName.EXHIBITOR, "keripik-bu-tini@demo.example", "Bu Tini"),
)
EXHIBITOR_SLUG = "keripik-bu-tini"
FILE_NAME = "demo-sign-ins.txt"


@dataclass(frozen=True)
class DemoSignIn:
    role: RoleName
    email: str
    password: str
    pin: str = ""
    """For overruling a refusal at a gate; the organizer's only."""


@transaction
def create() -> list[DemoSignIn]:
    """Make the demo's users; the one with role exhibitor acts for Keripik Bu Tini.

    Raises Refused ``email_taken`` (409) when they exist already.
    """
    sign_ins = []
    for role, email, name in PEOPLE:
        password = secrets.token_urlsafe(12)
        user = create_user(COMMAND_LINE, email, role, password=password, name=name)
        if role is RoleName.EXHIBITOR:
            exhibitor_id = db.session.scalars(select(Exhibitor.id).where(Exhibitor.slug == EXHIBITOR_SLUG)).one()
            db.session.add(ExhibitorMember(user_id=user.id, exhibitor_id=exhibitor_id))
        pin = ""
        if role is RoleName.ORGANIZER:
            pin = _random_pin()
            pins.set_pin(Actor(user.id, name), pin)
        sign_ins.append(DemoSignIn(role, email, password, pin))
    return sign_ins


def _random_pin() -> str:
    while True:
        pin = f"{secrets.randbelow(10**PIN_MINIMUM):0{PIN_MINIMUM}}"
        if pin_fault(pin) is None:
            return pin


def _line(person: DemoSignIn) -> str:
    line = f"{person.role:<10} {person.email:<30} {person.password}"
    return f"{line}  PIN {person.pin}" if person.pin else line


def forget(instance: Path, *, kept: str) -> None:
    """Take the demo's sign-ins out of the file, but for that of the person with this address."""
    path = instance / FILE_NAME
    if not path.exists():
        return
    lines = [line for line in path.read_text().splitlines(keepends=True) if kept and kept in line.split()]
    if lines:
        path.write_text("".join(lines))
    else:
        path.unlink()


def write(instance: Path, sign_ins: list[DemoSignIn]) -> Path:
    """Write the sign-ins into the instance folder with mode 0600 and return the file."""
    path = instance / FILE_NAME
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.writelines(f"{_line(person)}\n" for person in sign_ins)
    return path
