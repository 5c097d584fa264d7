"""A shop on this machine that sells crackers, and a run of it from start to end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from exhibition.core.db import db, transaction
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.editors import Editor
from exhibition.storefront.fetching import user_agent
from exhibition.storefront.fetching.fetcher import Fetcher
from exhibition.storefront.importing import import_runs
from exhibition.storefront.importing.import_runs import ImportRequest, Upload
from exhibition.storefront.models import ImportRow, ImportRun, Listing
from tests.conftest import run_jobs
from tests.storefront.conftest import SLUG, exhibitor
from tests.storefront.importing.shop_server import Answer, Shop, shop


def product(number: int, **changes: Any) -> dict[str, Any]:
    values = {
        "id": f"K-{number}",
        "title": f"Keripik {number}",
        "price": f"Rp{number}5.000",
        "availability": "in stock",
    }
    return values | {"link": f"https://shop.example/{number}"} | changes


class Stock:
    """The shop's products in its feed; the ETag follows the content."""

    def __init__(self, *products: dict[str, Any]) -> None:
        self.products = list(products)
        self.files: dict[str, Answer] = {}
        self.headers: list[dict[str, str]] = []
        self.etag = True

    def answer(self, path: str, headers: Any) -> Answer | None:
        self.headers.append(dict(headers))
        if path in self.files:
            return self.files[path]
        if path != "/feed.json":
            return None
        content = json.dumps(self.products).encode()
        etag = f'"{hash(content)}"'
        if self.etag and headers.get("If-None-Match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"Content-Type": "application/json"} | ({"ETag": etag} if self.etag else {}), content


@contextmanager
def served(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Serve the stock; jobs may fetch from this one server on this machine."""
    with shop(stock.answer) as open_shop:
        fetcher = Fetcher(allowed=[("127.0.0.1", open_shop.port)], user_agent="test")
        monkeypatch.setattr(user_agent, "fetcher", lambda: fetcher)
        yield open_shop


def read(editor: Editor, wish: ImportRequest) -> ImportRun:
    run_id = import_runs.start(editor, SLUG, wish).id
    run_jobs()
    db.session.rollback()
    return db.session.get_one(ImportRun, run_id)


def read_address(editor: Editor, open_shop: Shop) -> ImportRun:
    return read(editor, ImportRequest(f"{open_shop.address}/feed.json", currency="IDR"))


def read_file(editor: Editor, content: str, name: str = "products.csv") -> ImportRun:
    return read(editor, ImportRequest(upload=Upload(name, content.encode()), currency="IDR"))


def row_ids(run: ImportRun) -> set[int]:
    return set(db.session.scalars(select(ImportRow.id).where(ImportRow.run_id == run.id)))


def publish_all(editor: Editor, run: ImportRun) -> None:
    import_runs.publish(editor, SLUG, run.id, row_ids(run))
    run_jobs()
    db.session.rollback()


def imported() -> dict[str, Listing]:
    """The imported listings by their titles."""
    statement = select(Listing).where(Listing.exhibitor_id == exhibitor().id, Listing.imported.is_not(None))
    return {listing.title: listing for listing in db.session.scalars(statement.order_by(Listing.position))}


@transaction
def distrust(slug: str = SLUG) -> None:
    db.session.scalars(select(Exhibitor).where(Exhibitor.slug == slug)).one().trusted = False
