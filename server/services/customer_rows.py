"""Customers as they are kept: rows from values and values from rows.

Everything of one person is sealed under that person's key, bound to its place:
an event moved to another person, number or kind does not open.
"""

from __future__ import annotations

from collections.abc import Iterable

from server.domain.customer import Identity
from server.domain.customer_event import CustomerEvent
from server.domain.restriction import flags_of
from server.ids import AccountId
from server.live.people import Person
from server.services.house import House
from server.store import sealed_customer
from server.store.customers import CustomerEventRow, CustomerRow
from server.vault.sealing import DataKey, bound_to, open_sealed, seal

#: Seconds of a day: when somebody was last seen is kept no closer than that.
DAY = 86_400.0


def owner_of(customer: str) -> str:
    """As whose the key of ``customer`` is made."""
    return f"customer:{customer}"


def day_of(at: float) -> float:
    """The beginning of the day of ``at``, in UTC."""
    return at - at % DAY


def row_of(
    house: House, person: Person, identity: Identity, *, created_at: float
) -> CustomerRow:
    """``person`` as they are kept.

    Raises:
        ServerError: Their key cannot be read.
    """
    assert person.slot is not None  # noqa: S101 - given by the caller
    return CustomerRow(
        id=person.id,
        account=person.account,
        channel=person.channel,
        slot=person.slot,
        platform=person.platform,
        flags=flags_of(person.restrictions),
        created_at=created_at,
        seen_at=person.seen_at,
        sealed=sealed_identity(house, person, identity),
    )


def sealed_identity(house: House, person: Person, identity: Identity) -> bytes:
    """``identity`` as it is kept in the row of ``person``.

    Raises:
        ServerError: Their key cannot be read.
    """
    assert person.slot is not None  # noqa: S101 - stored ones have a slot
    return seal(
        _key(house, person.account, person.id, person.slot),
        sealed_customer.pack_identity(identity),
        bound_to=_place(person.account, person.id, "customer", "1"),
        randomness=house.randomness,
    )


def identity_in(house: House, row: CustomerRow) -> Identity:
    """Who is in ``row``.

    Raises:
        Corrupt: It is not what was stored there, or the key is gone.
        Unavailable: The disk did not give the key.
    """
    return sealed_customer.unpack_identity(
        open_sealed(
            _key(house, row.account, row.id, row.slot),
            row.sealed,
            bound_to=_place(row.account, row.id, "customer", "1"),
        )
    )


def event_row(
    house: House, person: Person, event: CustomerEvent, *, number: int
) -> CustomerEventRow:
    """``event`` as it is kept.

    Raises:
        ServerError: Their key cannot be read.
    """
    assert person.slot is not None  # noqa: S101 - stored ones have a slot
    kind = sealed_customer.kind_of(event)
    return CustomerEventRow(
        customer=person.id,
        number=number,
        at=event.at,
        kind=kind,
        sealed=seal(
            _key(house, person.account, person.id, person.slot),
            sealed_customer.pack_event(event),
            bound_to=_place(
                person.account, person.id, "customer_event", f"{number} {kind}"
            ),
            randomness=house.randomness,
        ),
    )


def events_in(
    house: House, row: CustomerRow, events: Iterable[CustomerEventRow]
) -> list[CustomerEvent]:
    """What happened to the customer of ``row``, in order.

    Raises:
        Corrupt: Something is not what was stored there.
        Unavailable: The disk did not give the key.
    """
    key = _key(house, row.account, row.id, row.slot)
    return [
        sealed_customer.unpack_event(
            open_sealed(
                key,
                one.sealed,
                bound_to=_place(
                    row.account,
                    row.id,
                    "customer_event",
                    f"{one.number} {one.kind}",
                ),
            ),
            kind=one.kind,
            at=one.at,
        )
        for one in events
    ]


def _key(house: House, account: AccountId, customer: str, slot: int) -> DataKey:
    return house.keys.key(
        slot, account=account, conversation=owner_of(customer)
    )


def _place(account: AccountId, customer: str, table: str, row: str) -> bytes:
    return bound_to(
        account, owner_of(customer), table=table, column="sealed", row=row
    )
