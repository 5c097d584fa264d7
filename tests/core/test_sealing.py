"""Encrypted files: opened whole by their passphrase, or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from exhibition.core.upkeep import sealing
from exhibition.core.upkeep.sealing import MAGIC, SALT_BYTES, TAG_BYTES

PASSPHRASE = "kopi tubruk di pagi hari"
PIECE = 8
HEAD = len(MAGIC) + SALT_BYTES
SEALED_PIECE = PIECE + TAG_BYTES


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PIECE_BYTES", PIECE)
    monkeypatch.setattr(sealing, "COST", 2)


def sealed(folder: Path, content: bytes) -> Path:
    (folder / "plain").write_bytes(content)
    sealing.seal(folder / "plain", folder / "sealed", PASSPHRASE)
    return folder / "sealed"


@pytest.mark.parametrize("content", [b"", b"short", b"12345678", b"1234567812345678", b"12345678123"])
def test_what_was_sealed_is_opened(tmp_path: Path, content: bytes) -> None:
    sealing.unseal(sealed(tmp_path, content), tmp_path / "opened", PASSPHRASE)
    assert (tmp_path / "opened").read_bytes() == content


def test_a_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(sealing.WrongSeal):
        sealing.unseal(sealed(tmp_path, b"content"), tmp_path / "opened", "another passphrase")


def _without_last(content: bytes) -> bytes:
    return content[: HEAD + 2 * SEALED_PIECE]


def _cut_off(content: bytes) -> bytes:
    return content[:-3]


def _exchanged(content: bytes) -> bytes:
    first, second = content[HEAD : HEAD + SEALED_PIECE], content[HEAD + SEALED_PIECE : HEAD + 2 * SEALED_PIECE]
    return content[:HEAD] + second + first + content[HEAD + 2 * SEALED_PIECE :]


def _longer(content: bytes) -> bytes:
    return content + content[-SEALED_PIECE:]


def _other_bit(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def _head_alone(content: bytes) -> bytes:
    return content[:HEAD]


def _no_head(content: bytes) -> bytes:
    return content[1:]


@pytest.mark.parametrize("change", [_without_last, _cut_off, _exchanged, _longer, _other_bit, _head_alone, _no_head])
def test_a_file_that_is_not_as_it_was_written_is_not_opened(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    file = sealed(tmp_path, b"three pieces of eight bytes")
    file.write_bytes(change(file.read_bytes()))
    with pytest.raises(sealing.WrongSeal):
        sealing.unseal(file, tmp_path / "opened", PASSPHRASE)
