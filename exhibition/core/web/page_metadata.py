"""What pages tell search engines and link previews: one address for each language, and schema.org data blocks."""

import json
from collections.abc import Mapping

from flask import Flask
from markupsafe import Markup

from exhibition.core.config import public_url
from exhibition.core.i18n import DEFAULT_LOCALE, LOCALES

_RISKY = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""Characters that could end the block or begin a tag inside a page, with their JSON escapes."""


def page_address(path: str, locale: str = DEFAULT_LOCALE) -> str:
    """The canonical address of a page; languages other than the default are named in it."""
    named = locale in LOCALES and locale != DEFAULT_LOCALE
    return public_url() + path + (f"?lang={locale}" if named else "")


def data_block(data: Mapping[str, object]) -> Markup:
    """JSON-LD as a data block; it is never executed, so the content security policy does not apply to it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_RISKY)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704 escaped above


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {"page_address": page_address, "data_block": data_block, "public_url": public_url}
