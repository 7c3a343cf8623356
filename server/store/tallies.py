"""The statements that count operational records, one for each record type.

Each gives how many there are, since when the oldest, when the first is due,
and how many are overdue. ``?1`` is the account, or null for all of them; ``?2``
how long such a record is kept, in seconds; ``?3`` the moment before which it
is late to be due.
"""

from __future__ import annotations

_OF = "(?1 IS NULL OR account = ?1)"

_AGENTS = "SELECT id FROM resource WHERE kind = 'agent' AND account = ?1"

_CUSTOMERS = f"""
    SELECT count(*) + coalesce(sum((
        SELECT count(*) FROM customer_address WHERE customer = customer.id
    )), 0), min(created_at), NULL, 0 FROM customer WHERE {_OF}
"""  # noqa: S608 - constants of this file, here and below

# What is restricted is a column of the customer; what happened are rows.
_CONSENTS = f"""
    SELECT count(*), min(at), NULL, 0 FROM (
        SELECT created_at AS at FROM customer WHERE {_OF} AND flags <> 0
        UNION ALL
        SELECT e.at FROM customer_event e JOIN customer c ON c.id = e.customer
        WHERE ?1 IS NULL OR c.account = ?1
    )
"""  # noqa: S608


def _lasting(table: str, since: str, where: str = "true") -> str:
    # What is kept until somebody removes it.
    return (
        f"SELECT count(*), min({since}), NULL, 0 FROM {table}"  # noqa: S608
        f" WHERE {_OF} AND {where}"
    )


def _passing(table: str, since: str) -> str:
    # What is gone so and so long after a moment of its own.
    return (
        f"SELECT count(*), min({since}), min({since}) + ?2,"  # noqa: S608
        f" total({since} + ?2 < ?3) FROM {table} WHERE {_OF}"
    )


#: By the name of the record type.
TALLIES = {
    "ending notices": _passing("ending_notice", "ended_at"),
    "administrative data": _lasting("resource", "created_at"),
    "agent passwords": _lasting(
        "resource", "created_at", "kind = 'agent' AND sealed IS NOT NULL"
    ),
    "account credentials": _lasting(
        "resource",
        "created_at",
        "kind NOT IN ('agent', 'identity') AND sealed IS NOT NULL",
    ),
    "account messaging identities": _lasting(
        "resource", "created_at", "kind = 'identity'"
    ),
    "agent sign-ins": (
        "SELECT count(*), min(expires_at) - ?2, min(expires_at),"  # noqa: S608
        " total(expires_at < ?3) FROM sign_in"
        f" WHERE ?1 IS NULL OR agent IN ({_AGENTS})"
    ),
    "customer messaging identities": _CUSTOMERS,
    "consent and restriction records": _CONSENTS,
    "account keys": _lasting("account_key", "NULL"),
    # Open ones are not due: who asked waits for an answer.
    "privacy requests": (
        "SELECT count(*), min(received_at), min(closed_at) + ?2,"  # noqa: S608
        f" total(closed_at + ?2 < ?3) FROM privacy_request WHERE {_OF}"
    ),
    "erasure jobs and receipts": _lasting("erasure", "asked_at"),
    "erased subjects": _passing("erased", "erased_at"),
    # It is the server's, and says of nobody whose they are.
    "audit log": (
        "SELECT count(*), min(at_ms) / 1000.0, min(at_ms) / 1000.0 + ?2,"
        " total(at_ms / 1000.0 + ?2 < ?3) FROM audit WHERE ?1 IS NULL"
    ),
}
