"""The words of automatic mails: the built-in ones say what they should, and an edition's own take their place."""

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.exc import IntegrityError

from exhibition.core.db import db
from exhibition.core.i18n import LOCALES
from exhibition.exhibitors.applications.mail import NEWS_NAMES
from exhibition.exhibitors.rules.application_steps import PASSAGES, StepTaker, is_news
from exhibition.venue.edition import mail_texts
from exhibition.venue.edition.mail_texts import MailValues, MailWords
from exhibition.venue.models import Exhibition, MailText
from exhibition.venue.rules.placeholders import NOTHING, faults, paragraphs, used
from exhibition.visitors.models import MessageKind

BUILT_IN = {
    "visitor.pass": (
        "Your pass for {fair}",
        "here is your pass.",
        "Tiket masuk Anda untuk {fair}",
        "inilah tiket masuk Anda.",
    ),
    "visitor.closed": (
        "Closed: your session at {fair}",
        "your session is closed, because the plan of the fair has changed; nobody is let in then.",
        "Ditutup: sesi Anda di {fair}",
        "sesi Anda ditutup karena rencana pameran berubah; tidak seorang pun boleh masuk pada waktu itu.",
    ),
    "allocation.offered": (
        "A booth is offered to you: please answer",
        (
            "Booth {booth} at {fair} is offered to you. Please accept or decline it until {until}; after that it"
            " goes to somebody else."
        ),
        "Anda ditawari stan: mohon dijawab",
        (
            "Stan {booth} di {fair} ditawarkan kepada Anda. Mohon terima atau tolak sebelum {until}; setelah itu stan"
            " diberikan kepada yang lain."
        ),
    ),
    "application.waitlisted": (
        "Your application for a booth: {state}",
        "You are on the waiting list. You get an offer when a booth becomes free.",
        "Pengajuan stan Anda: {state}",
        "Anda masuk daftar tunggu. Anda mendapat tawaran bila ada stan yang kosong.",
    ),
}


def test_every_mail_about_an_edition_is_declared() -> None:
    told = {line.after for line in PASSAGES for taker in line.by if is_news(line.step, taker)}
    assert told == set(NEWS_NAMES)
    assert StepTaker.ORGANIZER in {taker for line in PASSAGES for taker in line.by}
    assert {*MessageKind, "visitor.closed_by_round"} == {kind for kind in mail_texts.mails if kind[:7] == "visitor"}
    assert {f"application.{state}" for state in NEWS_NAMES} | {"application.link", "application.invite"} == {
        kind for kind in mail_texts.mails if kind[:11] == "application"
    }


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("kind", mail_texts.mails)
def test_built_in_words_name_what_can_be_filled_in_and_greet(app: Flask, kind: str, language: str) -> None:
    mail = mail_texts.mails[kind]
    with force_locale("en"):
        english = mail.built_in()
    with force_locale(language):
        words = mail.built_in()
    for text, original in ((words.subject, english.subject), (words.text, english.text)):
        assert not faults(text, set(mail.placeholders))
        assert set(used(text)) == set(used(original))
        assert text
        assert "%(" not in text
    assert words.text.startswith(("Hello {name},\n\n", "Halo {name},\n\n"))
    assert (words == english) == (language == "en")


@pytest.mark.parametrize("kind", BUILT_IN)
def test_the_built_in_words(app: Flask, kind: str) -> None:
    found: list[str] = []
    for language in ("en", "id"):
        with force_locale(language):
            words = mail_texts.mails[kind].built_in()
            found += [words.subject, words.text.partition("\n\n")[2]]
    assert tuple(found) == BUILT_IN[kind]


@pytest.mark.parametrize("language", LOCALES)
def test_a_sample_fills_in_everything_that_can_be_named(app: Flask, exhibition: Exhibition, language: str) -> None:
    for mail in mail_texts.mails.values():
        words = MailWords("{fair}", " | ".join(f"{{{name}}}" for name in mail.placeholders))
        with force_locale(language):
            made = mail_texts.make_in(exhibition, mail, words, mail.sample(exhibition))
        filled = made.text.partition("\n")[0].split(" | ")
        assert len(filled) == len(mail.placeholders)
        assert NOTHING not in filled
        assert "{" not in made.text + made.html


def values(name: str) -> MailValues:
    return MailValues({"name": name, "fair": "Kopi\r\nBcc: all@example.com"}, {"link": "https://example.com/"})


def test_a_name_is_only_text_and_a_subject_one_line(app: Flask, exhibition: Exhibition) -> None:
    words = MailWords("{name} {fair}", "Hello {name}, <b>welcome</b>\nto {{us}}.\n\nBye")
    mail = mail_texts.mails["application.link"]
    made = mail_texts.make_in(exhibition, mail, words, values("{fair} <i>Siti</i>"))
    assert made.subject == "{fair} <i>Siti</i> Kopi Bcc: all@example.com"
    assert made.text.startswith("Hello {fair} <i>Siti</i>, <b>welcome</b>\nto {us}.\n\nBye\n")
    assert "Hello {fair} &lt;i&gt;Siti&lt;/i&gt;, &lt;b&gt;welcome&lt;/b&gt;<br>to {us}.</p>" in made.html


def test_the_database_keeps_one_text_for_each_mail_and_language(app: Flask, exhibition: Exhibition) -> None:
    given = {"exhibition_id": exhibition.id, "kind": "visitor.pass", "language": "en", "subject": "s", "text": "t"}
    db.session.add(MailText(**given))
    db.session.commit()
    for wrong in ({}, {"language": "fr"}, {"language": "id", "text": ""}, {"language": "id", "subject": ""}):
        db.session.add(MailText(**(given | wrong)))
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()


def test_empty_lines_part_paragraphs() -> None:
    assert paragraphs("a\nb\n\n \n\nc\n") == [["a", "b"], ["c"]]
    assert paragraphs(" \n") == []
