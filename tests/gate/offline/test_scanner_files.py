"""The service worker and the manifest, with which a phone opens the scanner without a server."""

import json
import re

import pytest
from flask.testing import FlaskClient

from exhibition.gate.offline import scanner_files
from exhibition.venue.models import Exhibition

STATIC_ADDRESS = re.compile(r'(?:from|src=|href=|new Worker\(|locateFile.*)\s*"(/(?:static|gate)/[^"?]+)')
RELATIVE_IMPORT = re.compile(r'(?:from |await import\()"(\.[^"]+)"')


def _files(client: FlaskClient) -> list[str]:
    script = client.get("/gate/sw.js").get_data(as_text=True)
    return json.loads(script.splitlines()[0].removeprefix("self.SHIPPED = ").removesuffix(";"))["files"]


def test_the_worker_may_serve_the_whole_scanner_and_is_never_cached(
    client: FlaskClient, exhibition: Exhibition
) -> None:
    answer = client.get("/gate/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/gate"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_every_shipped_address_answers(client: FlaskClient, exhibition: Exhibition) -> None:
    for address in _files(client):
        with client.get(address) as answer:
            assert answer.status_code == 200, address


def test_whatever_page_and_modules_ask_for_is_shipped(client: FlaskClient, exhibition: Exhibition) -> None:
    modules = {file: file.read_text() for file in (scanner_files.STATIC / "js" / "gate").rglob("*.js")}
    texts = [client.get("/gate").get_data(as_text=True), *modules.values()]
    asked = {address for text in texts for address in STATIC_ADDRESS.findall(text)}
    assert len(asked) >= 8
    imported = {file.parent / name for file, text in modules.items() for name in RELATIVE_IMPORT.findall(text)}
    assert len(imported) >= 20
    asked |= {f"/static/{file.resolve().relative_to(scanner_files.STATIC).as_posix()}" for file in imported}
    assert asked <= set(_files(client))


def test_the_version_changes_with_a_file_and_with_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = scanner_files.worker("/gate", "a page", [])
    assert scanner_files.worker("/gate", "a page", []) == before
    assert scanner_files.worker("/gate", "another page", []) != before
    monkeypatch.setattr(scanner_files, "PATTERNS", scanner_files.PATTERNS[1:])
    assert scanner_files.worker("/gate", "a page", []) != before


def test_the_manifest_makes_the_scanner_an_app_of_its_own(client: FlaskClient, exhibition: Exhibition) -> None:
    manifest = json.loads(client.get("/gate/manifest.webmanifest").data)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/gate", "/gate", "standalone")
    assert manifest["name"] == "Pemindai gerbang"
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as answer:
            assert answer.data.startswith(b"\x89PNG")
