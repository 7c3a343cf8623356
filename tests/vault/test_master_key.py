"""A master key is taken from where it is safe, or not at all."""

from __future__ import annotations

import base64
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Misconfigured
from server.vault.master_key import MASTER_SIZE, SAMPLES, MasterKey

#: Begins so that the two alphabets of base64 write it differently.
SECRET = b"\xfb\xef\xff" + Random(1).randbytes(MASTER_SIZE - 3)
KEY = MasterKey(SECRET)
TEXT = base64.b64encode(SECRET).decode()


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    """A file with ``text`` and ``mode``."""
    path = folder / "master.key"
    path.write_text(text)
    path.chmod(mode)
    return path


def same(left: MasterKey, right: MasterKey) -> bool:
    """Whether two keys derive the same."""
    return left.derive("x") == right.derive("x")


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.rstrip("="),
        base64.urlsafe_b64encode(SECRET).decode(),
        SECRET.hex(),
        SECRET.hex().upper(),
        f"  {TEXT}\n",
    ],
)
def test_a_key_is_read_however_it_is_written(text: str) -> None:
    """Base64 in either alphabet, padded or not, and hex are the same key."""
    assert same(MasterKey.parse(text), KEY)


def test_a_key_is_written_as_it_is_read() -> None:
    """What its owner is told to keep makes the same key."""
    assert same(MasterKey.parse(KEY.text()), KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "secret",
        TEXT[:-5],
        TEXT + "AAAA",
        SECRET.hex()[:-2],
        SECRET.hex() + "00",
        "z" * 64,
        "%" * 44,
        "ä" * 44,
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    """The operator hears what is wanted, never what was given."""
    with pytest.raises(Misconfigured, match="32 bytes") as refusal:
        MasterKey.parse(text)

    assert not text or text not in str(refusal.value)
    assert refusal.value.__cause__ is None


@given(st.text(max_size=80))
def test_no_text_makes_parsing_fail_otherwise(text: str) -> None:
    """Junk is Misconfigured; a key that happens to be one is fine."""
    try:
        MasterKey.parse(text)
    except Misconfigured:
        return


@pytest.mark.parametrize(
    "secret",
    [
        bytes(32),
        b"\xff" * 32,
        bytes(range(32)),
        bytes(range(32, 0, -1)),
        bytes(range(0, 160, 5)),
        b"0123" * 8,
        b"hunter2!" * 4,
        *SAMPLES,
    ],
)
def test_a_key_that_anybody_could_guess_is_refused(secret: bytes) -> None:
    """Zeros, patterns and the samples of our own documents."""
    with pytest.raises(Misconfigured, match="sample or a pattern"):
        MasterKey(secret)


def test_a_random_key_is_never_taken_for_a_pattern() -> None:
    """Ten thousand of them pass."""
    chance = Random(3)

    for _ in range(10_000):
        MasterKey.generate(chance.randbytes)


def test_a_private_file_is_read(tmp_path: Path) -> None:
    """Mode 0600, with the line end an editor leaves."""
    path = key_file(tmp_path, TEXT + "\n")

    assert same(MasterKey.load_file(path), KEY)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o777])
def test_a_file_that_others_may_touch_is_refused(
    tmp_path: Path, mode: int
) -> None:
    """Any permission for group or others; the text says what to do."""
    path = key_file(tmp_path, TEXT, mode)

    with pytest.raises(Misconfigured, match="chmod 600") as refusal:
        MasterKey.load_file(path)

    assert TEXT not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "not a key", "é" * 20, "A" * 10_000])
def test_a_file_with_something_else_in_it_is_named(
    tmp_path: Path, text: str
) -> None:
    """The operator hears which file is meant."""
    path = key_file(tmp_path, text)

    with pytest.raises(Misconfigured, match=r"master\.key: the master key"):
        MasterKey.load_file(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """So is a folder where a file should be."""
    with pytest.raises(Misconfigured, match="absent: No such file"):
        MasterKey.load_file(tmp_path / "absent")
    with pytest.raises(Misconfigured, match="Is a directory"):
        MasterKey.load_file(tmp_path)


def test_no_file_stays_open(tmp_path: Path) -> None:
    """Reading and refusing both give the descriptor back."""
    path = key_file(tmp_path, TEXT, 0o644)
    before = len(list(Path("/proc/self/fd").iterdir()))

    for refused in (path, tmp_path):
        with pytest.raises(Misconfigured):
            MasterKey.load_file(refused)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_each_use_has_a_key_of_its_own() -> None:
    """Labels and masters tell keys apart; the same two make the same key."""
    other = MasterKey(SECRET[::-1])
    made = {
        key.derive(label) for key in (KEY, other) for label in ("a", "b", "ab")
    }

    assert len(made) == 6
    assert KEY.derive("a") in made
    assert len(KEY.derive("a", 4)) == 4


def test_a_key_is_derived_as_the_standard_says() -> None:
    """HKDF-SHA256 without salt, for keys made today must be made in years."""
    key = MasterKey(bytes.fromhex(VECTOR_SECRET))

    assert key.derive("dayfly test", 16).hex() == VECTOR_DERIVED


def test_a_key_stays_out_of_repr() -> None:
    """Neither the key's bytes nor its text are shown."""
    assert repr(KEY) == "MasterKey(...)"


VECTOR_SECRET = (
    "fbeffff5b165224a58b791df6af1d8303e61cdc4bb86c3d1c427103c344c411e"
)
VECTOR_DERIVED = "425267e00104450c630fa23221e436e8"
