"""Passes in wallets and on paper, made with keys of our own and held against the formats that are published."""

import hashlib
import io
import json
import zipfile
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pyasn1.codec.der import decoder, encoder
from pyasn1.type import univ
from pyasn1_modules import rfc5652

from exhibition.core import clock
from exhibition.core.config import ConfigurationError, flask_config, read
from exhibition.core.errors import NotFound
from exhibition.visitors import service
from exhibition.visitors.passes import paper, viewing, wallets
from exhibition.visitors.registration.party import Issued
from tests.pdf_text import page_count, text_of
from tests.visitors.passes.holding import register

ISSUER, TYPE, TEAM = "3388000000012345678", "pass.id.example.fair", "ABCDE12345"
LONGEST_LINK = 1800
"""The safe length of the encoded JWT in Google's documents."""


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def certificate(key: rsa.RSAPrivateKey, *names: tuple[x509.ObjectIdentifier, str]) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    now = clock.now()
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    return made.not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())


@dataclass(frozen=True)
class Keys:
    key: rsa.RSAPrivateKey
    account: Path
    folder: Path


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("wallet")
    key = rsa.generate_private_key(65537, 2048)
    account = folder / "account.json"
    account.write_text(json.dumps({"client_email": "fair@example.iam", "private_key": pem(key).decode()}))
    (folder / "key.pem").write_bytes(pem(key))
    own = certificate(key, (NameOID.USER_ID, TYPE), (NameOID.ORGANIZATIONAL_UNIT_NAME, TEAM))
    above = certificate(key, (NameOID.COMMON_NAME, "Made-up authority"))
    for name, one in (("certificate.pem", own), ("wwdr.pem", above)):
        (folder / name).write_bytes(one.public_bytes(serialization.Encoding.PEM))
    return Keys(key, account, folder)


@pytest.fixture
def configured(app: Flask, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Keys:
    given = {
        "GOOGLE_WALLET_ACCOUNT": str(keys.account),
        "GOOGLE_WALLET_ISSUER": ISSUER,
        "APPLE_WALLET": str(keys.folder),
    }
    for name, value in given.items():
        monkeypatch.setitem(app.config["SETTINGS"], name, value)
    return keys


def decoded(segment: str) -> bytes:
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def test_the_link_for_google_is_a_signed_ticket(client: FlaskClient, configured: Keys) -> None:
    issued = register(4)
    answer = client.get(f"/v/{viewing.key_of(issued)}/google")
    address = answer.headers["Location"]
    assert address.startswith("https://pay.google.com/gp/v/save/")
    token = address.rsplit("/", 1)[1]
    assert len(token) <= LONGEST_LINK
    head, body, signature = token.split(".")
    public = configured.key.public_key()
    public.verify(decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    assert json.loads(decoded(head)) == {"alg": "RS256", "typ": "JWT"}
    claims = json.loads(decoded(body))
    assert (claims["iss"], claims["aud"], claims["typ"]) == ("fair@example.iam", "google", "savetowallet")
    [ticket] = claims["payload"]["eventTicketObjects"]
    [kind] = claims["payload"]["eventTicketClasses"]
    assert ticket["classId"] == kind["id"]
    assert {ticket["id"].split(".")[0], kind["id"].split(".")[0]} == {ISSUER}
    assert ticket["barcode"] == {"type": "QR_CODE", "value": issued.token, "alternateText": issued.code}
    assert {"issuerName", "reviewStatus", "eventName"} <= kind.keys()


def verify(signature: bytes, content: bytes, key: rsa.RSAPublicKey) -> int:
    """Hold a detached CMS signature (RFC 5652, 5.4) against its content; returns how many certificates go along."""
    info, _rest = decoder.decode(signature, asn1Spec=rfc5652.ContentInfo())
    signed, _rest = decoder.decode(info["content"], asn1Spec=rfc5652.SignedData())
    assert not signed["encapContentInfo"]["eContent"].isValue, "the signature is detached"
    [signer] = signed["signerInfos"]
    attributes = {str(one["attrType"]): bytes(one["attrValues"][0]) for one in signer["signedAttrs"]}
    digest, _rest = decoder.decode(attributes["1.2.840.113549.1.9.4"], asn1Spec=univ.OctetString())
    assert bytes(digest) == hashlib.sha256(content).digest()
    as_set = rfc5652.SignedAttributes()
    as_set.extend(signer["signedAttrs"])
    key.verify(bytes(signer["signature"]), encoder.encode(as_set), padding.PKCS1v15(), hashes.SHA256())
    return len(signed["certificates"])


def test_the_file_for_apple_is_a_signed_pass(client: FlaskClient, configured: Keys) -> None:
    issued = register(4)
    answer = client.get(f"/v/{viewing.key_of(issued)}/apple.pkpass")
    assert answer.mimetype == "application/vnd.apple.pkpass"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert {"pass.json", "manifest.json", "signature", "icon.png"} <= files.keys()
    manifest = json.loads(files["manifest.json"])
    listed = files.keys() - {"manifest.json", "signature"}
    assert manifest == {name: hashlib.sha1(files[name], usedforsecurity=False).hexdigest() for name in listed}
    assert verify(files["signature"], files["manifest.json"], configured.key.public_key()) == 2
    made = json.loads(files["pass.json"])
    assert (made["formatVersion"], made["passTypeIdentifier"], made["teamIdentifier"]) == (1, TYPE, TEAM)
    assert made["barcodes"][0]["message"] == issued.token
    assert {"serialNumber", "organizationName", "description"} <= made.keys()
    assert issued.manage_key not in files["pass.json"].decode()
    Image.open(io.BytesIO(files["icon.png"])).verify()


def test_without_keys_nothing_is_shown_or_made(client: FlaskClient) -> None:
    issued = register(4)
    for address in (f"/p/{issued.manage_key}", f"/v/{viewing.key_of(issued)}"):
        assert "Wallet" not in client.get(address).text
    for name in ("google", "apple.pkpass"):
        assert client.get(f"/v/{viewing.key_of(issued)}/{name}").status_code == 404
    with pytest.raises(NotFound):
        wallets.google_link(issued)


def test_with_keys_both_are_offered_for_a_valid_pass_only(client: FlaskClient, configured: Keys) -> None:
    issued = register(4)
    assert client.get(f"/p/{issued.manage_key}").text.count("Wallet") == 2
    service.cancel(issued.manage_key)
    assert "Wallet" not in client.get(f"/p/{issued.manage_key}").text
    assert client.get(f"/v/{viewing.key_of(issued)}/google").status_code == 409


def test_keys_that_are_none_are_a_clear_refusal(
    client: FlaskClient, configured: Keys, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = register(4)
    broken = tmp_path / "account.json"
    broken.write_text("{}")
    monkeypatch.setitem(app.config["SETTINGS"], "GOOGLE_WALLET_ACCOUNT", str(broken))
    assert client.get(f"/v/{viewing.key_of(issued)}/google").status_code == 503


@pytest.mark.parametrize(
    "given",
    [
        {"GOOGLE_WALLET_ISSUER": ISSUER},
        {"GOOGLE_WALLET_ACCOUNT": "/nowhere/account.json", "GOOGLE_WALLET_ISSUER": ISSUER},
        {"APPLE_WALLET": "/nowhere"},
    ],
)
def test_half_a_configuration_stops_the_start(tmp_path: Path, given: dict[str, str]) -> None:
    settings = read({}) | {"INSTANCE_PATH": str(tmp_path / "instance")} | given
    with pytest.raises(ConfigurationError, match=next(iter(given))):
        flask_config(settings)


@pytest.fixture
def issued() -> Issued:
    return register(4, name="Siti <b>*Aminah*")


def test_the_pass_on_paper_says_all_that_the_page_says(client: FlaskClient, issued: Issued) -> None:
    client.set_cookie("locale", "en")
    answer = client.get(f"/p/{issued.manage_key}/pass.pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{issued.reference}.pdf"'
    said = text_of(answer.data)
    assert all(one in said for one in ("Siti <b>*Aminah*", "4 people", issued.code, issued.reference, "Visitor pass"))
    shown = text_of(client.get(f"/v/{viewing.key_of(issued)}/pass.pdf").data)
    assert "Siti" not in shown
    assert issued.code in shown


def test_no_paper_of_a_pass_that_is_not_valid(client: FlaskClient, issued: Issued) -> None:
    service.cancel(issued.manage_key)
    assert client.get(f"/p/{issued.manage_key}/pass.pdf").status_code == 409


def test_the_longest_names_fit_the_page(issued: Issued) -> None:
    made = paper.pdf(issued, "Panjangsekalinamanya " * 5, system_fonts=False)
    assert page_count(made) == 1
