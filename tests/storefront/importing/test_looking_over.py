"""What a reading found is looked over before it is published: doubtful products, corrected prices, ticks that stay."""

import pytest
from sqlalchemy import select

from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.storefront.editors import Editor
from exhibition.storefront.importing import import_runs
from exhibition.storefront.importing.import_runs import DOUBTFUL, ImportRequest, Upload
from exhibition.storefront.models import ImportRow, ImportRun, RunState
from exhibition.storefront.rules.doubts import proposals
from tests.conftest import run_jobs
from tests.storefront.conftest import SLUG
from tests.storefront.importing.run_import import imported, publish_all, read, read_file, row_ids

FILE = "id,title,price\n1,Sepatu,162.00\n2,Keripik,15000\n3,Batik,Rp250.000 - Rp400.000\n"


def _rows(run: ImportRun) -> dict[str, ImportRow]:
    rows = db.session.scalars(select(ImportRow).where(ImportRow.run_id == run.id))
    return {(row.after or {})["title"]: row for row in rows}


def test_doubtful_products_come_first_with_what_is_doubtful(editor: Editor) -> None:
    run = read_file(editor, FILE)
    rows = import_runs.rows_of(run)
    assert [(row.after or {})["title"] for row in rows[DOUBTFUL]] == ["Sepatu", "Batik"]
    assert [doubt["code"] for row in rows[DOUBTFUL] for doubt in row.doubts] == ["price_implausible", "price_range"]
    assert [proposals(row.doubts, row.stated) for row in rows[DOUBTFUL]] == [[162_000, 162], [250_000, 400_000]]
    assert [(row.after or {})["title"] for row in rows["new"]] == ["Keripik"]


def test_a_corrected_price_is_published_and_kept_when_the_shop_is_read_again(editor: Editor) -> None:
    run = read_file(editor, FILE)
    rows = _rows(run)
    typed = {rows["Sepatu"].id: "Rp162.000", rows["Batik"].id: "15.5", rows["Keripik"].id: ""}
    wrong = import_runs.look_over(editor, SLUG, run.id, row_ids(run) - {rows["Keripik"].id}, typed)
    assert set(wrong) == {rows["Batik"].id}
    db.session.expire_all()
    assert [rows[name].ticked for name in ("Sepatu", "Keripik", "Batik")] == [True, False, True]
    publish_all(editor, run)
    one = imported()["Sepatu"]
    assert (one.price, one.currency, one.edited) == (162_000, "IDR", True)
    assert (imported()["Batik"].price, imported()["Keripik"].price) == (None, 15_000)
    assert read_file(editor, FILE).state is RunState.UNCHANGED
    assert imported()["Sepatu"].price == 162_000


def test_prices_without_a_currency_become_rupiah_at_once_but_small_ones(editor: Editor) -> None:
    content = b"id,title,price\n1,Sepatu,162\n2,Keripik,15000\n3,Madu,25000\n"
    run = read(editor, ImportRequest(upload=Upload("a.csv", content)))
    assert [(row.after or {})["price"] for row in _rows(run).values()] == [None, None, None]
    import_runs.all_in_rupiah(editor, SLUG, run.id)
    db.session.expire_all()
    assert {name: (row.after or {})["price"] for name, row in _rows(run).items()} == {
        "Sepatu": None,
        "Keripik": 15_000,
        "Madu": 25_000,
    }
    assert [doubt["code"] for doubt in _rows(run)["Sepatu"].doubts] == ["price_implausible"]
    assert "currency_missing" not in {one["code"] for one in run.problems}
    publish_all(editor, run)
    assert imported()["Keripik"].price == 15_000
    again = read(editor, ImportRequest(upload=Upload("a.csv", content), currency="IDR"))
    assert again.counts["changed"] == 0


def test_only_a_preview_can_be_looked_over(editor: Editor) -> None:
    run = read_file(editor, FILE)
    import_runs.cancel(editor, SLUG, run.id)
    run_jobs()
    for act in (
        lambda: import_runs.look_over(editor, SLUG, run.id, set(), {}),
        lambda: import_runs.all_in_rupiah(editor, SLUG, run.id),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "not_in_preview"
