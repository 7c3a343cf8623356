"""A data folder with many live conversations, made without a server.

Through the store and the vault themselves, so that what a server then finds
is what a server would have left: sealed messages under keys of their own.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from benchmarks.load_client import new_client_id, timed_text
from benchmarks.server_process import ACCOUNT, CHANNEL, Setting
from server.data_folder import DataFolder
from server.domain.conversation import Phase
from server.domain.message import Author, Message
from server.ids import (
    AccountId,
    ChannelId,
    ConversationId,
    new_id,
    new_token,
    system_randomness,
    token_hash,
)
from server.store import sealed_message
from server.store.group import Group
from server.store.history import History
from server.store.rows import ConversationRow, MessageRow
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from server.vault.sealing import DataKey, bound_to, seal

#: Conversations in one commit.
TOGETHER = 500
#: Seconds of inactivity after which they would time out.
INACTIVITY = 1_800.0
EPOCH = "5eed5eed"


@dataclass(frozen=True, slots=True)
class Stored:
    """One of the conversations that were made; ``token`` opens it."""

    conversation: ConversationId
    token: str
    messages: int


async def fill(setting: Setting, conversations: int) -> list[Stored]:
    """Make ``conversations``, with one or two messages each.

    Raises:
        ServerError: The store or the vault did not take them.
    """
    folder = DataFolder(setting.data)
    folder.make()
    keyring = Keyring.open(
        folder.keys,
        MasterKey.load_file(setting.key_file),
        randomness=system_randomness,
    )
    keyring.reconcile(frozenset())

    async def flush() -> None:
        await asyncio.to_thread(keyring.flush)

    history = await History.open(folder.database, before_commit=flush)
    writing = asyncio.create_task(history.run())
    made: list[Stored] = []
    try:
        while len(made) < conversations:
            count = min(TOGETHER, conversations - len(made))
            group = _Some(keyring, count, after=len(made))
            await history.write(group.fill)
            made += group.made
    finally:
        await history.close()
        await writing
        keyring.close()
    return made


class _Some:
    """What goes into one commit."""

    def __init__(self, keyring: Keyring, count: int, *, after: int) -> None:
        self._keyring = keyring
        self._numbers = range(after, after + count)
        self.made: list[Stored] = []

    def fill(self, group: Group) -> None:
        """Put the conversations into ``group``."""
        at = time.time()
        for number in self._numbers:
            # Every other one has a second message.
            own = ConversationId(new_id(system_randomness))
            # As the server makes them: the id leads, the secret follows.
            token = f"{own}.{new_token(system_randomness)}"
            stored = Stored(own, token, 1 + number % 2)
            key = self._keyring.new_key(ACCOUNT, stored.conversation)
            group.keep(_row(stored, key, at))
            for message in range(1, stored.messages + 1):
                group.add(_sealed(stored, key, number=message, at=at))
            self.made.append(stored)


def _row(stored: Stored, key: DataKey, at: float) -> ConversationRow:
    return ConversationRow(
        id=stored.conversation,
        account=AccountId(ACCOUNT),
        channel=ChannelId(CHANNEL),
        phase=Phase.WAITING,
        epoch=EPOCH,
        slot=key.slot,
        token_hash=token_hash(stored.token),
        started_at=at,
        last_at=at,
        due_at=at + INACTIVITY,
        last_number=stored.messages,
        agent=None,
        ended_by=None,
        ended_at=None,
        customer=None,
        terms=None,
        held=False,
        kept_until=None,
        transcript_until=None,
        customer_delivered=0,
        customer_read=0,
        agent_delivered=0,
        agent_read=0,
    )


def _sealed(
    stored: Stored, key: DataKey, *, number: int, at: float
) -> MessageRow:
    message = Message(
        conversation=stored.conversation,
        number=number,
        author=Author.CUSTOMER,
        client_id=new_client_id(),
        said_at=at,
        text=timed_text(at),
    )
    return MessageRow(
        conversation=message.conversation,
        number=number,
        client_id=message.client_id,
        by_customer=True,
        sealed=seal(
            key,
            sealed_message.pack(message),
            bound_to=bound_to(
                ACCOUNT,
                stored.conversation,
                table="message",
                column="sealed",
                row=number,
            ),
            randomness=system_randomness,
        ),
    )
