"""Tests of server/vault/addresses.py."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.vault.addresses import Address, AddressSigner
from server.vault.master_key import MasterKey

ADDRESS = Address(
    path="/attachments/abc",
    conversation="def",
    media_type="image/png",
    until=1_000,
)


def signer(seed: int = 1) -> AddressSigner:
    """The signer under some master key."""
    return AddressSigner(MasterKey(Random(seed).randbytes(32)))


def test_a_signed_address_opens_until_its_time() -> None:
    """To the second, and not at that second any more."""
    signature = signer().sign(ADDRESS)

    assert signer().is_valid(ADDRESS, signature, now=0)
    assert signer().is_valid(ADDRESS, signature, now=999.999)
    assert not signer().is_valid(ADDRESS, signature, now=1_000)
    assert not signer().is_valid(ADDRESS, signature, now=1_001)


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/attachments/abd"},
        {"conversation": "deg"},
        {"media_type": "text/html"},
        {"until": 1_001},
    ],
)
def test_each_part_is_signed(other: dict[str, Any]) -> None:
    """A signature for one address opens no other."""
    signature = signer().sign(ADDRESS)

    assert not signer().is_valid(replace(ADDRESS, **other), signature, now=0)


def test_another_key_signs_otherwise() -> None:
    """What one server signed opens nothing of another."""
    assert not signer(2).is_valid(ADDRESS, signer().sign(ADDRESS), now=0)


def test_one_bit_changed_opens_nothing() -> None:
    """Every bit of the signature; and a piece, more of it, or none."""
    signature = signer().sign(ADDRESS)
    altered = [
        signature[:at]
        + chr(ord(signature[at]) ^ 1 << bit)
        + signature[at + 1 :]
        for at in range(len(signature))
        for bit in range(8)
    ]
    altered += [signature[:at] for at in range(len(signature))]
    altered += [signature + "=", signature + "A", "\u00e9" * 43]

    for one in altered:
        assert not signer().is_valid(ADDRESS, one, now=0)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
addresses = st.builds(
    Address,
    path=texts,
    conversation=texts,
    media_type=texts,
    until=st.integers(0, 10**12),
)


@given(addresses, addresses)
def test_no_two_addresses_share_a_signature(one: Address, two: Address) -> None:
    """However their parts are cut."""
    assert (signer().sign(one) == signer().sign(two)) == (one == two)


def test_parts_do_not_flow_into_each_other() -> None:
    """What moves from one part to the next is another address."""
    moved = replace(ADDRESS, path="/attachments/abcd", conversation="ef")

    assert signer().sign(moved) != signer().sign(ADDRESS)
