"""A receipt can be checked by anybody, and altered by nobody."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from server.errors import Corrupt
from server.vault.keyring import Keyring
from server.vault.receipts import ReceiptSigner, key_name, verify
from tests.vault.rings import rotating_ring

signer = ReceiptSigner(bytes(range(32)))
RECEIPT = {"kinds": {"messages": 12, "customers": 1}, "at": 1_800_000_000}


def signed() -> dict[str, Any]:
    """A receipt as it comes back out of a file."""
    read: dict[str, Any] = json.loads(json.dumps(signer.sign(RECEIPT)))
    return read


def test_what_was_signed_is_believed() -> None:
    """With the public key alone, and whatever order its names are in."""
    document = signed()
    document["receipt"] = dict(reversed(document["receipt"].items()))

    assert verify(signer.public_key(), document)


ALTERED = [
    ("receipt", RECEIPT | {"at": 1}),
    ("receipt", RECEIPT | {"more": None}),
    ("receipt", [1.5]),
    ("key", "0" * 16),
    ("signature", base64.b64encode(bytes(64)).decode()),
    ("signature", "AA=="),
    ("signature", "no base64"),
    ("signature", 7),
    ("remark", "also signed"),
]


@pytest.mark.parametrize(("name", "value"), ALTERED)
def test_what_was_altered_is_not_believed(name: str, value: object) -> None:
    """Each part, and anything put beside."""
    assert not verify(signer.public_key(), signed() | {name: value})


@pytest.mark.parametrize("name", ["receipt", "key", "signature"])
def test_what_lacks_a_part_is_not_believed(name: str) -> None:
    """None of the three can be left out."""
    document = signed()
    del document[name]

    assert not verify(signer.public_key(), document)


@pytest.mark.parametrize(
    "key", [ReceiptSigner(bytes(32)).public_key(), "", "AAAA", "\u00fc", "?"]
)
def test_another_key_believes_nothing(key: str) -> None:
    """Nor does what is no key at all."""
    assert not verify(key, signed())


def test_the_signer_keeps_nothing_of_what_it_signed() -> None:
    """Changing the document later does not change what was given."""
    kinds = {"messages": 12}
    document = signer.sign({"kinds": kinds})
    kinds["messages"] = 11

    assert verify(signer.public_key(), document)


def test_a_float_is_not_signed() -> None:
    """Two programs could disagree on how it is written."""
    with pytest.raises(ValueError, match="no two programs"):
        signer.sign({"at": 1.5})


def test_other_programs_read_the_public_key() -> None:
    """As PEM, with the same bytes."""
    key = load_pem_public_key(signer.public_pem().encode())

    assert isinstance(key, Ed25519PublicKey)
    raw = key.public_bytes_raw()
    assert base64.b64encode(raw).decode() == signer.public_key()
    assert key_name(raw) == key_name(signer.public_key()) == signed()["key"]


def test_a_signer_survives_a_new_master_key(
    ring: Keyring, tmp_path: Path
) -> None:
    """And is another one for each account, and gone with its key."""
    one = ring.new_key("acme", "account").slot
    two = ring.new_key("bolt", "account").slot
    ring.flush()
    before = ReceiptSigner.open(ring, one, account="acme").public_key()
    other = ReceiptSigner.open(ring, two, account="bolt").public_key()
    ring.close()

    rotating = rotating_ring(tmp_path)
    rotating.rewrap([(one, "acme", "account"), (two, "bolt", "account")])
    after = ReceiptSigner.open(rotating, one, account="acme").public_key()
    assert before == after != other
    rotating.shred([one])
    with pytest.raises(Corrupt):
        ReceiptSigner.open(rotating, one, account="acme")
    rotating.close()


def test_a_signer_does_not_show_its_key() -> None:
    """Nor anything of it."""
    assert repr(signer) == "ReceiptSigner(...)"
