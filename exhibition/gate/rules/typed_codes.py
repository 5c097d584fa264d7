"""Slips of the hand in a typed short code."""

from exhibition.visitors.rules import CODE_ALPHABET, CODE_LENGTH


def one_letter_off(code: str) -> list[str]:
    """Every short code that differs from ``code`` in exactly one letter; none for a text of another length."""
    if len(code) != CODE_LENGTH:
        return []
    return [
        code[:place] + letter + code[place + 1 :]
        for place, written in enumerate(code)
        for letter in CODE_ALPHABET
        if letter != written
    ]
