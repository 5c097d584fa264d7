"""``tests/vectors/token.json`` matches the tokens that this code writes and reads."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from exhibition.visitors import tokens
from tests.vectors import make_tokens

VECTORS = json.loads(make_tokens.FILE.read_text())
KEYS = {key["id"]: Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["public"])) for key in VECTORS["keys"]}
PRIVATE_KEYS = {
    key["id"]: Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key["private_seed"])) for key in VECTORS["keys"]
}
HALVES = pytest.mark.parametrize("keys", [KEYS, PRIVATE_KEYS], ids=["public", "private"])


def test_making_the_vectors_again_gives_the_same_file() -> None:
    assert make_tokens.FILE.read_text() == make_tokens.text()


@HALVES
@pytest.mark.parametrize("vector", VECTORS["good"], ids=lambda vector: vector["pass"]["pass_id"])
def test_a_good_vector_is_read_as_its_pass(vector: dict, keys: dict[int, tokens.Key]) -> None:
    token = tokens.decode(vector["token"], keys)
    assert tokens.body(token).hex() == vector["body"]
    assert f"{token.pass_id:016x}" == vector["pass"]["pass_id"]
    assert (token.party_size, token.generation) == (vector["pass"]["party_size"], vector["pass"]["generation"])


@HALVES
@pytest.mark.parametrize("vector", VECTORS["bad"], ids=lambda vector: vector["why"])
def test_a_bad_vector_is_refused(vector: dict, keys: dict[int, tokens.Key]) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.decode(vector["token"], keys)
