"""One worker process; ``exhibition.core.serving`` starts it with a socket that is bound already.

usage: python -m exhibition.core.serving.worker TARGET SOCKET PARENT [CERTIFICATE KEY]
(SOCKET and PARENT are open file descriptors; when PARENT is closed at its other end, the worker stops.)
"""

import asyncio
import contextlib
import importlib
import os
import resource
import signal
import socket
import sys

from uvicorn.server import Server

from exhibition.core import config
from exhibition.core.serving import bounds
from exhibition.core.serving.bridge import Bridge
from exhibition.core.serving.crowd import Crowd
from exhibition.core.serving.door import Door, ServerConfig

OTHER_FILES = 256
"""Besides connections."""


class WorkerServer(Server):
    """uvicorn's server, with a deadline for TLS handshakes and the sweep of its connections."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        assert sockets
        loop, settings = asyncio.get_running_loop(), self.config
        assert isinstance(settings, ServerConfig)

        def door() -> Door:
            return Door(settings, self.server_state, {}, loop)

        self.servers = [
            await loop.create_server(
                door,
                sock=one,
                backlog=settings.backlog,
                ssl=settings.ssl,
                ssl_handshake_timeout=bounds.HANDSHAKE_WITHIN_S if settings.ssl else None,
            )
            for one in sockets
        ]
        self._sweep = loop.create_task(settings.crowd.sweep())
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._sweep.cancel()
        await super().shutdown(sockets)


def _allow_many_files() -> None:
    """Every connection is an open file, and many systems allow 1,024 unless they are asked for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = bounds.MOST_CONNECTIONS + OTHER_FILES
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main(target: str, listening: int, parent: int, *tls: str) -> None:
    _allow_many_files()
    module, _, name = target.partition(":")
    application = getattr(importlib.import_module(module), name)
    certificate, key = tls or (None, None)
    settings = ServerConfig(
        Bridge(application),
        http=Door,
        ws="none",
        lifespan="off",
        loop="uvloop",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=bounds.IDLE_WITHIN_S,
        timeout_graceful_shutdown=int(bounds.STOP_WITHIN_S),
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    settings.crowd = Crowd(by_address=config.read()["PROXY_COUNT"] == "0")
    server = WorkerServer(settings)

    async def serve() -> None:
        asyncio.get_running_loop().add_reader(parent, lambda: os.kill(os.getpid(), signal.SIGTERM))
        with contextlib.suppress(asyncio.CancelledError):
            await server.serve([socket.socket(fileno=listening)])

    factory = settings.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
