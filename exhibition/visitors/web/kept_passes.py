"""The service worker of the visitors' pages, and the files it keeps so that a kept pass, or a seller's page of
takings, looks and works as it should.
"""

import json
from hashlib import sha256

from flask import current_app

from exhibition.core.config import PROJECT

WORKER = PROJECT / "static" / "js" / "visitors" / "service_worker.js"
FILES = (
    "images/icon.svg",
    "css/tokens.css",
    "css/elements.css",
    "css/base.css",
    "css/components/banner.css",
    "css/components/card.css",
    "css/components/chip.css",
    "css/components/empty.css",
    "css/visitors/visitors.css",
    "css/takings/takings.css",
    "js/visitors/pass_now.js",
    "js/visitors/my_passes.js",
    "js/takings/tell.js",
)
MODULES = ("js/visitors/pass_advice.js", "js/visitors/pass_memory.js", "js/takings/unsent.js")
"""Files that other modules import by their plain address."""
HASH_LENGTH = 16


def worker() -> str:
    """The script, with the addresses of its files and a version that changes with any of them."""
    asset = current_app.jinja_env.globals["asset"]
    assert callable(asset)
    files = [str(asset(name)) for name in FILES] + [f"/static/{name}" for name in MODULES]
    content = WORKER.read_text()
    digest = sha256(content.encode())
    for name in (*FILES, *MODULES):
        digest.update((PROJECT / "static" / name).read_bytes())
    shipped = json.dumps({"version": digest.hexdigest()[:HASH_LENGTH], "files": files})
    return f"self.SHIPPED = {shipped};\n{content}"
