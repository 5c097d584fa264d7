"""Making PDFs and pictures of them with typst.

Texts are passed as data (``sys.inputs``), never as markup, so a name may hold any character. A template may import
``paper.typ``, which holds what all documents of a fair share.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exhibition.core.config import PROJECT

SHARED = PROJECT / "templates" / "paper.typ"


def _files(template: Path) -> Any:
    """The files that typst sees; its types know of one file only."""
    return {"main.typ": template.read_bytes(), SHARED.name: SHARED.read_bytes()}


def render(template: Path, data: object, *, system_fonts: bool) -> bytes:
    """Return the PDF of a template; the template reads ``data`` from ``sys.inputs.data``."""
    import typst

    return typst.compile(
        _files(template),
        ignore_system_fonts=not system_fonts,
        sys_inputs={"data": json.dumps(data)},
        format="pdf",
        timestamp=datetime(2020, 1, 1, tzinfo=UTC),
    )


def picture(template: Path, data: object, *, dots_per_inch: float) -> bytes:
    """Return a template of one page as a PNG."""
    import typst

    return typst.compile(_files(template), sys_inputs={"data": json.dumps(data)}, format="png", ppi=dots_per_inch)
