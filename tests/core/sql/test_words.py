"""People find what they look for however they type it, on both databases."""

import pytest
from flask import Flask
from sqlalchemy import select

from exhibition.core.db import db, transaction
from exhibition.core.sql.words import fold, has_digits, has_words
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ExhibitorKind


@pytest.fixture
def people(app: Flask) -> None:
    @transaction
    def add() -> None:
        for slug, name, phone in (
            ("siti", "Siti Nur Aisyah", "+6281234567890"),
            ("jose", "JOSÉ  da Conceição", "+6281111112222"),
            ("percent", "100% Kopi_Asli", ""),
        ):
            db.session.add(Exhibitor(slug=slug, name=name, kind=ExhibitorKind.UMKM, phone=phone, district="Ungaran"))

    add()


def found(words: str) -> set[str]:
    either = has_words(words, Exhibitor.name, Exhibitor.district)
    numbers = has_digits(words, Exhibitor.phone)
    statement = select(Exhibitor.slug).where(numbers[0] | either if numbers else either)
    return set(db.session.scalars(statement))


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("siti", {"siti"}),
        ("AISYAH siti", {"siti"}),
        ("nur   ungaran", {"siti"}),
        ("jose conceicao", {"jose"}),
        ("josé da", {"jose"}),
        ("JOSÉ", {"jose"}),
        ("siti jose", set()),
        ("100%", {"percent"}),
        ("_asli", {"percent"}),
        ("%", {"percent"}),
        ("0812-3456-7890", {"siti"}),
        ("7890", {"siti"}),
        ("+62 811 1111 2222", {"jose"}),
        ("", {"siti", "jose", "percent"}),
        ("\u2603", set()),
    ],
)
def test_words_are_found_in_any_order_without_accents(words: str, slugs: set[str]) -> None:
    assert found(words) == slugs


def test_folding_leaves_other_scripts_alone() -> None:
    assert (fold("Ñandú Straße 東京"), fold(None), fold("")) == ("nandu straße 東京", None, "")
