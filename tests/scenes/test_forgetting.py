"""A scene: when it is gone, nothing of it is in any file or log."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from server.data_folder import DataFolder
from server.ids import token_hash
from server.vault.key_header import HEADER_SIZE
from server.vault.wrapping import SLOT_SIZE
from tests.scenes.canaries import forms, found, found_in
from tests.scenes.sites import DISPLAY_NAME, Site, conversation_of, taken


def stored(data: Path) -> tuple[list[bytes], list[bytes]]:
    """Sealed messages and wrapped keys, as they lie on the disk now."""
    folder = DataFolder(data)
    with closing(sqlite3.connect(folder.database)) as db:
        sealed = [row[0] for row in db.execute("SELECT sealed FROM message")]
        slots = [row[0] for row in db.execute("SELECT slot FROM conversation")]
    keys = folder.keys.read_bytes()[HEADER_SIZE:]
    wrapped = [keys[slot * SLOT_SIZE :][:SLOT_SIZE] for slot in slots]
    # The middle of each: the ends are versions and padding.
    return [s[16:48] for s in sealed], [w[16:48] for w in wrapped]


@pytest.mark.parametrize(
    "secret", [b"abc-\xc3\xa4-0123456789", b"\x00\xff" * 8]
)
@pytest.mark.parametrize("before", [b"", b"1", b"12", b"123"])
def test_the_search_finds_every_form(secret: bytes, before: bytes) -> None:
    """The control: a search that finds nothing would prove nothing."""
    for form in forms(secret):
        assert found(before + form + b"...", [secret])
    assert not found(before + secret[:-1], [secret])


async def test_nothing_is_left_when_it_is_gone(
    site: Site, log: StringIO
) -> None:
    """Words, tokens, ids, ciphertext and key: in no file, in no log."""
    words = [f"wort-{secrets.token_hex(16)}-\u00e4" for _ in range(20)]
    ids = [f"client-{secrets.token_hex(8)}" for _ in words]
    async with await site.customer() as customer, await site.agent() as agent:
        await customer.send(ids[0], words[0])
        about = await taken(agent, customer)
        for n in range(1, 20):
            line, more = (agent, about) if n % 2 else (customer, {})
            await line.send(ids[n], words[n], **more)
        typed = [word.encode() for word in words]
        typed.append(customer.token.encode())
        kept = [id_.encode() for id_ in ids]
        kept += [token_hash(customer.token), conversation_of(customer).encode()]
        sealed, wrapped = stored(site.data)
        kept += sealed + wrapped
        # The control: what is kept is found, what was typed is not.
        assert found_in(site.data, kept) == set(kept)
        assert found_in(site.data, typed) == set()
        assert len(sealed) == 20

        await customer.say("end")
        await customer.hear("gone")

        assert found_in(site.data, typed + kept) == set()
        assert found_in(site.data, [agent.token.encode()]) == set()
    await site.restart()

    assert found_in(site.data, typed + kept) == set()
    said = log.getvalue().encode()
    assert b"listening" in said
    conversation = conversation_of(customer).encode()
    # The agent's name is the account's and stays in its tables, but no log
    # tells who was there.
    secret = {*typed, *kept, agent.token.encode(), DISPLAY_NAME.encode()}
    secret -= {conversation}
    assert found(said, secret) == set()


async def test_others_go_on_while_one_is_forgotten(site: Site) -> None:
    """One customer's end takes nothing from another."""
    async with await site.customer() as one, await site.customer() as other:
        await one.send("client-0001", "Mine")
        await other.send("client-0001", "Theirs")
        await one.say("end")
        await one.hear("gone")
        await other.send("client-0002", "Still here")
    await site.restart()

    async with await site.customer(token=other.token) as back:
        await back.hear("history")
    assert back.texts() == ["Theirs", "Still here"]


async def test_the_log_of_the_database_is_cut(site: Site) -> None:
    """The receipt comes after the write-ahead log was emptied."""
    database = DataFolder(site.data).database
    wal = database.with_name(database.name + "-wal")
    async with await site.customer() as customer:
        await customer.send("client-0001", "Hello")
        assert wal.stat().st_size > 0

        await customer.say("end")
        await customer.hear("gone")

        assert wal.stat().st_size == 0
