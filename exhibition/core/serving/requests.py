"""A whole request, and how PEP 3333 describes it to the application."""

import io
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import httptools

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_NO_PREFIX = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
WAITING = "exhibition.waiting"
"""Where the application reads how many whole requests wait for a turn in its process."""
_SEPARATORS = {"HTTP_COOKIE": "; "}


@dataclass
class WholeRequest:
    """One request, filled while it arrives. Names of headers are in small letters."""

    url: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    method: str = ""
    version: str = "1.1"
    keep_alive: bool = True
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0
    """Bytes of the body that have come."""

    def header(self, name: bytes) -> bytes | None:
        return next((value for own, value in self.headers if own == name), None)

    @property
    def announced(self) -> int:
        """The length of the body that the headers say; 0 when they say none."""
        value = self.header(b"content-length") or b"0"
        return int(value) if value.isdigit() else 0

    def environ(self, server: tuple[str, int], client: tuple[str, int], scheme: str) -> "WSGIEnvironment":
        """Raises httptools.HttpParserInvalidURLError for an address that is none."""
        url = httptools.parse_url(self.url)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(url.path or b"/").decode("latin-1"),
            "QUERY_STRING": (url.query or b"").decode("latin-1"),
            "SERVER_PROTOCOL": f"HTTP/{self.version}",
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
            "REMOTE_ADDR": client[0],
            "REMOTE_PORT": str(client[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.input": io.BytesIO(b"".join(self.pieces)),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        for name, value in self.headers:
            key, text = _key(name), value.decode("latin-1")
            if key:
                environ[key] = environ[key] + _SEPARATORS.get(key, ",") + text if key in environ else text
        if "HTTP_TRANSFER_ENCODING" in environ:  # it has come whole, so its length is known
            environ["CONTENT_LENGTH"] = str(self.size)
        return environ


@lru_cache(1024)
def _key(name: bytes) -> str:
    """A header's name in PEP 3333; none for one with ``_``, which could pass for one with ``-`` that a proxy sets."""
    if b"_" in name:
        return ""
    return _NO_PREFIX.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
