"""Connections that are to speak TLS count from their first moment, and lose nothing of what comes early."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvloop

from exhibition.core.serving import bounds
from exhibition.core.serving.crowd import Crowd
from exhibition.core.serving.door import Door
from exhibition.core.serving.handshake import accept
from exhibition.core.serving.turns import Turns
from exhibition.onsite import certificates
from tests.security.plain_app import app

PATIENCE_S = 60
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Served:
    port: int
    authority: Path


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server in this process, which takes two connections of an address and lets handshakes take their time."""
    monkeypatch.setattr(bounds, "MOST_CONNECTIONS_OF_AN_ADDRESS", 2)
    monkeypatch.setattr(bounds, "HANDSHAKE_WITHIN_S", 10 * PATIENCE_S)
    files = certificates.prepare(tmp_path / "tls", ["127.0.0.1"])
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.certificate, files.key)
    listening = socket.create_server(("127.0.0.1", 0))
    loop, ready = uvloop.new_event_loop(), threading.Event()

    async def serve() -> None:
        turns, crowd = Turns(app, loop), Crowd(by_address=True)
        accepting = loop.create_task(accept(listening, tls, crowd, lambda guest: Door(turns, crowd, loop, guest), loop))
        ready.set()
        await stopped.wait()
        accepting.cancel()
        await crowd.stop(0)

    stopped = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(PATIENCE_S)
    yield Served(listening.getsockname()[1], files.authority)
    loop.call_soon_threadsafe(stopped.set)
    thread.join(PATIENCE_S)
    loop.close()
    listening.close()


def connect(server: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), PATIENCE_S)


def ask(server: Served) -> bytes:
    """Send a request in the same packet in which the handshake ends, and return how the answer begins."""
    context = ssl.create_default_context(cafile=server.authority)
    arrived, to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(arrived, to_send, server_hostname="127.0.0.1")
    with connect(server) as connection:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                if piece := to_send.read():
                    connection.sendall(piece)
                arrived.write(connection.recv(65536))
        tls.write(REQUEST)
        connection.sendall(to_send.read())
        while True:
            arrived.write(connection.recv(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                return tls.read(65536)


def test_silent_connections_give_way_before_they_have_shaken_hands(server: Served) -> None:
    silent = [connect(server) for _number in range(6)]
    assert silent[0].recv(1) == b"", "the server waits for a handshake of everybody"
    assert ask(server).startswith(b"HTTP/1.1 200 ")
    for connection in silent:
        connection.close()


def test_what_comes_right_behind_the_handshake_is_answered(server: Served) -> None:
    for _request in range(5):
        assert ask(server).startswith(b"HTTP/1.1 200 ")


def test_what_is_no_handshake_is_closed(server: Served) -> None:
    with connect(server) as connection:
        connection.sendall(REQUEST)
        assert b"HTTP/1.1 200" not in connection.recv(65536)
