"""Languages; money, dates and times as people at the fair write them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import polib
import pytest
from flask import Flask
from flask_babel import force_locale

from exhibition.core import i18n

EVENING = datetime(2020, 11, 6, 18, 30, tzinfo=UTC)
"""In Semarang this is 7 November, 01.30."""


@pytest.mark.parametrize(
    ("address", "cookie", "expected"),
    [("/", "", "id"), ("/", "en", "en"), ("/?lang=en", "id", "en"), ("/?lang=xx", "", "id"), ("/", "xx", "id")],
)
def test_the_language_is_asked_for_then_remembered_then_indonesian(
    app: Flask, address: str, cookie: str, expected: str
) -> None:
    headers = {"Cookie": f"locale={cookie}", "Accept-Language": "de"}
    with app.test_request_context(address, headers=headers):
        assert i18n.choose_locale() == expected


def test_rupiah_are_written_alike_in_both_languages(app: Flask) -> None:
    for locale in ("id", "en"):
        with app.test_request_context(), force_locale(locale):
            assert i18n.money(15_000) == "Rp15.000"
            assert i18n.money(1_500_000) == "Rp1.500.000"


def test_moments_are_shown_in_the_time_of_the_venue(app: Flask) -> None:
    with app.test_request_context(), force_locale("id"):
        assert i18n.clock_time(EVENING) == "01.30"
        assert i18n.long_date(EVENING) == "Sabtu, 7 November 2020"
        assert i18n.long_date(date(2020, 11, 6)) == "Jumat, 6 November 2020"
    with app.test_request_context(), force_locale("en"):
        assert i18n.clock_time(EVENING) == "01:30"
        assert i18n.long_date(EVENING) == "Saturday, 7 November 2020"
    assert i18n.zone_name("Asia/Jakarta") == "WIB"


EXAMPLES = {"coffee", "hold B10 for …"}
"""What a sentence quotes without meaning a page, button or field."""


def test_a_sentence_names_pages_buttons_and_fields_by_the_labels_that_they_bear() -> None:
    texts = polib.pofile(str(Path(__file__).parents[2] / "translations/id/LC_MESSAGES/messages.po"))
    labels = {entry.msgid: entry.msgstr for entry in texts}
    for entry in texts:
        quoted = re.findall("“([^%{”]+)”", entry.msgid)
        if EXAMPLES.isdisjoint(quoted):
            assert [labels.get(label) for label in quoted] == re.findall("“([^%{”]+)”", entry.msgstr), entry.msgid
