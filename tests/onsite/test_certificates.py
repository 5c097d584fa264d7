"""The laptop's own authority: its certificates, their renewal, and that a client accepts them."""

import socket
import ssl
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from exhibition.onsite import certificates, trust
from exhibition.onsite.certificates import Certificates, prepare

HOSTS = ["127.0.0.1", "localhost"]


def greeted(files: Certificates, name: str) -> str:
    """A real TLS handshake with the server's certificate, by a client that trusts only the authority."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(files.certificate, files.key)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            connection, _address = listening.accept()
            with connection, server.wrap_socket(connection, server_side=True) as secured:
                secured.sendall(b"ok")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        client = ssl.create_default_context(cafile=str(files.authority))
        with (
            socket.create_connection(listening.getsockname()) as plain,
            client.wrap_socket(plain, server_hostname=name) as secured,
        ):
            answer = secured.recv(2).decode()
        thread.join()
        return answer


@pytest.mark.parametrize("name", HOSTS)
def test_a_client_that_trusts_the_authority_believes_the_server(tmp_path: Path, name: str) -> None:
    assert greeted(prepare(tmp_path, HOSTS), name) == "ok"


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    prepare(tmp_path / "tls", HOSTS)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "tls").glob("*.key")}
    assert modes == {"authority.key": 0o600, "server.key": 0o600}
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_a_second_start_keeps_everything(tmp_path: Path) -> None:
    prepare(tmp_path, HOSTS)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    prepare(tmp_path, HOSTS)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_new_address_needs_a_new_certificate_but_no_new_trust(tmp_path: Path) -> None:
    files = prepare(tmp_path, HOSTS)
    authority, certificate = files.authority.read_bytes(), files.certificate.read_bytes()
    prepare(tmp_path, [*HOSTS, "192.168.43.1"])
    assert files.authority.read_bytes() == authority
    assert files.certificate.read_bytes() != certificate
    assert greeted(files, "localhost") == "ok"


def test_a_certificate_near_its_end_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "SERVER_DAYS", certificates.RENEW_DAYS - 1)
    files = prepare(tmp_path, HOSTS)
    monkeypatch.undo()
    prepare(tmp_path, HOSTS)
    renewed = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    assert renewed.not_valid_after_utc > datetime.now(UTC) + timedelta(days=300)


def test_the_machine_knows_an_address_and_itself(tmp_path: Path) -> None:
    found = certificates.addresses()
    assert {"127.0.0.1", "localhost"} <= set(found)
    prepare(tmp_path, found)


def test_the_page_for_phones_hands_out_the_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = prepare(tmp_path, HOSTS)
    monkeypatch.setenv(trust.CERTIFICATE, str(files.authority))
    monkeypatch.setenv(trust.SECURE, "https://192.168.43.1:8000")
    monkeypatch.setenv(trust.OWN, "http://192.168.43.1:8001")
    client = trust.app.test_client()
    page = client.get("/")
    assert page.text.count("<svg") == 2
    assert "https://192.168.43.1:8000/gate" in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    given = client.get("/pameran.crt")
    assert given.mimetype == "application/x-x509-ca-cert"
    assert given.data == files.authority.read_bytes()
    assert b"PRIVATE" not in given.data
