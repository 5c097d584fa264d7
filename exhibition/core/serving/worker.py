"""One worker process; ``exhibition.core.serving`` starts it with a socket that is bound already.

usage: python -m exhibition.core.serving.worker TARGET SOCKET PARENT [CERTIFICATE KEY]
(SOCKET and PARENT are open file descriptors; when PARENT is closed at its other end, the worker stops.)
"""

import asyncio
import contextlib
import importlib
import resource
import signal
import socket
import ssl
import sys
from typing import TYPE_CHECKING

import uvloop

from exhibition.core import config
from exhibition.core.serving import bounds
from exhibition.core.serving.crowd import Crowd, Guest
from exhibition.core.serving.door import Door
from exhibition.core.serving.handshake import accept
from exhibition.core.serving.turns import Turns

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

OTHER_FILES = 256
"""Besides connections."""
BACKLOG = 2048


async def serve(
    application: "WSGIApplication", listening: socket.socket, parent: int, tls: ssl.SSLContext | None
) -> None:
    """Serve until a signal comes or the parent is gone."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    loop.add_reader(parent, stopped.set)
    turns, crowd = Turns(application, loop), Crowd(by_address=config.read()["PROXY_COUNT"] == "0")

    def door(handshake: Guest | None = None) -> Door:
        return Door(turns, crowd, loop, handshake)

    listening.listen(BACKLOG)
    if tls is None:
        server = await loop.create_server(door, sock=listening, backlog=BACKLOG)
        close = server.close
    else:
        close = loop.create_task(accept(listening, tls, crowd, door, loop)).cancel
    sweeping = loop.create_task(crowd.sweep())
    await stopped.wait()
    close()
    await crowd.stop(bounds.STOP_WITHIN_S)
    sweeping.cancel()


def _allow_many_files() -> None:
    """Every connection is an open file, and many systems allow 1,024 unless they are asked for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = bounds.MOST_CONNECTIONS + OTHER_FILES
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _tls(certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def main(target: str, listening: int, parent: int, *tls: str) -> None:
    _allow_many_files()
    module, _, name = target.partition(":")
    application = getattr(importlib.import_module(module), name)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(application, socket.socket(fileno=listening), parent, _tls(*tls) if tls else None))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
