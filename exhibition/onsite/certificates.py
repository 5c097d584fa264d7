"""A certificate authority of one laptop, so that phones at the venue may use their cameras (docs/adr/0012).

Browsers give the camera only to HTTPS, and nobody issues public certificates for the addresses of a hotspot. The
authority is made once and stays; the server's certificate is renewed when the laptop's addresses change.
"""

import fcntl
import ipaddress
import os
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER = "tls"
AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""Phones refuse server certificates that live much longer than a year."""
RENEW_DAYS = 30
BACK_DATED = timedelta(days=1)
"""So that a phone whose clock is a little behind accepts a certificate made just now."""
SIOCGIFADDR = 0x8915
"""Linux's ioctl for the address of an interface."""
SOMEWHERE = "192.0.2.1"
"""An address reserved for documentation: used only to find the route, never contacted."""


@dataclass(frozen=True)
class Certificates:
    """The files that the server needs, and the one that phones trust."""

    authority: Path
    certificate: Path
    key: Path


def addresses() -> list[str]:
    """The names and addresses by which phones may reach this machine, the most useful first."""
    name = socket.gethostname()
    found = [*_routed(), *_configured(), *_resolved(name), "127.0.0.1"]
    names = [name, *([] if name.endswith(".local") else [f"{name}.local"]), "localhost"]
    return list(dict.fromkeys([*found, *(one.lower() for one in names if _is_host_name(one))]))


def _routed() -> list[str]:
    """The address from which packets leave for the network; none without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((SOMEWHERE, 9))
        except OSError:
            return []
        return [probe.getsockname()[0]]


def _configured() -> list[str]:
    """The addresses of all network interfaces, including a hotspot without internet access; Linux only."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _number, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asking, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # an interface without an address, or another system
            found.append(socket.inet_ntoa(answer[20:24]))
    return [address for address in found if not address.startswith("127.")]


def _resolved(name: str) -> list[str]:
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET)
    except OSError:
        return []
    return [str(entry[4][0]) for entry in found]


def _is_host_name(text: str) -> bool:
    return 0 < len(text) <= 253 and all(part and part.isascii() and len(part) <= 63 for part in text.split("."))  # noqa: PLR2004 lengths of RFC 1035


def prepare(folder: Path, hosts: Iterable[str]) -> Certificates:
    """Make the files that are missing or no longer valid under ``folder``; keys with mode 0600."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = Certificates(folder / "authority.crt", folder / "server.crt", folder / "server.key")
    authority_key = folder / "authority.key"
    if not (files.authority.exists() and authority_key.exists()):
        _make_authority(files.authority, authority_key)
        files.certificate.unlink(missing_ok=True)
    wanted = list(hosts)
    if not _still_fits(files, wanted):
        _make_server(files, authority_key, wanted)
    return files


def _still_fits(files: Certificates, hosts: list[str]) -> bool:
    if not (files.certificate.exists() and files.key.exists()):
        return False
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    lasts = certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=RENEW_DAYS)
    named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {str(address) for address in named.get_values_for_type(x509.IPAddress)}
    return lasts and set(hosts) <= known | set(named.get_values_for_type(x509.DNSName))


def _make_authority(target: Path, key_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Pameran {socket.gethostname()}"[:64])])
    now = datetime.now(UTC)
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_file, key)
    target.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _make_server(files: Certificates, authority_key: Path, hosts: list[str]) -> None:
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    signer = serialization.load_pem_private_key(authority_key.read_bytes(), password=None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{authority_key} holds no elliptic curve key")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Exhibition")])
    certificate = (
        _builder(name, authority.subject, key.public_key(), datetime.now(UTC), SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_named(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
            critical=False,
        )
        .sign(signer, hashes.SHA256())
    )
    _write_key(files.key, key)
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK_DATED)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.unlink(missing_ok=True)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
