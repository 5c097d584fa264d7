"""Passwords as they are kept: hashed by Flask-Security (argon2)."""

import unicodedata

from flask_security.utils import hash_password, verify_password


def hashed(password: str) -> str:
    """The password as it is kept."""
    return hash_password(_normal(password))


def matches(password: str, kept: str) -> bool:
    """Whether this is the password that is kept."""
    return verify_password(_normal(password), kept)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKD", password)  # as the sign-in form does
