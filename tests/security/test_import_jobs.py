"""A job whose child process dies over a file ends its import with a clear sentence, once, and works on."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from werkzeug.test import TestResponse

from exhibition.core import clock
from exhibition.core.confined.calls import confined
from exhibition.core.db import db
from exhibition.exhibitors.applications import imports as application_imports
from exhibition.exhibitors.models import ApplicationImport, ImportState
from exhibition.storefront.editors import Editor
from exhibition.storefront.importing import import_runs, problem_texts, shop_reading
from exhibition.storefront.importing.import_runs import ImportRequest, Upload
from exhibition.storefront.models import ImportRun, RunState
from exhibition.venue.models import Exhibition
from tests.conftest import run_jobs
from tests.core.tables.workbooks import workbook
from tests.exhibitors.applications.applying import ORGANIZER
from tests.security import readers
from tests.storefront.conftest import ORGANIZER as EDITOR
from tests.storefront.conftest import SLUG

LIST = workbook([["Nama Usaha", "No. WA"], ["Kopi Lereng", "0812 3456 7001"]])
PRODUCTS = workbook([["title", "price", "link"], ["Keripik", 15000, "https://shop.example/1"]])
DEADLY = [readers.leave, readers.crash, readers.spin, readers.allocate]


def _read_products(editor: Editor) -> ImportRun:
    run = import_runs.start(editor, SLUG, ImportRequest(upload=Upload("produk.xlsx", PRODUCTS)))
    run_jobs()
    db.session.expire_all()
    return run


def send(client: FlaskClient) -> TestResponse:
    upload = {"file": (io.BytesIO(LIST), "daftar.xlsx")}
    return client.post("/desk/applications/import?lang=en", data=upload)


def _checked(exhibition: Exhibition) -> ApplicationImport:
    run = application_imports.start(ORGANIZER, exhibition, "daftar.xlsx", LIST)
    application_imports.match(run, run.columns)
    run_jobs()
    db.session.expire_all()
    return run


@pytest.mark.parametrize("reader", DEADLY)
def test_a_shop_whose_file_kills_its_reader_fails_with_a_sentence_and_the_next_is_read(
    reader: Callable[..., object], exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(shop_reading, "read", confined(reader, seconds=1, memory_mib=128))
        run = _read_products(EDITOR)
    assert (run.state, run.failure, run.content) == (RunState.FAILED, "file_too_heavy", None)
    with force_locale("en"):
        assert "too much memory or time" in problem_texts.failure(run.failure)
    assert run_jobs() == 0
    assert _read_products(EDITOR).state is RunState.PREVIEW


@pytest.mark.parametrize("reader", DEADLY)
def test_a_list_whose_file_kills_its_reader_fails_with_a_sentence_and_is_not_tried_again(
    reader: Callable[..., object],
    organizer_client: FlaskClient,
    exhibition: Exhibition,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = application_imports.start(ORGANIZER, exhibition, "daftar.xlsx", LIST)
    application_imports.match(run, run.columns)
    with monkeypatch.context() as patch:
        patch.setattr(application_imports, "_table", confined(reader, seconds=1, memory_mib=128))
        assert run_jobs() == 1
    db.session.expire_all()
    assert run.state is ImportState.FAILED
    page = organizer_client.get(f"/desk/applications/import/{run.id}?lang=en")
    assert "Reading this list takes too much memory or time." in page.text
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert application_imports.revive() == 0
    assert run_jobs() == 0
    assert _checked(exhibition).state is ImportState.PREVIEW


def test_a_file_that_kills_its_reader_is_refused_in_the_form_that_names_it(
    organizer_client: FlaskClient, app: Flask, exhibition: Exhibition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with monkeypatch.context() as patch:
        patch.setattr(application_imports, "_table", confined(readers.crash))
        answer = send(organizer_client)
    assert answer.status_code == 422
    assert "takes too much memory or time" in answer.text
    assert send(organizer_client).status_code == 303
