"""Applications from the first draft to a decision, on both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask_babel import refresh
from sqlalchemy import func, select

from exhibition.accounts.models import AuditEntry, Invitation, RoleName
from exhibition.accounts.service import create_user
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.core.outbox import OutboxMail
from exhibition.exhibitors import newcomers, service
from exhibition.exhibitors.applications import calls, documents, duplicates
from exhibition.exhibitors.applications import desk as application_desk
from exhibition.exhibitors.applications import privacy as application_privacy
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.applications.desk import Filter
from exhibition.exhibitors.applications.duplicates import Likeness
from exhibition.exhibitors.models import Application, ApplicationDocument, Exhibitor
from exhibition.exhibitors.newcomers import Answering
from exhibition.exhibitors.rules import application_steps
from exhibition.exhibitors.rules.application_steps import ApplicationState, ExhibitorKind, PointRules, Step, StepTaker
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.exhibitors.applications.applying import ORGANIZER, PDF, VALUES, begun, in_state, mails, photo, submitted
from tests.fairs import the_fair


def _take(application: Application, step: Step, party: StepTaker = StepTaker.ORGANIZER, note: str = "") -> None:
    applications.take(ORGANIZER, party, application.id, step, note=note)


@pytest.fixture(autouse=True)
def _empty_outbox(app: Flask) -> None:
    for file in (app.config["INSTANCE"] / "outbox").glob("*.eml"):
        file.unlink()


def test_a_draft_is_kept_with_tidy_values_and_its_link_is_mailed(app: Flask, exhibition: Exhibition) -> None:
    application = begun(exhibition, email=" Yuni@Example.COM ")
    assert (application.state, application.phone, application.email) == ("draft", "+6281234567890", "yuni@example.com")
    run_jobs()
    assert f"/daftar-stan/{application.key}" in mails(app)[0].replace("=\n", "")


def test_the_same_form_sent_twice_begins_one_application(exhibition: Exhibition) -> None:
    first = applications.begin(exhibition, VALUES, form_key="abcdefghijkl")
    assert applications.begin(exhibition, VALUES, form_key="abcdefghijkl").id == first.id


def test_an_applicant_who_begins_again_is_mailed_the_older_link_and_learns_nothing_else(
    app: Flask, exhibition: Exhibition
) -> None:
    older = begun(exhibition)
    run_jobs()
    for file in (app.config["INSTANCE"] / "outbox").glob("*.eml"):
        file.unlink()
    newer = begun(exhibition)
    run_jobs()
    sent = " ".join(mails(app)).replace("=\n", "")
    assert older.key in sent
    assert newer.key in sent
    assert newer.key != older.key


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"phone": "12"}, "phone_invalid", "phone"),
        ({"nib": "12"}, "licence_invalid", "nib"),
        ({"halal": "halal!"}, "licence_invalid", "halal"),
        ({"wishes": ["Z99"]}, "wish_unknown", "wishes"),
        ({"zone_wishes": ["XXX"]}, "wish_unknown", "zone_wishes"),
        ({"wishes": ["A01", "A02", "A03", "A04", "A05", "A06"]}, "wishes_too_many", "wishes"),
        ({"near": ["a", "b", "c", "d", "e", "f"]}, "names_too_many", "near"),
        ({"cluster_id": 999}, "cluster_unknown", "cluster_id"),
    ],
)
def test_values_that_cannot_be_are_refused_by_name(
    exhibition: Exhibition, values: dict[str, object], code: str, field: str
) -> None:
    before = db.session.scalar(select(func.count()).select_from(Application))
    with pytest.raises(Refused) as refused:
        begun(exhibition, **values)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert db.session.scalar(select(func.count()).select_from(Application)) == before


def test_wishes_keep_their_order_and_lose_their_doubles(exhibition: Exhibition) -> None:
    application = begun(exhibition, wishes=["c03", "A01", " C03"], near=["Kopi  Sirap", "Kopi Sirap"])
    assert application.wishes == ["C03", "A01"]
    assert application.near == ["Kopi Sirap"]


def test_handing_in_needs_everything_and_consent(exhibition: Exhibition) -> None:
    application = begun(exhibition, district="")
    for consent, code in ((False, "consent_missing"), (True, "application_incomplete")):
        with pytest.raises(Refused) as refused:
            applications.submit(ORGANIZER, StepTaker.APPLICANT, exhibition, application, consent=consent)
        assert refused.value.code == code
    assert application.state is ApplicationState.DRAFT


def test_nobody_applies_when_the_call_is_closed(exhibition: Exhibition) -> None:
    application = begun(exhibition)
    calls.change(ORGANIZER, exhibition, is_open=False, closes_on=None, points=PointRules())
    for act in (
        lambda: begun(exhibition),
        lambda: applications.submit(ORGANIZER, StepTaker.APPLICANT, exhibition, application, consent=True),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "applications_closed"


@pytest.mark.parametrize("party", list(StepTaker))
@pytest.mark.parametrize("step", list(Step))
def test_steps_are_taken_where_the_table_has_them_and_nowhere_else(
    exhibition: Exhibition, step: Step, party: StepTaker
) -> None:
    application = submitted(exhibition)
    for state in ApplicationState:
        application.state = state
        db.session.commit()
        line = application_steps.passage(state, step, party)
        if line is None:
            with pytest.raises(Refused) as refused:
                _take(application, step, party)
            assert refused.value.code == "application_step"
            assert application.state is state
        else:
            _take(application, step, party)
            assert application.state is line.after


def test_each_step_is_audited_and_told_to_the_applicant(app: Flask, exhibition: Exhibition) -> None:
    application = submitted(exhibition)
    _take(application, Step.WAITLIST, note="Tunggu sebentar ya")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "application.waitlist")).one()
    assert entry.before == {"state": "submitted"}
    assert entry.after == {"state": "waitlisted", "note": "Tunggu sebentar ya"}
    assert [event.state for event in applications.history(application, steps_only=True)][:2] == [
        "waitlisted",
        "submitted",
    ]
    run_jobs()
    assert any("Tunggu sebentar ya" in mail for mail in mails(app))


def test_no_mail_goes_out_for_a_step_that_is_refused(app: Flask, exhibition: Exhibition) -> None:
    application = in_state(exhibition, ApplicationState.CONFIRMED)
    run_jobs()
    before = len(mails(app))
    with pytest.raises(Refused):
        _take(application, Step.REJECT)
    assert run_jobs() == 0
    assert len(mails(app)) == before


def test_the_audit_trail_holds_no_contact_of_an_applicant(exhibition: Exhibition) -> None:
    application = begun(exhibition)
    applications.save(applications.actor_of(application), exhibition, application, {"phone": "081300001111"})
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.object_type == "application")).all()
    told = " ".join(f"{one.actor_name} {one.before} {one.after}" for one in entries)
    assert "8130000" not in told
    assert "example.com" not in told
    assert "phone" in told


def test_what_is_decided_on_stays_as_it_is(exhibition: Exhibition) -> None:
    application = in_state(exhibition, ApplicationState.WAITLISTED)
    with pytest.raises(Refused) as refused:
        applications.save(ORGANIZER, exhibition, application, {"district": "Jambu"})
    assert refused.value.code == "application_decided"


def test_of_two_organizers_at_once_one_decides(bare_app: Flask) -> None:
    from exhibition.demo import service as demo

    with bare_app.app_context():
        number = submitted(demo.load()).id
    start, codes = threading.Barrier(6), []

    def decide(step: Step) -> None:
        with bare_app.app_context():
            start.wait()
            try:
                applications.take(ORGANIZER, StepTaker.ORGANIZER, number, step)
                codes.append("done")
            except Refused as refused:
                codes.append(refused.code)

    threads = [threading.Thread(target=decide, args=(Step.REJECT,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["application_step"] * 5 + ["done"]
    with bare_app.app_context():
        entries = select(func.count()).where(AuditEntry.action == "application.reject")
        assert db.session.scalar(entries) == 1


def test_the_shortlist_makes_an_exhibitor_once(exhibition: Exhibition) -> None:
    application = submitted(exhibition)
    _take(application, Step.SHORTLIST)
    made = db.session.get_one(Exhibitor, application.exhibitor_id)
    assert (made.name, made.phone, made.email) == (VALUES["name"], "+6281234567890", VALUES["email"])
    _take(application, Step.REOPEN)
    _take(application, Step.SHORTLIST)
    assert db.session.scalar(select(func.count()).where(Exhibitor.name == VALUES["name"])) == 1


def test_a_liar_gets_neither_the_exhibitor_nor_the_account_of_somebody_else(exhibition: Exhibition) -> None:
    known = service.add(
        ORGANIZER,
        the_fair(),
        service.Details("Kopi Gunung", ExhibitorKind.UMKM, email="asli@example.com", phone="081234567890"),
    )
    application = submitted(exhibition, name="Kopi Gunung", email="palsu@example.com")
    _take(application, Step.SHORTLIST)
    assert application.exhibitor_id != known.id
    newcomers.link(ORGANIZER, application, known.id)
    _take(application, Step.OFFER, StepTaker.ALLOCATION)
    invited = db.session.scalars(select(Invitation.email)).all()
    assert invited == ["asli@example.com"]


def test_an_offer_invites_the_exhibitor_unless_somebody_has_the_account(exhibition: Exhibition) -> None:
    application = submitted(exhibition)
    _take(application, Step.SHORTLIST)
    _take(application, Step.OFFER, StepTaker.ALLOCATION)
    _take(application, Step.LAPSE, StepTaker.ALLOCATION)
    _take(application, Step.OFFER, StepTaker.ALLOCATION)
    assert db.session.scalars(select(Invitation.email)).all() == ["yuni@example.com"]
    other = submitted(exhibition, name="Kopi Lain", email="lain@example.com")
    create_user(ORGANIZER, "lain@example.com", RoleName.EXHIBITOR)
    _take(other, Step.SHORTLIST)
    _take(other, Step.OFFER, StepTaker.ALLOCATION)
    assert other.state is ApplicationState.OFFERED


def test_an_offered_booth_is_answered_in_a_way_that_the_applicant_has(app: Flask, exhibition: Exhibition) -> None:
    service.add(ORGANIZER, exhibition, service.Details("Keripik Yuni", ExhibitorKind.UMKM, email="yuni@example.com"))
    application = submitted(exhibition)
    _take(application, Step.SHORTLIST)
    _take(application, Step.OFFER, StepTaker.ALLOCATION)
    page = f"/daftar-stan/{application.key}"
    assert newcomers.answering(application) is Answering.INVITATION
    refresh()  # the tests' own context outlives the mails, which were in Indonesian
    assert "choose your password" in app.test_client().get(f"{page}?lang=en").text
    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert newcomers.answering(application) is Answering.ORGANIZERS
    owner = create_user(ORGANIZER, "pemilik@example.com", RoleName.EXHIBITOR)
    service.join(owner.id, application.exhibitor_id or 0)
    assert newcomers.answering(application) is Answering.ACCOUNT
    by_phone = submitted(exhibition, name="Tanpa Surel", email="", phone="081299990000")
    _take(by_phone, Step.SHORTLIST)
    _take(by_phone, Step.OFFER, StepTaker.ALLOCATION)
    assert newcomers.answering(by_phone) is Answering.LINK
    refresh()
    assert "See the booth and answer" in app.test_client().get(f"/daftar-stan/{by_phone.key}?lang=en").text


def test_an_application_follows_the_allocation_and_never_holds_it_up(exhibition: Exhibition) -> None:
    application = submitted(exhibition)
    _take(application, Step.SHORTLIST)
    exhibitor_id = application.exhibitor_id
    assert exhibitor_id is not None
    for step, state in (
        (Step.OFFER, "offered"),
        (Step.ACCEPT, "accepted"),
        (Step.CONFIRM, "confirmed"),
        (Step.CANCEL, "cancelled"),
    ):
        followed = applications.follow(ORGANIZER, exhibition.id, exhibitor_id, step)
        assert followed is not None
        assert followed.application.state == state
    assert applications.follow(ORGANIZER, exhibition.id, exhibitor_id, Step.ACCEPT) is None
    assert applications.follow(ORGANIZER, exhibition.id, 99999, Step.OFFER) is None


def test_duplicates_are_found_by_phone_mail_nib_and_name(exhibition: Exhibition) -> None:
    one = submitted(exhibition, nib="1234567890123")
    alike = {
        Likeness.PHONE: submitted(exhibition, name="A", email="a@example.com"),
        Likeness.EMAIL: submitted(exhibition, name="B", phone="081300000001"),
        Likeness.NIB: submitted(exhibition, name="C", phone="081300000002", email="c@example.com", nib="1234567890123"),
        Likeness.NAME: submitted(
            exhibition, name="UD. Keripik Mbak  Yuni", phone="081300000003", email="d@example.com"
        ),
    }
    found = {other.id: why for other, why in duplicates.of(one)}
    assert found == {application.id: [likeness] for likeness, application in alike.items()}
    assert {one.id, *found} <= duplicates.among(exhibition)
    for application in alike.values():
        _take(application, Step.REJECT)
    assert one.id not in duplicates.among(exhibition)


def test_the_demo_has_a_duplicate_and_half_finished_ones(exhibition: Exhibition) -> None:
    assert db.session.scalar(select(func.count()).select_from(Application)) == 60
    lines = application_desk.lines(exhibition, Filter(duplicates=True))
    assert {line.application.name for line in lines} == {"Kopi Ngipik", "CV. Kopi Ngipik"}
    assert applications.counts(exhibition)[ApplicationState.DRAFT] == 2
    assert applications.counts(exhibition)[ApplicationState.CONFIRMED] == 31


def test_equal_points_share_a_rank_until_the_lottery_is_drawn(exhibition: Exhibition) -> None:
    call = calls.of(exhibition)
    hidden = application_desk.lines(exhibition, Filter())
    assert len({line.rank for line in hidden}) < len(hidden)
    calls.draw(ORGANIZER, exhibition)
    drawn = application_desk.lines(exhibition, Filter())
    assert [line.rank for line in drawn] == list(range(1, len(drawn) + 1))
    scores = {line.application.reference: line.points for line in drawn}
    assert [line.application.reference for line in drawn] == application_steps.ranking(call.seed, scores)
    for act in (
        lambda: calls.draw(ORGANIZER, exhibition),
        lambda: calls.change(ORGANIZER, exhibition, is_open=True, closes_on=None, points=PointRules(cluster=9)),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "lottery_drawn"


def test_pictures_are_made_anew_and_told_by_their_content(exhibition: Exhibition) -> None:
    application = begun(exhibition)
    document = documents.add(ORGANIZER, application.id, "../../etc/nib.PDF", photo(3000))
    assert document is not None
    assert (document.name, document.media_type) == ("nib.jpg", "image/jpeg")
    kept = documents.of(application.id, document.id).content
    assert b"Rumah" not in kept
    assert len(kept) == document.size
    assert documents.add(ORGANIZER, application.id, "surat.pdf", PDF) is not None
    assert documents.add(ORGANIZER, application.id, "surat-lagi.pdf", PDF) is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "document_empty"),
        (b"x" * (documents.MAX_BYTES + 1), "document_too_large"),
        (b"<html><script>alert(1)</script>", "document_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "document_unreadable"),
        (b"MZ\x90\x00", "document_unreadable"),
        (b"%PDF-1.4 half", "document_broken"),
        (photo()[:2000], "document_unreadable"),
    ],
)
def test_what_is_neither_picture_nor_pdf_is_refused(exhibition: Exhibition, content: bytes, code: str) -> None:
    application = begun(exhibition)
    with pytest.raises(Refused) as refused:
        documents.add(ORGANIZER, application.id, "foto.jpg", content)
    assert (refused.value.code, refused.value.field, refused.value.status) == (code, "document", 422)
    assert db.session.scalar(select(func.count()).select_from(ApplicationDocument)) == 0


def test_no_more_documents_than_eight(exhibition: Exhibition) -> None:
    application = begun(exhibition)
    for number in range(documents.MOST):
        documents.add(ORGANIZER, application.id, "a.pdf", PDF + str(number).encode())
    with pytest.raises(Refused) as refused:
        documents.add(ORGANIZER, application.id, "a.pdf", PDF + b"more")
    assert refused.value.code == "documents_too_many"


def test_applications_that_came_to_nothing_are_erased_with_their_files_and_mails(
    exhibition: Exhibition, time_passes: Callable[[], None]
) -> None:
    application = begun(exhibition)
    documents.add(ORGANIZER, application.id, "a.pdf", PDF)
    assert application_privacy.purge(ORGANIZER) == []
    time_passes()
    assert application_privacy.purge(ORGANIZER, dry_run=True)[0].applications == 30
    kinds = select(OutboxMail.kind)
    assert db.session.scalars(kinds).all() == ["application.link"]
    assert application_privacy.purge(ORGANIZER)[0].applications == 30
    assert db.session.scalars(kinds).all() == []
    assert {one.state for one in db.session.scalars(select(Application))} == {ApplicationState.CONFIRMED}
    assert db.session.scalar(select(func.count()).select_from(ApplicationDocument)) == 0


@pytest.fixture
def time_passes(exhibition: Exhibition, request: pytest.FixtureRequest) -> Callable[[], None]:
    def pass_on() -> None:
        traveller = time_machine.travel(exhibition.created_at + timedelta(days=60), tick=True)
        traveller.start()
        request.addfinalizer(traveller.stop)

    return pass_on
