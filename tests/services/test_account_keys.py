"""Tests of server/services/account_keys.py."""

from __future__ import annotations

import pytest

from server.errors import Corrupt, NotFound
from server.ids import AccountId, system_randomness
from server.services.account_keys import AccountKeys
from server.store.group import Group
from server.store.resources import AccountKeyRow
from tests.fakes import FakeKeys

ACME, OTHER = AccountId("acme"), AccountId("other")
FIELD = {"table": "resource", "column": "sealed", "row": "channel/shop"}


def made(*accounts: AccountId) -> tuple[AccountKeys, FakeKeys, Group]:
    """Keys of ``accounts``, and the group that they were kept with."""
    file, group = FakeKeys(), Group()
    keys = AccountKeys(file, system_randomness)
    for account in accounts:
        keys.make(account, group)
    return keys, file, group


def test_an_account_is_given_one_key() -> None:
    """However often it is asked for."""
    keys, file, group = made(ACME, ACME)

    assert ACME in keys
    assert list(file.owners.values()) == [("acme", "account")]
    assert len(group.deeds) == 1


def test_a_key_whose_row_was_not_kept_is_none() -> None:
    """Its slot is free again."""
    keys, file, group = made(ACME)

    group.undoing[0]()

    assert ACME not in keys
    assert file.owners == {}


def test_what_is_sealed_opens_for_its_account_and_row_alone() -> None:
    """Moved to another row, it is damage."""
    keys, _, _ = made(ACME, OTHER)

    sealed = keys.seal(ACME, b"secret", **FIELD)

    assert keys.open(ACME, sealed, **FIELD) == b"secret"
    for account, row in ((OTHER, "channel/shop"), (ACME, "channel/sale")):
        with pytest.raises(Corrupt):
            keys.open(account, sealed, **{**FIELD, "row": row})


def test_people_are_found_by_the_key_of_their_account() -> None:
    """The same person has another index elsewhere, and the same here."""
    keys, file, _ = made(ACME, OTHER)
    found = keys.index(ACME).of("mail", "anna@example.org")

    again = AccountKeys(file, system_randomness)
    again.load([AccountKeyRow(account=ACME, slot=keys.slot(ACME))])

    assert again.index(ACME).of("mail", "anna@example.org") == found
    assert keys.index(ACME) is keys.index(ACME)
    assert keys.index(OTHER).of("mail", "anna@example.org") != found


def test_an_account_that_is_none_has_no_key() -> None:
    """Nor one that has been forgotten."""
    keys, _, _ = made(ACME)
    keys.index(ACME)

    keys.forget(ACME)
    keys.forget(ACME)

    for ask in (keys.slot, keys.key, keys.index):
        with pytest.raises(NotFound):
            ask(ACME)
