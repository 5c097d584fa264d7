"""``flask listings``: reading shops from the command line."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale

from exhibition.accounts.audit import COMMAND_LINE
from exhibition.core.db import db
from exhibition.core.errors import NotFound, Refused
from exhibition.storefront.editors import Editor
from exhibition.storefront.fetching import user_agent
from exhibition.storefront.importing import import_runs, picture_copies, shop_reading
from exhibition.storefront.importing.discovery import read_address
from exhibition.storefront.importing.import_runs import MAX_FILE, ImportRequest, Upload
from exhibition.storefront.importing.problem_texts import failure
from exhibition.storefront.importing.reading_apart import read
from exhibition.storefront.models import ImportRun, RunOrigin, RunState
from exhibition.storefront.reading import Code, ShopListing, ShopReading, SourceKind, amount_text
from exhibition.storefront.reading.listing import MEANING
from exhibition.storefront.reading.price import currency_of
from exhibition.storefront.rules.fetching import MOST_BYTES, PORTS, FetchFailed

NOTHING_READABLE = 2
THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
COLUMNS = {"id": 14, "title": 44, "price": 14, "currency": 8, "sale_price": 14, "availability": 12}

listings_cli = AppGroup("listings", help="Products of the exhibitors' shops.")


@listings_cli.command("read")
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--address", help="Where the file came from, to complete relative links.")
@click.option("--currency", help="The currency of prices that name none, such as IDR.")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Also ask a server on this machine (127.0.0.1 or localhost, any port). For trying a shop at home only.",
)
def read_command(source: str, *, as_json: bool, address: str | None, currency: str | None, allow_private: bool) -> None:
    """Read a shop's products from a file or an address, and show them. Nothing is stored.

    SOURCE is a file (CSV, TSV, XLSX, RSS, Atom, JSON, a saved page) or an address beginning with http:// or https://.
    Exits with 2 when nothing can be read.
    """
    if currency and not currency_of(currency)[0]:
        raise click.BadParameter(f"{currency} is not a currency; give its code, such as IDR.", param_hint="--currency")
    try:
        reading = _reading(source, address, currency, allow_private=allow_private)
    except FetchFailed as failed:
        _stop(failed.message)
    except Refused as refused:
        with force_locale("en"):
            _stop(str(refused.message))
    except OSError as error:
        _stop(f"The file {source} cannot be read: {error.strerror}.")
    click.echo(_json(reading) if as_json else _table(reading))
    if not reading.listings and reading.kind is not SourceKind.LINK:
        _stop(reading.problems[0].message.rstrip(".") + ".")


@listings_cli.command("import")
@click.argument("exhibitor")
@click.argument("source")
@click.option("--currency", default="", help="The currency of prices that name none, such as IDR.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--allow-private",
    is_flag=True,
    help="Also ask a server on this machine (127.0.0.1 or localhost, any port). For trying a shop at home only.",
)
@with_appcontext
def import_command(exhibitor: str, source: str, currency: str, *, as_json: bool, allow_private: bool) -> None:
    """Take over a shop's products into the page of the EXHIBITOR with this slug, as an organizer would.

    SOURCE is a file or an address beginning with http:// or https://. Products changed by hand stay as they are.
    Exits with 2 when nothing can be read.
    """
    editor = Editor(COMMAND_LINE, organizer=True)
    try:
        run = import_runs.start(editor, exhibitor, _wish(source, currency), RunOrigin.COMMAND)
    except NotFound:
        _stop(f"There is no exhibitor with the slug {exhibitor}.")
    except OSError as error:
        _stop(f"The file {source} cannot be read: {error.strerror}.")
    except Refused as refused:
        with force_locale("en"):
            _stop(str(refused.message))
    fetcher = user_agent.fetcher()
    if allow_private:
        fetcher = replace(fetcher, allowed=_this_machine(source))
    click.echo("Reading …", err=True)
    shop_reading.work(run.id, fetcher)
    _exhibitor, run = import_runs.run_for(editor, exhibitor, run.id)
    if run.state in (RunState.PUBLISHED, RunState.UNCHANGED):
        click.echo("Copying pictures …", err=True)
        picture_copies.copy_all(fetcher)
        db.session.refresh(run)
    _tell(run, as_json=as_json)


def _wish(source: str, currency: str) -> ImportRequest:
    if source.startswith(("http://", "https://")):
        return ImportRequest(source, currency=currency)
    path = Path(source)
    with path.open("rb") as file:
        return ImportRequest(upload=Upload(path.name, file.read(MAX_FILE + 1)), currency=currency)


def _tell(run: ImportRun, *, as_json: bool) -> None:
    if as_json:
        answer = {"state": run.state, "kind": run.kind, "counts": run.counts, "problems": run.problems}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        counts = ", ".join(f"{count} {change}" for change, count in run.counts.items())
        click.echo(f"{run.state}: {counts or 'nothing to change'}")
        for one in run.problems:
            click.echo(f"{one['where']}: {MEANING[Code(one['code'])]} [{one['code']}]")
    if run.state is RunState.FAILED:
        with force_locale("en"):
            _stop(failure(run.failure))


def _reading(source: str, address: str | None, currency: str | None, *, allow_private: bool) -> ShopReading:
    from exhibition.storefront.fetching.fetcher import (
        Fetcher,  # imported late: its libraries are heavy, and only jobs and commands fetch
    )

    if source.startswith(("http://", "https://")):
        return read_address(source, Fetcher(allowed=_this_machine(source) if allow_private else ()), currency=currency)
    path = Path(source)
    if path.stat().st_size > MOST_BYTES:
        raise FetchFailed("too_large", f"The file is larger than {MOST_BYTES // (1024 * 1024)} MB.")
    return read(path.read_bytes(), address=address, currency=currency)


def _this_machine(source: str) -> list[tuple[str, int]]:
    try:
        parts = urlsplit(source)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    except ValueError:
        return []
    return [(host, port)] if host in THIS_MACHINE else []


def _stop(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(NOTHING_READABLE)


def _values(listing: ShopListing) -> dict[str, str | None]:
    return {
        "id": listing.id,
        "title": listing.title,
        "price": None if listing.price is None else amount_text(listing.price),
        "currency": listing.currency,
        "sale_price": None if listing.sale_price is None else amount_text(listing.sale_price),
        "availability": listing.availability,
        "link": listing.link,
        "image": listing.image,
        "description": listing.description,
    }


def _json(reading: ShopReading) -> str:
    answer = {
        "kind": reading.kind,
        "listings": [_values(listing) for listing in reading.listings],
        "problems": [{"where": one.where, "code": one.code, "message": one.message} for one in reading.problems],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _table(reading: ShopReading) -> str:
    lines = ["  ".join(name.ljust(width) for name, width in COLUMNS.items()).rstrip()] if reading.listings else []
    for listing in reading.listings:
        values = _values(listing)
        cells = [(values[name] or "-")[:width].ljust(width) for name, width in COLUMNS.items()]
        lines.append("  ".join(cells).rstrip())
    lines.append(f"{reading.kind}: {len(reading.listings)} listings, {len(reading.problems)} problems")
    lines += [f"{one.where}: {one.message} [{one.code}]" for one in reading.problems]
    return "\n".join(lines)
