"""Where a password is chosen, it is compared with what is known of the person and of the fairs."""

import pytest
from flask import Flask
from flask_babel import force_locale

from exhibition.accounts.sign_in.passwords import refuse_weak
from exhibition.core.errors import Refused
from exhibition.venue.models import Exhibition


@pytest.mark.parametrize(
    ("password", "english", "indonesian"),
    [
        ("dusunsemilir26", "The fair's own name, place or address is in it", "nama, tempat atau alamat pameran"),
        ("Kusumaningrum", "Your name or e-mail address is in it", "nama atau alamat surel Anda"),
        ("bismillah2026", "Many people use this one", "banyak orang memakai"),
    ],
)
def test_the_sentence_says_why_in_both_languages(
    app: Flask, exhibition: Exhibition, password: str, english: str, indonesian: str
) -> None:
    for locale, sentence in (("en", english), ("id", indonesian)):
        with pytest.raises(Refused) as refused:
            refuse_weak(password, email="ratna@example.com", name="Ratna Kusumaningrum")
        assert (refused.value.code, refused.value.status, refused.value.field) == ("password_weak", 422, "password")
        with force_locale(locale):
            assert sentence.casefold() in str(refused.value.message).casefold()


def test_the_words_of_another_person_are_no_reason(app: Flask, exhibition: Exhibition) -> None:
    refuse_weak("Kusumaningrum", email="ratna@example.com", name="Ratna")


@pytest.mark.parametrize("password", ["budi.gerbang@example.com", "Prawirodirjo1", "pameranumkm2026"])
def test_the_command_refuses_them_too(bare_app: Flask, password: str) -> None:
    command = ["users", "create", "budi.gerbang@example.com", "--role", "gate", "--name", "Prawirodirjo"]
    result = bare_app.test_cli_runner().invoke(args=[*command, "--password-stdin"], input=f"{password}\n")
    assert result.exit_code == 1
    assert "guessed first" in result.output or "ditebak" in result.output
