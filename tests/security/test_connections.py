"""Slow, idle, greedy and broken connections to a real server: others are served meanwhile, and these are let go."""

import contextlib
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exhibition.core.serving import bounds
from tests.real_server import RealServer
from tests.security.plain_app import LARGE, PIECE

PATIENCE_S = 60
ATTACKERS = 400
HELD_BACK = b"POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\na"
UNFINISHED_HEAD = b"GET / HTTP/1.1\r\nX-Endless: "


@pytest.fixture(scope="module")
def server() -> Iterator[RealServer]:
    served = RealServer({}, "tests.security.plain_app:app")
    served.start()
    yield served
    served.kill()


def connect(server: RealServer, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), PATIENCE_S, source_address=(source, 0))


def ask(server: RealServer, path: str = "/", method: str = "GET", **more: Any) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    with contextlib.closing(connection):
        connection.request(method, path, **more)
        answer = connection.getresponse()
        return answer.status, answer.read()


def said(server: RealServer, path: str = "/", method: str = "GET", **more: Any) -> dict[str, Any]:
    status, body = ask(server, path, method, **more)
    assert status == 200
    return json.loads(body)


def until_closed(connection: socket.socket) -> bytes:
    """What still comes before the server ends the connection; fails when it does not."""
    received = b""
    connection.settimeout(PATIENCE_S)
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(65536):
            received += piece
    return received


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("first", [HELD_BACK, UNFINISHED_HEAD, b""], ids=["body", "head", "nothing"])
def test_hundreds_of_slow_connections_hold_nobody_up_and_are_let_go(server: RealServer, first: bytes) -> None:
    with contextlib.ExitStack() as opened:
        slow = [opened.enter_context(connect(server, f"127.0.3.{n % 200 + 1}")) for n in range(ATTACKERS)]
        for connection in slow:
            connection.sendall(first)
        for _request in range(20):
            assert ask(server)[0] == 200
        answers = [until_closed(connection) for connection in slow[::40]]
    assert all(answer == b"" or answer.startswith(b"HTTP/1.1 408 ") for answer in answers)


def test_a_body_that_trickles_is_let_go(server: RealServer) -> None:
    with connect(server) as connection:
        connection.sendall(HELD_BACK)
        connection.settimeout(1)
        received = b""
        for _second in range(PATIENCE_S):
            try:
                received += (piece := connection.recv(1000))
            except TimeoutError:
                with contextlib.suppress(ConnectionError):
                    connection.sendall(b"a")
                continue
            except ConnectionError:
                break
            if not piece:
                break
        else:
            pytest.fail("the body may trickle for ever")
    assert received == b"" or received.startswith(b"HTTP/1.1 408 ")


def test_one_address_has_only_so_many_connections_and_newcomers_get_in(server: RealServer) -> None:
    most = bounds.MOST_CONNECTIONS_OF_AN_ADDRESS * bounds.WORKERS
    with contextlib.ExitStack() as opened:
        idle = [opened.enter_context(connect(server, "127.0.4.1")) for _ in range(most + 200)]
        with connect(server, "127.0.4.1") as newcomer:
            newcomer.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert until_closed(newcomer).startswith(b"HTTP/1.1 200 ")
        ended: set[socket.socket] = set()

        def enough() -> bool:
            for connection in idle:
                connection.setblocking(False)
                try:
                    connection.recv(1)
                except BlockingIOError:
                    continue
                except ConnectionError:
                    pass
                ended.add(connection)
            return len(ended) >= len(idle) - most

        wait_until(enough)


def test_endless_headers_are_refused(server: RealServer) -> None:
    with connect(server) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            for number in range(40):
                connection.sendall(b"X-%d: " % number + b"x" * 4000 + b"\r\n")
        received = until_closed(connection)
    assert received[:13] in (b"HTTP/1.1 431 ", b"")
    assert not received or (b"nosniff" in received and b"frame-ancestors 'none'" in received)
    assert ask(server)[0] == 200


def test_a_body_that_is_announced_too_long_is_not_read(server: RealServer) -> None:
    with connect(server) as connection:
        head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {bounds.MOST_BODY_BYTES + 1}\r\n\r\n"
        connection.sendall(head.encode())
        assert b'"length": 0' in connection.recv(65536)


def test_chunks_without_end_are_not_kept(server: RealServer) -> None:
    chunk = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"
    with connect(server) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        sent = 0
        with contextlib.suppress(ConnectionError, TimeoutError):
            while sent < 10 * bounds.MOST_BODY_BYTES_OF_AN_ADDRESS:
                connection.sendall(chunk)
                sent += len(chunk)
    assert sent < 10 * bounds.MOST_BODY_BYTES_OF_AN_ADDRESS
    assert ask(server)[0] == 200


def test_a_body_comes_whole_however_it_is_cut(server: RealServer) -> None:
    body = os.urandom(300_000)
    digest = hashlib.sha256(body).hexdigest()
    whole = said(server, method="POST", body=body)
    chunked = said(server, method="POST", body=iter([body[:7], body[7:200_000], body[200_000:]]), encode_chunked=True)
    assert (whole["body"], chunked["body"]) == (digest, digest)
    assert chunked["CONTENT_LENGTH"] == str(len(body))
    with connect(server) as connection:
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 10\r\n\r\n"
        for byte in head + b"0123456789":
            connection.sendall(bytes([byte]))
        assert hashlib.sha256(b"0123456789").hexdigest().encode() in until_closed(connection)


def test_two_requests_in_one_piece_are_both_answered_in_order(server: RealServer) -> None:
    with connect(server) as connection:
        connection.sendall(
            b"GET /first HTTP/1.1\r\nHost: localhost\r\n\r\n"
            b"GET /second HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        received = until_closed(connection)
    assert received.count(b"HTTP/1.1 200 ") == 2
    assert received.index(b'"/first"') < received.index(b'"/second"')


def test_a_length_beside_chunks_is_refused(server: RealServer) -> None:
    with connect(server) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        received = until_closed(connection)
    assert (received.startswith(b"HTTP/1.1 400 "), b"smuggled" in received) == (True, False)


def test_a_header_with_an_underscore_does_not_pass_for_another(server: RealServer) -> None:
    environ = said(server, headers={"X_Forwarded_For": "10.1.1.1", "X-Forwarded-Proto": "http"})
    assert ("HTTP_X_FORWARDED_FOR" in environ, environ["HTTP_X_FORWARDED_PROTO"]) == (False, "http")


def test_the_path_keeps_its_bytes(server: RealServer) -> None:
    environ = said(server, "/kopi%20%C3%A9%FF?a=%20b")
    assert environ["PATH_INFO"].encode("latin-1") == b"/kopi \xc3\xa9\xff"
    assert environ["QUERY_STRING"] == "a=%20b"


def test_who_asks_before_sending_a_body_is_told_to_go_on(server: RealServer) -> None:
    with connect(server) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"kopi")
        assert hashlib.sha256(b"kopi").hexdigest().encode() in until_closed(connection)


@pytest.mark.parametrize("protocol", [b"websocket", b"h2c"])
def test_another_protocol_is_not_spoken(server: RealServer, protocol: bytes) -> None:
    with connect(server) as connection:
        head = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: "
        connection.sendall(head + protocol + b"\r\n\r\n")
        assert until_closed(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "first", [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET http://[ HTTP/1.1\r\n\r\n", b"\0" * 100]
)
def test_what_is_no_http_is_refused(server: RealServer, first: bytes) -> None:
    with connect(server) as connection:
        connection.sendall(first)
        assert until_closed(connection)[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 408 ", b"")
    assert ask(server)[0] == 200


def test_an_old_client_gets_its_answer_and_the_end_of_the_connection(server: RealServer) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /large HTTP/1.0\r\n\r\n")
        head, _, body = until_closed(connection).partition(b"\r\n\r\n")
    assert (b"chunked" in head.lower(), body) == (False, PIECE * (LARGE // len(PIECE)))


def test_a_head_request_has_no_body(server: RealServer) -> None:
    assert ask(server, method="HEAD") == (200, b"")


def test_long_answers_come_whole_to_slow_readers_while_others_are_served(server: RealServer) -> None:
    assert ask(server, "/large") == (200, PIECE * (LARGE // len(PIECE)))
    with contextlib.ExitStack() as opened:
        readers = [opened.enter_context(connect(server)) for _ in range(40)]
        for reader in readers:
            reader.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _request in range(20):
            assert ask(server)[0] == 200


def test_a_fault_of_the_application_is_a_500_and_the_server_goes_on(server: RealServer) -> None:
    assert ask(server, "/fault")[0] == 500
    assert ask(server)[0] == 200


def test_one_address_does_not_take_all_event_streams(server: RealServer) -> None:
    most = bounds.MOST_STREAMS_OF_AN_ADDRESS * bounds.WORKERS

    def listen(source: str) -> bytes:
        connection = opened.enter_context(connect(server, source))
        connection.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return connection.recv(1000)[9:12]

    with contextlib.ExitStack() as opened:
        answers = [listen("127.0.5.1") for _ in range(most + 20)]
        assert answers.count(b"503") >= 20
        assert listen("127.0.5.2") == b"200"


def workers_of(server: RealServer) -> set[int]:
    assert server.process is not None
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, check=True)
    return {int(pid) for pid in listed.stdout.split()}


def test_a_worker_that_dies_is_started_again(server: RealServer) -> None:
    before = workers_of(server)
    with contextlib.suppress(ConnectionError, http.client.HTTPException):
        ask(server, "/die")
    assert ask(server)[0] == 200
    wait_until(lambda: len(workers_of(server)) == bounds.WORKERS and workers_of(server) != before)


def test_workers_end_with_their_parent() -> None:
    served = RealServer({}, "tests.security.plain_app:app")
    served.start()
    workers = workers_of(served)
    assert served.process is not None
    try:
        served.process.send_signal(signal.SIGKILL)
        served.process.wait()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    finally:
        for pid in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
