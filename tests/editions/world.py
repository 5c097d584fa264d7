"""Fairs as files, for the tests of editions."""

import json
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask

SMALLEST = {"slug": "umkm-2026", "name": "Pameran UMKM", "starts_on": "2026-11-06", "ends_on": "2026-11-08"}
WHOLE: dict[str, Any] = SMALLEST | {
    "venue_name": "Balai Agung",
    "address": "Jl. Soekarno-Hatta 49, Bawen",
    "timezone": "Asia/Jakarta",
    "opens": "09:00",
    "closes": "17:00",
    "contact": {"email": "panitia@example.com", "phone": "0812 3456 7890", "whatsapp": "+62 812 3456 7891"},
    "hall": {"rows": 4, "columns": 5, "booth": [3, 2], "aisle": 2.5},
    "open_booths": 8,
    "sessions": {"every_minutes": 60, "people": 120, "breaks": [["12:00", "13:00"]]},
    "inside_cap": 150,
    "gates": [{"code": "A", "name": "Gerbang utara"}, {"code": "B", "name": "Gerbang selatan"}],
}


def invoke(app: Flask, *words: str) -> Result:
    """Run ``flask edition``."""
    return app.test_cli_runner().invoke(args=["edition", *words])


def create(app: Flask, folder: Path, document: Any, *options: str) -> Result:
    """Run ``flask edition create`` with the document as its file; a text is written as it is."""
    file = folder / "fair.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return invoke(app, "create", "--file", str(file), *options)
