"""A real HTTP server on this machine that plays a shop."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from exhibition.storefront.fetching.fetcher import Fetcher

Answer = tuple[int, dict[str, str], bytes]
Answers = Callable[[str, Mapping[str, str]], Answer | None]


class Shop:
    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []
        self.methods: list[str] = []
        self.fetcher = Fetcher(allowed=[("127.0.0.1", port)])


@contextmanager
def shop(answers: Answers) -> Iterator[Shop]:
    """Serve ``answers(path, headers)``; None is a 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            served.methods.append(self.command)
            status, headers, content = answers(self.path, dict(self.headers)) or (404, {}, b"")
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(content if self.command == "GET" else b"")
            except OSError:
                self.close_connection = True

        do_HEAD = do_GET  # noqa: N815 — the base names it

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base names it
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = Shop(server.server_address[1])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
