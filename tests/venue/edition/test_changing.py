"""The edition at the desk and in the API."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exhibition.accounts.models import AuditEntry
from exhibition.allocation.models import Allocation, AllocationDay
from exhibition.core.db import db
from exhibition.venue.models import Exhibition, ExhibitionDay
from exhibition.venue.rules.edition import Reentry

pytestmark = pytest.mark.usefixtures("csrf_off")


def form_of(exhibition: Exhibition) -> dict[str, Any]:
    form: dict[str, Any] = {
        "name": exhibition.name,
        "tagline": exhibition.tagline,
        "venue_name": exhibition.venue_name,
        "address": exhibition.address,
        "directions_url": exhibition.directions_url,
        "timezone": exhibition.timezone,
        "starts_on": exhibition.starts_on.isoformat(),
        "ends_on": exhibition.ends_on.isoformat(),
        "early_minutes": "15",
        "late_minutes": "0",
        "people_each_contact": "10",
        "waiting_minutes": "120",
        "hold_hours": "48",
        "badges_per_booth": "4",
        "offline_after_ms": "1200",
        "amber_minutes": "5",
        "red_minutes": "30",
        "override_codes": exhibition.override_codes.split(),
        "mask_required": "y",
        "screening_question": exhibition.screening_question,
        "retention_days": "30",
    }
    for number, day in enumerate(exhibition.days):
        form |= {
            f"days-{number}-day": day.day.isoformat(),
            f"days-{number}-opens_at": "09:00",
            f"days-{number}-closes_at": "17:00",
        }
    return form


def test_who_may_come_back_is_a_setting(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    assert exhibition.reentry is Reentry.WITHIN_SESSION
    organizer_client.post("/desk/edition", data=form_of(exhibition) | {"reentry": "after_round"})
    db.session.expire_all()
    assert exhibition.reentry is Reentry.AFTER_ROUND
    answer = organizer_client.post("/desk/edition", data=form_of(exhibition) | {"reentry": "sometimes"})
    assert (answer.status_code, "reentry-error" in answer.text) == (422, True)
    assert organizer_client.get("/api/v1/exhibition").get_json()["reentry"] == "after_round"


def test_saving_changes_the_edition_and_tells_the_audit_trail(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    form = form_of(exhibition) | {"hold_hours": "24", "days-0-opens_at": "08:30"}
    assert organizer_client.post("/desk/edition", data=form).status_code == 302
    db.session.expire_all()
    assert exhibition.hold_hours == 24
    assert f"{exhibition.days[0].opens_at:%H:%M}" == "08:30"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "exhibition.edit")).one()
    assert entry.before is not None
    assert set(entry.before) == {"hold_hours", "hours"}


def test_saving_changes_what_scanners_are_told(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    wanted = {"offline_after_ms": "800", "amber_minutes": "3", "red_minutes": "10", "walk_in_name_required": "y"}
    assert organizer_client.post("/desk/edition", data=form_of(exhibition) | wanted).status_code == 302
    db.session.expire_all()
    assert (exhibition.offline_after_ms, exhibition.amber_minutes, exhibition.red_minutes) == (800, 3, 10)
    assert exhibition.walk_in_name_required


def test_saving_changes_what_stewards_ask(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    form = form_of(exhibition) | {"screening_question": "Demam?", "retention_days": "14"}
    del form["mask_required"]
    assert organizer_client.post("/desk/edition", data=form).status_code == 302
    db.session.expire_all()
    assert (exhibition.mask_required, exhibition.screening_question, exhibition.retention_days) == (
        False,
        "Demam?",
        14,
    )


def test_saving_changes_what_supervisors_may_overrule_and_when_people_count_as_gone(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    wanted = {"override_codes": ["too_late", "venue_full"], "longest_stay_minutes": "180", "no_show_minutes": "20"}
    assert organizer_client.post("/desk/edition", data=form_of(exhibition) | wanted).status_code == 302
    db.session.expire_all()
    assert exhibition.override_codes == "too_late venue_full"
    assert (exhibition.longest_stay_minutes, exhibition.no_show_minutes) == (180, 20)
    page = organizer_client.get("/desk/edition").text
    assert page.count("checked") == 3  # with the mask
    nothing = {"override_codes": [], "longest_stay_minutes": "", "no_show_minutes": ""}
    assert organizer_client.post("/desk/edition", data=form_of(exhibition) | nothing).status_code == 302
    db.session.expire_all()
    assert exhibition.override_codes == ""
    assert (exhibition.longest_stay_minutes, exhibition.no_show_minutes) == (None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("override_codes", ["bad_signature"]),
        ("override_codes", ["cancelled", "too_early"]),
        ("override_codes", ["x" * 300]),
        ("longest_stay_minutes", "0"),
        ("longest_stay_minutes", "1441"),
        ("longest_stay_minutes", "an hour"),
        ("no_show_minutes", "0"),
        ("no_show_minutes", "1441"),
        ("screening_question", "x" * 201),
        ("screening_question", "a\x00b"),
        ("retention_days", "0"),
        ("retention_days", "366"),
        ("retention_days", ""),
    ],
)
def test_rules_of_the_gates_that_make_no_sense_are_refused(
    organizer_client: FlaskClient, exhibition: Exhibition, field: str, value: Any
) -> None:
    answer = organizer_client.post("/desk/edition", data=form_of(exhibition) | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_another_day_gets_the_last_days_hours_and_every_claim_follows(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    later = exhibition.ends_on + timedelta(days=1)
    form = form_of(exhibition) | {"ends_on": later.isoformat()}
    assert organizer_client.post("/desk/edition", data=form).status_code == 302
    db.session.expire_all()
    assert [day.day for day in exhibition.days][-1] == later
    live = select(func.count()).where(AllocationDay.live, AllocationDay.day == later)
    assert db.session.scalar(live) == db.session.scalar(select(func.count()).where(Allocation.state != "released"))


def test_a_day_less_takes_its_hours_and_claims_with_it(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    gone = exhibition.ends_on
    form = form_of(exhibition) | {"ends_on": (gone - timedelta(days=1)).isoformat(), "way": "close"}
    assert organizer_client.post("/desk/edition", data=form).status_code == 302
    assert db.session.scalar(select(func.count()).where(AllocationDay.day == gone)) == 0
    assert db.session.scalar(select(func.count()).where(ExhibitionDay.day == gone)) == 0


HOSTILE = [
    ("name", "", "name-error"),
    ("name", "x" * 161, "name-error"),
    ("name", "a\x00b", "name-error"),
    ("name", "a\u202eb", "name-error"),
    ("tagline", "x" * 301, "tagline-error"),
    ("venue_name", "  ", "venue_name-error"),
    ("address", "x\ny", "address-error"),
    ("directions_url", "javascript:alert(1)", "directions_url-error"),
    ("directions_url", "https://", "directions_url-error"),
    ("timezone", "Mars/Base", "timezone-error"),
    ("timezone", "../etc/passwd", "timezone-error"),
    ("starts_on", "", "starts_on-error"),
    ("starts_on", "2020-02-30", "starts_on-error"),
    ("starts_on", "🎪", "starts_on-error"),
    ("starts_on", "0001-01-01", "starts_on-error"),
    ("ends_on", "1999-01-01", "ends_on-error"),
    ("ends_on", "9999-12-31", "ends_on-error"),
    ("ends_on", "' OR 1=1", "ends_on-error"),
    ("early_minutes", "-1", "early_minutes-error"),
    ("early_minutes", "99999999999999999999", "early_minutes-error"),
    ("late_minutes", "x", "late_minutes-error"),
    ("hold_hours", "0", "hold_hours-error"),
    ("hold_hours", "1.5", "hold_hours-error"),
    ("people_each_contact", "0", "people_each_contact-error"),
    ("people_each_contact", "1001", "people_each_contact-error"),
    ("waiting_minutes", "9", "waiting_minutes-error"),
    ("badges_per_booth", "21", "badges_per_booth-error"),
    ("badges_per_booth", "-1", "badges_per_booth-error"),
    ("offline_after_ms", "199", "offline_after_ms-error"),
    ("offline_after_ms", "", "offline_after_ms-error"),
    ("amber_minutes", "0", "amber_minutes-error"),
    ("amber_minutes", "31", "red_minutes-error"),
    ("red_minutes", "4", "red_minutes-error"),
    ("days-0-opens_at", "25:00", "days-0-opens_at-error"),
    ("days-0-opens_at", "18:00", "A day must close later than it opens."),
    ("days-0-closes_at", "", "days-0-closes_at-error"),
    ("days-0-day", "soon", "This is not a date."),
    ("way", "sideways", "way-error"),
]


def test_hostile_input_is_refused_with_the_field_named_and_nothing_written(
    organizer_client: FlaskClient, exhibition: Exhibition
) -> None:
    form = form_of(exhibition)
    for field, value, shown in HOSTILE:
        answer = organizer_client.post("/desk/edition?lang=en", data=form | {field: value})
        assert answer.status_code == 422, (field, value)
        assert shown in answer.text, (field, value)
    entries = select(func.count()).where(AuditEntry.action == "exhibition.edit")
    assert db.session.scalar(entries) == 0


def test_an_edition_needs_opening_hours(organizer_client: FlaskClient, exhibition: Exhibition) -> None:
    form = {name: value for name, value in form_of(exhibition).items() if not name.startswith("days-")}
    answer = organizer_client.post("/desk/edition?lang=en", data=form)
    assert answer.status_code == 422
    assert "Write opening hours for at least one day." in answer.text


def test_the_api_tells_the_current_edition(client: FlaskClient, exhibition: Exhibition) -> None:
    body = client.get("/api/v1/exhibition").json
    assert body is not None
    assert body["slug"] == exhibition.slug
    assert body["timezone"] == "Asia/Jakarta"
    assert [date.fromisoformat(day["date"]) for day in body["days"]] == [day.day for day in exhibition.days]
    assert body["days"][0]["opens_at"] == "09:00"
    assert body["caps"]["booths_open"] == 38


def test_the_api_says_503_before_there_is_an_edition(client: FlaskClient) -> None:
    answer = client.get("/api/v1/exhibition")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["code"] == "no_exhibition"
