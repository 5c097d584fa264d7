"""Passes for the wallets of phones, where an installation has the keys for them.

Google: a link with a signed JWT that holds an event ticket (https://developers.google.com/wallet/tickets/events).
Apple: a ``.pkpass``, a ZIP with ``pass.json``, pictures, a manifest of their SHA-1 sums and its detached PKCS #7
signature (https://developer.apple.com/documentation/walletpasses). Neither holds a name; a wallet shows what it was
given, so a pass that is changed has to be added again.
"""

import hashlib
import io
import json
import logging
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from flask_babel import gettext as _

from exhibition.core import clock
from exhibition.core.config import APPLE_FILES, AUTHORITY, CERTIFICATE, KEY, PROJECT, public_url, setting
from exhibition.core.errors import NotFound, Refused
from exhibition.core.i18n import current_locale
from exhibition.venue import looks
from exhibition.venue.models import Exhibition
from exhibition.visitors import service
from exhibition.visitors.passes import viewing
from exhibition.visitors.registration.party import Issued

log = logging.getLogger(__name__)

SAVE = "https://pay.google.com/gp/v/save/"
APPLE_TYPE = "application/vnd.apple.pkpass"
PICTURES = {"icon.png": "icon-192.png", "icon@2x.png": "icon-512.png"}
IMAGES = PROJECT / "static" / "images"


@dataclass(frozen=True)
class GoogleAccount:
    """The service account that signs, and the issuer whose passes they are."""

    issuer: str
    email: str
    key: RSAPrivateKey


@dataclass(frozen=True)
class AppleSigner:
    """The certificate of a pass type with its key, and Apple's certificate above it."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    authority: x509.Certificate

    def named(self, oid: x509.ObjectIdentifier) -> str:
        """An attribute of the certificate's subject."""
        return str(self.certificate.subject.get_attributes_for_oid(oid)[0].value)


def _rsa(pem: bytes) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("wallets take RSA keys only")
    return key


@contextmanager
def _keys_read() -> Iterator[None]:
    """Raise Refused ``wallet_key_unreadable`` (503) for keys that are none, with the reason in the log."""
    try:
        yield
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        log.exception("the keys for wallets cannot be used")
        message = _("Passes for wallets cannot be made now. Save the QR as a picture instead.")
        raise Refused("wallet_key_unreadable", message, status=503) from error


@lru_cache(maxsize=2)
def _google(path: str, issuer: str) -> GoogleAccount:
    account = json.loads(Path(path).read_text())
    return GoogleAccount(issuer, account["client_email"], _rsa(account["private_key"].encode()))


@lru_cache(maxsize=2)
def _apple(folder: str) -> AppleSigner:
    files = {name: (Path(folder) / name).read_bytes() for name in APPLE_FILES}
    certificate, authority = (x509.load_pem_x509_certificate(files[name]) for name in (CERTIFICATE, AUTHORITY))
    return AppleSigner(certificate, _rsa(files[KEY]), authority)


def offers_google() -> bool:
    """Whether this installation makes passes for Google's wallet."""
    return bool(setting("GOOGLE_WALLET_ACCOUNT") and setting("GOOGLE_WALLET_ISSUER"))


def offers_apple() -> bool:
    """Whether this installation makes passes for Apple's wallet."""
    return bool(setting("APPLE_WALLET"))


def _segment(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _local(issued: Issued, exhibition: Exhibition) -> tuple[str, str]:
    """Beginning and end of the session, in the edition's time zone."""
    zone = ZoneInfo(exhibition.timezone)
    return issued.slot.starts_at.astimezone(zone).isoformat(), issued.slot.ends_at.astimezone(zone).isoformat()


def _said(text: str) -> dict[str, Any]:
    return {"defaultValue": {"language": current_locale(), "value": text}}


def google_link(issued: Issued) -> str:
    """The address that adds the pass to Google's wallet. Raises NotFound where there is no key for it,
    and Refused ``wallet_key_unreadable`` (503).
    """
    if not offers_google():
        raise NotFound
    with _keys_read():
        account = _google(setting("GOOGLE_WALLET_ACCOUNT"), setting("GOOGLE_WALLET_ISSUER"))
    exhibition = service.exhibition(issued)
    starts, ends = _local(issued, exhibition)
    class_id = f"{account.issuer}.{exhibition.slug}-{issued.slot.number}-{starts[:16].replace(':', '')}"
    ticket_class = {
        "id": class_id,
        "issuerName": exhibition.name,
        "reviewStatus": "UNDER_REVIEW",
        "eventName": _said(exhibition.name),
        "hexBackgroundColor": f"#{looks.shades(exhibition).accent}",
        "venue": {"name": _said(exhibition.venue_name), "address": _said(exhibition.address or exhibition.venue_name)},
        "dateTime": {"start": starts, "end": ends},
    }
    ticket = {
        "id": f"{account.issuer}.{issued.reference}-{issued.generation}",
        "classId": class_id,
        "state": "ACTIVE",
        "ticketNumber": issued.reference,
        "barcode": {"type": "QR_CODE", "value": issued.token, "alternateText": issued.code},
    }
    claims = {
        "iss": account.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": round(clock.now().timestamp()),
        "origins": [public_url()],
        "payload": {"eventTicketClasses": [ticket_class], "eventTicketObjects": [ticket]},
    }
    head = {"alg": "RS256", "typ": "JWT"}
    parts = [_segment(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims)]
    signature = account.key.sign(".".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
    return SAVE + ".".join([*parts, _segment(signature)])


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(part) for part in bytes.fromhex(colour))})"


def _pass_json(issued: Issued, exhibition: Exhibition, signer: AppleSigner) -> dict[str, Any]:
    starts, ends = _local(issued, exhibition)
    own = looks.shades(exhibition)
    time = {"dateStyle": "PKDateStyleFull", "timeStyle": "PKDateStyleShort"}
    return {
        "formatVersion": 1,
        "passTypeIdentifier": signer.named(NameOID.USER_ID),
        "teamIdentifier": signer.named(NameOID.ORGANIZATIONAL_UNIT_NAME),
        "serialNumber": issued.reference,
        "organizationName": exhibition.name,
        "description": _("Visitor pass"),
        "relevantDate": starts,
        "expirationDate": ends,
        "backgroundColor": _rgb(own.accent),
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": _rgb(own.wash),
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": issued.token,
                "messageEncoding": "iso-8859-1",
                "altText": issued.code,
            }
        ],
        "eventTicket": {
            "primaryFields": [{"key": "fair", "label": _("Visitor pass"), "value": exhibition.name}],
            "secondaryFields": [{"key": "when", "label": _("When"), "value": starts, **time}],
            "auxiliaryFields": [
                {"key": "where", "label": _("Where"), "value": exhibition.venue_name},
                {"key": "people", "label": _("Party size"), "value": issued.party_size},
            ],
            "backFields": [
                {"key": "reference", "label": _("Reference"), "value": issued.reference},
                {"key": "page", "label": _("Open the pass"), "value": viewing.address_of(issued)},
            ],
        },
    }


def apple_pass(issued: Issued) -> bytes:
    """The pass as a ``.pkpass``. Raises as ``google_link``."""
    if not offers_apple():
        raise NotFound
    with _keys_read():
        signer = _apple(setting("APPLE_WALLET"))
        described = _pass_json(issued, service.exhibition(issued), signer)
    content = json.dumps(described, ensure_ascii=False).encode()
    files = {"pass.json": content} | {name: (IMAGES / source).read_bytes() for name, source in PICTURES.items()}
    sums = {name: hashlib.sha1(held, usedforsecurity=False).hexdigest() for name, held in files.items()}
    manifest = json.dumps(sums).encode()
    signature = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(signer.certificate, signer.key, hashes.SHA256())
        .add_certificate(signer.authority)
        .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in {**files, "manifest.json": manifest, "signature": signature}.items():
            archive.writestr(name, held)
    return packed.getvalue()
