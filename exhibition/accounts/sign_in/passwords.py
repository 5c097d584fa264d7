"""Passwords: whether somebody may choose one, and hashing by Flask-Security (argon2)."""

import unicodedata
from typing import Any

from flask_security.utils import hash_password, verify_password

from exhibition.accounts import editions, texts
from exhibition.accounts.rules.passwords import password_fault
from exhibition.core.errors import Refused


def objection(password: str, *, email: str, name: str) -> Any | None:
    """The sentence that says what is wrong with a new password of this person, or None."""
    fault = password_fault(password, [email, *email.split("@"), name], editions.edition_texts())
    return texts.PASSWORD_FAULTS[fault] if fault else None


def refuse_weak(password: str, *, email: str, name: str) -> None:
    """Raise Refused ``password_weak`` (422). Judging takes a while, so no transaction should be open."""
    if sentence := objection(password, email=email, name=name):
        raise Refused("password_weak", sentence, status=422, field="password")


def hashed(password: str) -> str:
    """The hash of a password, for storage."""
    return hash_password(_normal(password))


def matches(password: str, kept: str) -> bool:
    """Whether the stored hash belongs to this password."""
    return verify_password(_normal(password), kept)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKD", password)  # as the sign-in form does
