"""Hashing passwords, by Flask-Security (argon2)."""

import unicodedata

from flask_security.utils import hash_password, verify_password


def hashed(password: str) -> str:
    """The hash of a password, for storage."""
    return hash_password(_normal(password))


def matches(password: str, kept: str) -> bool:
    """Whether the stored hash belongs to this password."""
    return verify_password(_normal(password), kept)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKD", password)  # as the sign-in form does
