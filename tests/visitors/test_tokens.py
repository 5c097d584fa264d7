"""The token: its format, its single spelling, and that no change goes unnoticed."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from exhibition.core import qr
from exhibition.visitors import tokens

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS: dict[int, tokens.Key] = {1: KEY.public_key()}
PRIVATE_KEYS: dict[int, tokens.Key] = {1: KEY}
SAMPLE = tokens.Pass(1, 0x0123456789ABCDEF, 7, 4, 0, datetime(2026, 11, 6, 2, 0, tzinfo=UTC), 4)


@given(
    st.builds(
        tokens.Pass,
        key_id=st.just(1),
        pass_id=st.integers(0, 2**63 - 1),
        slot_number=st.integers(1, 65535),
        party_size=st.integers(1, 10),
        generation=st.integers(0, 255),
        not_before=st.integers(0, 2**24 - 1).map(lambda minutes: tokens.EPOCH + minutes * tokens.QUARTER / 15),
        quarters=st.integers(0, 255),
    )
)
def test_every_token_reads_back_as_it_was_written(token: tokens.Pass) -> None:
    text = tokens.encode(token, KEY)
    assert len(text) == tokens.TEXT_LENGTH
    assert tokens.decode(text, KEYS) == token
    assert tokens.decode(text, PRIVATE_KEYS) == token


@given(st.integers(0, tokens.TEXT_LENGTH - 1), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_changing_any_character_makes_a_bad_token(place: int, character: str) -> None:
    text = tokens.encode(SAMPLE, KEY)
    changed = text[:place] + character + text[place + 1 :]
    if changed != text:
        for keys in (KEYS, PRIVATE_KEYS):
            with pytest.raises(tokens.BadToken):
                tokens.decode(changed, keys)


@pytest.mark.parametrize("text", ["", "EP1", "HELLO", "EP1" + "A" * 131, "EP1" + "A" * 132, "EP1" + "1" * 132])
def test_text_that_is_no_token_is_bad(text: str) -> None:
    with pytest.raises(tokens.BadToken):
        tokens.decode(text, KEYS)


def test_a_token_of_an_unknown_key_is_bad() -> None:
    with pytest.raises(tokens.BadToken):
        tokens.decode(tokens.encode(SAMPLE, KEY), {2: KEY.public_key()})


def test_the_qr_of_a_token_has_41_modules() -> None:
    assert len(qr.matrix(tokens.encode(SAMPLE, KEY))) == 41
