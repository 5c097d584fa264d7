"""The organizers' own words for automatic mails: at the desk, and as they go out."""

import html
import re
from email.message import EmailMessage
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_babel import refresh
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.accounts.models import AuditEntry
from exhibition.allocation import service as allocation
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.core.outbox import send_due
from exhibition.editions import creating
from exhibition.editions.creating import EVERYTHING, Part
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import Step, StepTaker
from exhibition.messages import mail_wording
from exhibition.venue.edition import mail_texts, states
from exhibition.venue.edition.mail_texts import MailWords
from exhibition.venue.models import Exhibition, MailText
from exhibition.venue.rules.edition_states import EditionState
from tests.exhibitors.applications.applying import submitted
from tests.mailbox import Mailbox
from tests.messages.world import another_fair, forget_mails, register

pytestmark = pytest.mark.usefixtures("csrf_off")
EMPTY = MailWords("", "")
OWN = MailWords("Karcis {fair}", "Sugeng rawuh {name},\n\nkarcis <b>panjenengan</b> wonten ngandhap.\nMatur nuwun.")
FIELDS = {"subject_indonesian": "", "text_indonesian": "", "subject_english": "", "text_english": ""}


@pytest.fixture
def desk(organizer_client: FlaskClient) -> FlaskClient:
    """An organizer's browser, in English."""
    organizer_client.set_cookie("locale", "en")

    def english(*args: Any, **kwargs: Any) -> TestResponse:
        refresh()  # the test's application context outlives the request, and with it the language
        return FlaskClient.open(organizer_client, *args, **kwargs)

    organizer_client.open = english
    return organizer_client


def keep(exhibition: Exhibition, kind: str, indonesian: MailWords = EMPTY, english: MailWords = EMPTY) -> bool:
    return mail_wording.keep(COMMAND_LINE, exhibition, kind, {"id": indonesian, "en": english})


def bodies(mail: EmailMessage) -> tuple[str, str]:
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    return plain.get_content().replace("\r\n", "\n"), rich.get_content()


def stored() -> list[tuple[str, str]]:
    rows = db.session.execute(select(MailText.kind, MailText.language).order_by(MailText.id))
    return [(row.kind, row.language) for row in rows]


def test_a_pass_goes_out_in_the_edition_s_words_of_the_moment_of_sending(
    exhibition: Exhibition, mailbox: Mailbox
) -> None:
    issued = register(exhibition, "Siti {fair} <i>")
    english = register(exhibition, "Budi", locale="en")
    keep(exhibition, "visitor.pass", OWN)
    send_due()
    mails = {one["To"]: one for one in mailbox.mails}
    mail = mails["siti@example.com"]
    assert mail["Subject"] == f"Karcis {exhibition.name}"
    text, rich = bodies(mail)
    assert text.startswith(
        "Sugeng rawuh Siti {fair} <i>,\n\nkarcis <b>panjenengan</b> wonten ngandhap.\nMatur nuwun.\n"
    )
    assert "karcis &lt;b&gt;panjenengan&lt;/b&gt; wonten ngandhap.<br>Matur nuwun.</p>" in rich
    for body in (text, rich):
        assert issued.code in body
        assert issued.reference in body
        assert f"/p/{issued.manage_key}" in body
    assert "inilah tiket masuk Anda." not in text
    assert mails["budi@example.com"]["Subject"] == f"Your pass for {exhibition.name}"
    assert bodies(mails["budi@example.com"])[0].startswith("Hello Budi,\n\nhere is your pass.\n\n")
    assert english.code in bodies(mails["budi@example.com"])[0]


def test_a_closed_session_is_told_of_in_the_words_for_its_reason(exhibition: Exhibition) -> None:
    for kind, subject in (("visitor.closed", "Rencana"), ("visitor.closed_by_round", "Semprot")):
        keep(exhibition, kind, MailWords(subject, "Halo"))
    assert mail_texts.own_words(exhibition, "visitor.closed")["id"].subject == "Rencana"
    assert mail_texts.own_words(exhibition, "visitor.closed_by_round")["id"].subject == "Semprot"


def test_an_offer_and_an_application_go_out_in_the_edition_s_words(exhibition: Exhibition, mailbox: Mailbox) -> None:
    db.session.execute(update(Exhibitor).values(email=Exhibitor.slug + "@example.com"))
    db.session.commit()
    keep(exhibition, "allocation.offered", MailWords("Stan {booth} untuk {exhibitor}", "Halo {name}, ini tawaran."))
    keep(exhibition, "application.waitlisted", MailWords("{reference}: {state}", "Sabar nggih, {name}."))
    application = submitted(exhibition)
    forget_mails()
    held = next(one for one in allocation.plan(exhibition) if one.state == "held")
    assert held.claim is not None
    allocation.offer(COMMAND_LINE, exhibition, held.claim.mark)
    applications.take(COMMAND_LINE, StepTaker.ORGANIZER, application.id, Step.WAITLIST, note="Sebentar")
    send_due()
    offer = next(mail for mail in mailbox.mails if mail["Subject"].startswith(f"Stan {held.code} untuk "))
    news = next(mail for mail in mailbox.mails if mail["To"] == application.email)
    for body in bodies(offer):
        assert "ini tawaran." in body
        assert exhibition.name in body
        assert f"Stan: {held.code}" in body
        assert "Mohon dijawab sampai" in body
        assert "/daftar-stan/" in body
    assert news["Subject"] == f"{application.reference}: Daftar tunggu"
    for body in bodies(news):
        assert "Sabar nggih" in body
        assert "Sebentar" in body
        assert application.reference in body
        assert application.key in body


def test_words_of_another_edition_stay_as_they_are(exhibition: Exhibition, mailbox: Mailbox) -> None:
    other = another_fair(exhibition)
    keep(exhibition, "visitor.pass", OWN)
    keep(exhibition, "visitor.called_off", MailWords("Batal!", "Maaf {name}."))
    register(other, "Tono")
    states.change_state(COMMAND_LINE, other.slug, EditionState.CALLED_OFF)
    send_due()
    assert [mail["Subject"] for mail in mailbox.mails] == ["Tiket masuk Anda untuk Kopi", "Batal: Kopi"]


def test_built_in_words_are_not_stored_and_an_empty_field_is_built_in(exhibition: Exhibition) -> None:
    mail = mail_wording.find("visitor.pass")
    built_in = mail_wording.built_in(mail)
    assert not mail_wording.keep(COMMAND_LINE, exhibition, "visitor.pass", built_in)
    assert not keep(exhibition, "visitor.pass")
    assert keep(exhibition, "visitor.pass", MailWords("Karcis", "  "), MailWords(" ", "Hello {name}\r\n\r\nx \r\n"))
    assert stored() == [("visitor.pass", "id"), ("visitor.pass", "en")]
    own = mail_texts.own_words(exhibition, "visitor.pass")
    assert own["id"] == MailWords("Karcis", built_in["id"].text)
    assert own["en"] == MailWords(built_in["en"].subject, "Hello {name}\n\nx")
    assert not mail_wording.keep(COMMAND_LINE, exhibition, "visitor.pass", own)


@pytest.mark.parametrize(
    ("kind", "words", "code", "field"),
    [
        ("visitor.pass", {"id": MailWords("{nama}", "x"), "en": EMPTY}, "placeholder_unknown", "subject_indonesian"),
        ("visitor.pass", {"id": EMPTY, "en": MailWords("", "{booth}")}, "placeholder_unknown", "text_english"),
        ("visitor.pass", {"id": EMPTY, "en": MailWords("{name", "")}, "placeholder_unbalanced", "subject_english"),
        ("allocation.moved", {"id": MailWords("", "{until}"), "en": EMPTY}, "placeholder_unknown", "text_indonesian"),
        (
            "application.link",
            {"id": MailWords("{state}", ""), "en": EMPTY},
            "placeholder_unknown",
            "subject_indonesian",
        ),
    ],
)
def test_what_cannot_be_filled_in_is_refused(
    exhibition: Exhibition, kind: str, words: dict[str, MailWords], code: str, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        mail_wording.keep(COMMAND_LINE, exhibition, kind, words)
    assert (caught.value.code, caught.value.field, caught.value.status) == (code, field, 422)
    assert stored() == []


def test_each_language_goes_back_to_the_built_in_words_by_itself(exhibition: Exhibition) -> None:
    keep(exhibition, "visitor.pass", OWN, MailWords("Ticket", "Hi {name}"))
    keep(exhibition, "visitor.moved", OWN)
    assert mail_wording.restore(COMMAND_LINE, exhibition, "visitor.pass", "id")
    assert stored() == [("visitor.pass", "en"), ("visitor.moved", "id")]
    assert not mail_wording.restore(COMMAND_LINE, exhibition, "visitor.pass", "id")
    for kind, language in (("visitor.pass", "fr"), ("visitor.no", "id")):
        with pytest.raises(NotFound):
            mail_wording.restore(COMMAND_LINE, exhibition, kind, language)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.object_type == "mail_text").order_by(AuditEntry.id)
    ).all()
    assert [(one.action, one.object_id, sorted(one.after or {})) for one in entries] == [
        ("mail_text.change", "visitor.pass", ["en", "id"]),
        ("mail_text.change", "visitor.moved", ["id"]),
        ("mail_text.restore", "visitor.pass", ["id"]),
    ]
    assert entries[2].before == {"id": f"{OWN.subject}\n\n{OWN.text}"}
    assert entries[2].after == {"id": "built-in"}


@pytest.mark.parametrize("parts", [EVERYTHING, frozenset(Part) - {Part.RULES}])
def test_a_fair_from_an_earlier_one_has_its_words_with_the_rules(
    exhibition: Exhibition, parts: frozenset[Part]
) -> None:
    keep(exhibition, "visitor.pass", OWN)
    new = creating.clone(COMMAND_LINE, exhibition.slug, "next", exhibition.starts_on, parts=parts)
    assert mail_texts.own_words(new, "visitor.pass") == ({"id": OWN} if Part.RULES in parts else {})
    keep(new, "visitor.pass")
    assert mail_texts.own_words(exhibition, "visitor.pass") == {"id": OWN}


def test_from_the_list_to_own_words_and_back(desk: FlaskClient, exhibition: Exhibition) -> None:
    assert desk.get("/desk/messages").text.count("/desk/mail-texts") >= 1
    assert "Changed in" not in desk.get("/desk/mail-texts").text
    address = "/desk/mail-texts/visitor.pass"
    page = desk.get(address).text
    assert "Hello {name},\n\nhere is your pass.</textarea>" in page
    assert "Hello Siti Aminah,</p>" in page
    data = FIELDS | {"subject_english": "Ticket to {fair}", "text_english": "Dear <b>{name}</b>,\r\n\r\nwelcome."}

    seen = desk.post(address, data=data | {"preview": "yes"})
    assert seen.status_code == 200
    assert f"<h3>Ticket to {exhibition.name}</h3>" in seen.text
    assert "Dear &lt;b&gt;Siti Aminah&lt;/b&gt;,</p>" in seen.text
    assert "data:image/png;base64," in seen.text
    assert "inilah tiket masuk Anda.</p>" in seen.text
    assert stored() == []

    assert desk.post(address, data=data).status_code == 303
    assert stored() == [("visitor.pass", "en")]
    page = desk.get(address).text
    assert "These words go out from now on." in page
    assert "Dear &lt;b&gt;{name}&lt;/b&gt;,\n\nwelcome.</textarea>" in page
    assert re.findall(r"Changed in (\w+)", desk.get("/desk/mail-texts").text) == ["English"]
    assert desk.post(f"{address}/restore", data={"language": "en"}).status_code == 303
    assert stored() == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("subject_english", "{nobody}", "{nobody} cannot be filled in. You can use {name}, {fair}, {venue}"),
        ("text_english", "Hello {name", "A brace has no partner at “{name”"),
        ("subject_english", "x" * 151, "Use at most 150 characters."),
        ("subject_english", "Pass\r\nBcc: all@example.com", "Leave out invisible characters."),
        ("text_indonesian", "x" * 3001, "Use at most 3000 characters."),
    ],
)
@pytest.mark.parametrize("act", [{}, {"preview": "yes"}])
def test_what_is_wrong_stands_beside_its_field(
    desk: FlaskClient, exhibition: Exhibition, field: str, value: str, said: str, act: dict[str, str]
) -> None:
    answer = desk.post("/desk/mail-texts/visitor.pass", data=FIELDS | {field: value} | act)
    assert answer.status_code == 422
    found = re.search(rf'id="{field}-error" class="field-error">([^<]*)', answer.text)
    assert found is not None
    assert said in html.unescape(found[1])
    assert html.escape(value.splitlines()[0]) in answer.text
    assert stored() == []


def test_every_mail_has_a_page_with_its_preview_in_both_languages(desk: FlaskClient, exhibition: Exhibition) -> None:
    for kind in mail_texts.mails:
        page = desk.get(f"/desk/mail-texts/{kind}")
        assert page.status_code == 200
        assert page.text.count('class="card letter"') == 4
        assert page.text.count("<!doctype") == 1
    assert desk.get("/desk/mail-texts/visitor.nothing").status_code == 404
    assert desk.post("/desk/mail-texts/visitor.pass/restore", data={"language": "xx"}).status_code == 404


def test_words_belong_to_the_edition_of_the_address_and_an_archived_one_is_only_read(
    desk: FlaskClient, exhibition: Exhibition
) -> None:
    other = another_fair(exhibition)
    data = FIELDS | {"subject_indonesian": "Kopi!"}
    assert desk.post(f"/desk/{other.slug}/mail-texts/visitor.pass", data=data).status_code == 303
    assert list(mail_texts.own_words(other, "visitor.pass")) == ["id"]
    assert mail_texts.own_words(exhibition, "visitor.pass") == {}
    states.change_state(COMMAND_LINE, other.slug, EditionState.ARCHIVED)
    assert desk.get(f"/desk/{other.slug}/mail-texts/visitor.pass").status_code == 200
    refused = desk.post(f"/desk/{other.slug}/mail-texts/visitor.pass/restore", data={"language": "id"})
    assert refused.status_code == 409
    assert list(mail_texts.own_words(other, "visitor.pass")) == ["id"]
