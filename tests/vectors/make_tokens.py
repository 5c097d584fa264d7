"""Writes ``token.json``: keys, bodies and tokens for other readers of the format to check themselves against.

Ed25519 signatures are deterministic, so making the file again gives the same bytes; a test compares.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from exhibition.visitors import tokens

FILE = Path(__file__).with_name("token.json")
SEEDS = {1: bytes(range(32)), 2: bytes(range(32, 64))}
"""For tests only: they are public."""

PASSES = (
    tokens.Pass(1, 0x0123456789ABCDEF, 7, 4, 0, datetime(2026, 11, 6, 2, 0, tzinfo=UTC), 4),
    tokens.Pass(1, 0, 1, 1, 0, tokens.EPOCH, 0),
    tokens.Pass(1, 2**63 - 1, 65535, 10, 255, datetime(2051, 11, 24, 20, 15, tzinfo=UTC), 255),
    tokens.Pass(2, 1, 24, 10, 1, datetime(2026, 11, 8, 9, 0, tzinfo=UTC), 4),
    tokens.Pass(2, 0x7A6B5C4D3E2F1001, 256, 2, 17, datetime(2028, 2, 29, 23, 59, tzinfo=UTC), 16),
    tokens.Pass(1, 0x55, 3, 1, 2, datetime(2026, 11, 5, 17, 0, tzinfo=UTC), 0, tokens.BADGE_KIND),
)


def content() -> dict[str, Any]:
    keys = {key_id: Ed25519PrivateKey.from_private_bytes(seed) for key_id, seed in SEEDS.items()}
    return {
        "keys": [
            {
                "id": key_id,
                "private_seed": SEEDS[key_id].hex(),
                "public": key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex(),
            }
            for key_id, key in keys.items()
        ],
        "good": [
            {
                "pass": {
                    "kind": token.kind,
                    "key_id": token.key_id,
                    "pass_id": f"{token.pass_id:016x}",
                    "slot_number": token.slot_number,
                    "party_size": token.party_size,
                    "generation": token.generation,
                    "not_before": token.not_before.isoformat().replace("+00:00", "Z"),
                    "quarters": token.quarters,
                },
                "body": tokens.body(token).hex(),
                "token": tokens.encode(token, keys[token.key_id]),
            }
            for token in PASSES
        ],
        "bad": _bad(keys[1]),
    }


def _bad(key: Ed25519PrivateKey) -> list[dict[str, str]]:
    good = tokens.encode(PASSES[0], key)
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))
    return [
        {"why": "signed by a stranger", "token": tokens.encode(PASSES[0], stranger)},
        {"why": "a character of the body changed", "token": good[:20] + ("A" if good[20] != "A" else "B") + good[21:]},
        {
            "why": "a character of the signature changed",
            "token": good[:90] + ("A" if good[90] != "A" else "B") + good[91:],
        },
        {"why": "another spelling of the same bytes: spare bits not zero", "token": good[:-1] + _next(good[-1])},
        {"why": "cut short", "token": good[:-1]},
        {"why": "too long", "token": good + "A"},
        {"why": "another prefix", "token": "EP2" + good[3:]},
        {"why": "lower case", "token": good.lower()},
        {
            "why": "a kind that does not exist",
            "token": tokens.encode(tokens.Pass(1, 1, 1, 1, 0, tokens.EPOCH, 4, kind=3), key),
        },
        {"why": "an unknown key id", "token": tokens.encode(tokens.Pass(9, 1, 1, 1, 0, tokens.EPOCH, 4), key)},
    ]


def _next(sign: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return alphabet[alphabet.index(sign) + 1]


def text() -> str:
    return json.dumps(content(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
