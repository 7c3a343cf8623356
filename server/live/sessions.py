"""Who is here now: sessions in memory, and the peers that take part in them.

A session and its conversation have one id. What is ephemeral lives here and
nowhere else; every field is claimed by a row of ``domain/record_types.py``.
Nothing here waits, and one task's work on a session is never interleaved
with another's: all of it runs on the event loop between two awaits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from server.domain.carry import Carry
from server.domain.context import Context
from server.domain.conversation import Conversation
from server.domain.customer_event import Consent
from server.domain.message import Author
from server.domain.restriction import Use
from server.ids import AgentId, ConversationId
from server.live.people import Person
from server.live.rate_limit import RateLimit

#: Where a seat stands that has to catch up before it hears anything live.
BEHIND = -1


class Listener(Protocol):
    """A peer, as far as those who talk to it need to know."""

    def tell(self, saying: Any) -> None:
        """Have ``saying`` written to it; never waits and never raises."""
        ...

    def dismiss(self, farewell: int) -> None:
        """Close its connection, after what it has been told."""
        ...


class Seat:
    """One peer's place in a session.

    Attributes:
        listener: The peer.
        side: The customer's side or the agents'.
        agent: Which agent; None on the customer's side.
        at: The number of the last message it was given, or ``BEHIND``. It
            hears message n only at n - 1: so there can be no gap.
    """

    __slots__ = ("agent", "at", "listener", "side")

    def __init__(
        self, listener: Listener, side: Author, agent: AgentId | None = None
    ) -> None:
        self.listener = listener
        self.side = side
        self.agent = agent
        self.at = BEHIND


class Progress:
    """How far one side has got; numbers that only grow."""

    __slots__ = ("delivered", "read")

    def __init__(self, delivered: int = 0, read: int = 0) -> None:
        self.delivered = delivered
        self.read = read

    def advance(self, *, delivered: int, read: int) -> bool:
        """Take note of a mark; reading implies delivery.

        Returns:
            Whether anything is new.
        """
        delivered = max(self.delivered, delivered, read)
        read = max(self.read, read)
        is_new = (delivered, read) != (self.delivered, self.read)
        self.delivered, self.read = delivered, read
        return is_new


class Session:
    """One customer's stay.

    Attributes:
        conversation: Where it stands, changes on their way to the disk
            included.
        token_hash: What is kept of the customer's token.
        slot: Where in the key file its data key lies; None while nothing is
            stored.
        committed: The number of the newest message that is on disk.
        accepted: The number each client message id was given.
        customer_seen: How far the customer has got.
        agent_seen: How far the agents have got.
        preview: The head of the customer's last message, for agents' lists.
        carries: What each side's last message may have begun: a number that
            the next one ends.
        seats: The peers that take part.
        is_warned: Whether the peers were told that it ends soon.
        rate: How fast the customer may write.
        context: Where the customer is and by what means, if anything is
            known.
        cookies: The site's cookies, those the channel allows.
        customer_id: Who the account's back-end says it is.
        customer: The person whose session it is; None: nobody knows.
        consents: What somebody whom nobody knows has agreed to, by purpose.
        private: Private data; None if there are none.
        private_as_of: Unix seconds by the back-end's clock at which the
            newest private data were made.
        private_was_lost: Whether there may have been private data that a
            restart has lost.
        private_rate: How fast private data may come; None before the first.
    """

    __slots__ = (
        "accepted",
        "agent_seen",
        "carries",
        "committed",
        "consents",
        "context",
        "conversation",
        "cookies",
        "customer",
        "customer_id",
        "customer_seen",
        "is_warned",
        "preview",
        "private",
        "private_as_of",
        "private_rate",
        "private_was_lost",
        "rate",
        "seats",
        "slot",
        "token_hash",
    )

    def __init__(
        self, conversation: Conversation, *, token_hash: bytes, rate: RateLimit
    ) -> None:
        self.conversation = conversation
        self.token_hash = token_hash
        self.slot: int | None = None
        self.committed = conversation.last_number
        self.accepted: dict[str, int] = {}
        self.customer_seen = Progress()
        self.agent_seen = Progress()
        self.preview: str | None = None
        self.carries: dict[Author, Carry] = {}
        self.seats: list[Seat] = []
        self.is_warned = False
        self.rate = rate
        self.context: Context | None = None
        self.cookies: Mapping[str, str] | None = None
        self.customer_id: str | None = None
        self.customer: Person | None = None
        self.consents: dict[str, Consent] = {}
        self.private: Mapping[str, Any] | None = None
        self.private_as_of = 0.0
        self.private_was_lost = False
        self.private_rate: RateLimit | None = None

    @property
    def id(self) -> ConversationId:
        """The id it shares with its conversation."""
        return self.conversation.id

    def allows(self, use: Use) -> bool:
        """Whether what the person restricted leaves room for ``use``."""
        return self.customer is None or self.customer.allows(use)

    def seen(self, side: Author) -> Progress:
        """How far ``side`` has got."""
        if side is Author.CUSTOMER:
            return self.customer_seen
        return self.agent_seen

    def forget(self) -> None:
        """Let go of everything a person said or did in it."""
        self.accepted.clear()
        self.preview = None
        self.carries.clear()
        self.slot = None
        self.customer = None
        self.forget_surroundings()

    def forget_surroundings(self) -> None:
        """Let go of what lives in memory only, while the rest is kept."""
        self.context = None
        self.cookies = None
        self.customer_id = None
        self.consents.clear()
        self.private = None
        self.private_as_of = 0.0
        self.private_was_lost = False


class Sessions:
    """Every session in memory, by id."""

    def __init__(self) -> None:
        self._by_id: dict[ConversationId, Session] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Session]:
        return iter(self._by_id.values())

    def get(self, conversation: ConversationId) -> Session | None:
        """The session of that id, if it is in memory."""
        return self._by_id.get(conversation)

    def add(self, session: Session) -> None:
        """Keep ``session`` until it is removed."""
        self._by_id[session.id] = session

    def remove(self, conversation: ConversationId) -> None:
        """Drop a session; safe to repeat."""
        self._by_id.pop(conversation, None)
