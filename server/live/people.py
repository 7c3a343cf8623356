"""The people whom sessions belong to, one value for each who is here.

All sessions of a person share one ``Person``: what is restricted or agreed to
in one acts in the others at once. A person is here for as long as a session
or a change holds them, and no longer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from weakref import WeakValueDictionary

from server.domain.customer_event import Consent
from server.domain.restriction import Restriction, Use, allows
from server.ids import AccountId, ChannelId

#: Customers of one account. Each has a slot in the key file, of which a million
#: are to be shared with all conversations.
MOST_CUSTOMERS = 200_000
#: Purposes somebody may have agreed to, or not.
MOST_PURPOSES = 32
#: Events of one person; of more only those that lower something are kept, and
#: there can be no more of these than there was to lower.
MOST_EVENTS = 1_000


class Person:
    """Somebody whom the account knows, while they are here.

    Attributes:
        id: The id of the customer's row.
        account: Whose customer.
        channel: The way by which they come.
        platform: Blind index of channel and platform key.
        restrictions: What may not be done.
        consents: The newest by purpose.
        events: The number of the newest event that is written or about to be.
        slot: Where their key lies; None while nothing of them is stored.
        seen_at: Unix seconds of the last day on which they wrote.
        platform_key: Until it is stored, so that it can be; then None.
    """

    __slots__ = (
        "__weakref__",
        "account",
        "channel",
        "consents",
        "events",
        "id",
        "platform",
        "platform_key",
        "restrictions",
        "seen_at",
        "slot",
    )

    def __init__(
        self,
        id_: str,
        *,
        account: AccountId,
        channel: ChannelId,
        platform: bytes,
    ) -> None:
        self.id = id_
        self.account = account
        self.channel = channel
        self.platform = platform
        self.restrictions: frozenset[Restriction] = frozenset()
        self.consents: dict[str, Consent] = {}
        self.events = 0
        self.slot: int | None = None
        self.seen_at = 0.0
        self.platform_key: str | None = None

    @property
    def is_stored(self) -> bool:
        """Whether there is a row of them, or is about to be."""
        return self.slot is not None

    def allows(self, use: Use) -> bool:
        """Whether what they restricted leaves room for ``use``."""
        return allows(self.restrictions, use)

    def __repr__(self) -> str:
        return f"<Person {self.id}>"


class People:
    """Everybody who is here.

    Attributes:
        counts: How many customers each account has, here or not.
    """

    def __init__(self) -> None:
        self.counts: Counter[AccountId] = Counter()
        self._by_id: WeakValueDictionary[str, Person] = WeakValueDictionary()
        self._by_index: WeakValueDictionary[tuple[AccountId, bytes], Person] = (
            WeakValueDictionary()
        )

    def __len__(self) -> int:
        return len(self._by_id)

    def has_room(self, account: AccountId) -> bool:
        """Whether ``account`` may have one customer more."""
        return self.counts[account] < MOST_CUSTOMERS

    def get(self, id_: str) -> Person | None:
        """The person of that id, if they are here."""
        return self._by_id.get(id_)

    def find(self, account: AccountId, platform: bytes) -> Person | None:
        """The person with that blind index, if they are here."""
        return self._by_index.get((account, platform))

    def add(self, person: Person) -> Person:
        """``person``, or the one who is here already in their place."""
        found = self.find(person.account, person.platform)
        if found is not None:
            return found
        self._by_id[person.id] = person
        self._by_index[person.account, person.platform] = person
        return person

    def drop(self, ids: Iterable[str]) -> None:
        """They are erased: whoever comes with their key is somebody new."""
        for id_ in ids:
            person = self._by_id.pop(id_, None)
            if person is not None:
                self._by_index.pop((person.account, person.platform), None)
