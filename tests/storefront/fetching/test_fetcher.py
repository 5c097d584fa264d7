"""Fetching, against a real server on this machine and the real resolver."""

import gzip
import socket
import tracemalloc
from threading import Event, Thread

import pytest

from exhibition.storefront.fetching.fetcher import Fetcher
from exhibition.storefront.rules.fetching import MOST_BYTES, Fetched, FetchFailed, check
from tests.storefront.importing.shop_server import shop


def failure(fetcher, address):
    with pytest.raises(FetchFailed) as failed:
        fetcher.get(address)
    return failed.value.code


def always(status, content=b"", **headers):
    return lambda *_: (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


REFUSED = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://127.0.0.1./",
    "http://①②⑦.⓪.⓪.①/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/",
    "http://100.64.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fc00::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://u:p@toko.example/",
    "http://toko.example:8080/",
    "https://toko.example:80/",
    "ftp://toko.example/",
    "file:///etc/passwd",
    "http:///x",
    "http://toko.example\\@127.0.0.1/",
    "javascript:alert(1)",
    "toko.example",
]


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_are_not_public_web_addresses_are_refused(address):
    assert failure(Fetcher(), address) == "address_refused"


def test_private_server_is_not_even_asked():
    with shop(always(200, b"rahasia")) as served:
        assert failure(Fetcher(), served.address) == "address_refused"
        assert served.asked == []


def test_name_whose_answer_includes_a_private_address_is_refused(monkeypatch):
    """The resolver's answers are checked as a whole, and the connection goes to the checked one."""
    answers = [("93.184.216.34", 0), ("127.0.0.1", 0)]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answer) for answer in answers]
    )
    assert failure(Fetcher(), "http://toko.example/") == "address_refused"


def test_connection_goes_to_the_address_that_was_checked(monkeypatch):
    """A name whose answer changes is resolved only once: the second answer would lead elsewhere."""
    real, asked = socket.getaddrinfo, []

    def changing(host, port, *rest, **more):
        if host != "toko.example":
            return real(host, port, *rest, **more)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port, *rest, **more)

    with shop(always(200, b"isi")) as served:
        monkeypatch.setattr(socket, "getaddrinfo", changing)
        fetcher = Fetcher(allowed=[("toko.example", served.port)])
        assert fetcher.get(f"http://toko.example:{served.port}/").content == b"isi"
    assert asked == ["toko.example"]


def test_redirect_to_a_private_address_is_refused():
    with shop(always(302, Location="http://127.0.0.1:1/")) as served:
        assert failure(served.fetcher, served.address) == "address_refused"


def test_redirects_are_followed_three_times_and_no_further():
    def answers(path, _):
        left = int(path[1:])
        return (302, {"Location": f"/{left - 1}"}, b"") if left else (200, {}, b"sampai")

    with shop(answers) as served:
        assert served.fetcher.get(f"{served.address}/3").content == b"sampai"
        assert served.fetcher.get(f"{served.address}/3").address == f"{served.address}/0"
        assert failure(served.fetcher, f"{served.address}/4") == "too_many_redirects"


def test_content_type_and_validators_are_kept_and_sent_again():
    def answers(_, headers):
        if headers.get("If-None-Match") == '"1"' and headers.get("If-Modified-Since"):
            return 304, {}, b""
        return (
            200,
            {"Content-Type": "text/csv", "ETag": '"1"', "Last-Modified": "Fri, 06 Nov 2020 00:00:00 GMT"},
            b"isi",
        )

    with shop(answers) as served:
        first = served.fetcher.get(served.address)
        again = served.fetcher.get(served.address, etag=first.etag, last_modified=first.last_modified)
    assert first == Fetched(served.address, b"isi", "text/csv", '"1"', "Fri, 06 Nov 2020 00:00:00 GMT")
    assert (again.unchanged, again.content, again.etag) == (True, b"", '"1"')


def test_error_status_is_reported_with_its_number():
    with shop(always(503)) as served, pytest.raises(FetchFailed) as failed:
        served.fetcher.get(served.address)
    assert (failed.value.code, failed.value.status) == ("status", 503)


def test_file_over_the_limit_is_refused():
    with shop(always(200, b"x" * (MOST_BYTES + 1))) as served:
        assert failure(served.fetcher, served.address) == "too_large"


def test_packed_file_is_unpacked():
    with shop(always(200, gzip.compress(b"isi"), Content_Encoding="gzip")) as served:
        assert served.fetcher.get(served.address).content == b"isi"


def test_packed_bomb_is_refused_without_filling_the_memory():
    bomb = gzip.compress(gzip.compress(b"\0" * (200 * 1024 * 1024), 9), 9)
    tracemalloc.start()
    with shop(always(200, bomb, Content_Encoding="gzip, gzip")) as served:
        assert failure(served.fetcher, served.address) == "too_large"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MOST_BYTES


@pytest.mark.parametrize(
    "beginning", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_server_that_drips_is_hung_up_on(beginning):
    """Each byte restarts a socket's timeout; the total time is limited all the same, for headers and content."""
    gone = Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(beginning)
                while beginning and not gone.wait(0.05):
                    connection.sendall(b"x")
                gone.wait()
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        dripping = Thread(target=drip, daemon=True)
        dripping.start()
        fetcher = Fetcher(allowed=[("127.0.0.1", port)], whole_seconds=0.4)
        assert failure(fetcher, f"http://127.0.0.1:{port}/") == "too_slow"
        gone.set()
        dripping.join()


def test_server_that_is_not_there_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert failure(Fetcher(allowed=[("127.0.0.1", port)]), f"http://127.0.0.1:{port}/") == "unreachable"


def test_proxy_variables_are_not_honoured(monkeypatch):
    with shop(always(200, b"proxy")) as proxy, shop(always(200, b"toko")) as served:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.setenv("no_proxy", "")
        assert served.fetcher.get(served.address).content == b"toko"
        assert proxy.asked == []


def test_allowance_is_for_this_machine_only():
    assert failure(Fetcher(allowed=[("10.0.0.1", 80)]), "http://10.0.0.1/") == "address_refused"


def test_public_addresses_pass_the_first_check():
    assert check("https://toko.example/katalog?x=1") == ("toko.example", 443)
    assert check("http://93.184.216.34/") == ("93.184.216.34", 80)


def test_redirect_to_an_invalid_address_is_refused():
    with shop(lambda *_: (302, {"Location": "http://["}, b"")) as served:
        assert failure(served.fetcher, served.address) == "address_refused"


def test_a_fault_of_ours_is_not_told_as_a_server_that_broke_off(monkeypatch):
    def fail(*_):
        raise ValueError("a fault")

    monkeypatch.setattr(Fetcher, "_content", fail)
    with shop(lambda *_: (200, {}, b"here")) as served, pytest.raises(ValueError, match="a fault"):
        served.fetcher.get(served.address)
