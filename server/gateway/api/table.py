"""The table of operations, put together: one line for every file of rows.

To add operations: write a file beside this one with ``operations(service)``,
give its service a field here, and add its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.gateway.api import (
    accounts,
    agents,
    applications,
    channels,
    desk,
    elsewhere,
    keys,
    rules,
    session,
)
from server.gateway.api.operation import Operation
from server.gateway.api.resources import Administering
from server.services.proving import Proving


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Who does what the operations ask for.

    Attributes:
        proving: Finds out who calls.
        administering: Keeps what accounts are made of.
        enrolling: Makes agents and keys.
    """

    proving: Proving
    administering: Administering | None = None
    enrolling: Any = None


def table(services: Services) -> list[Operation]:
    """All operations, in the order of the document."""
    return [
        *session.operations(services.proving),
        *_of_accounts(services),
        *elsewhere.operations(),
    ]


def _of_accounts(services: Services) -> list[Operation]:
    kept = services.administering
    if kept is None:
        return []
    return [
        *accounts.operations(kept),
        *channels.operations(kept),
        *agents.operations(kept, services.enrolling),
        *applications.operations(kept),
        *desk.operations(kept),
        *rules.operations(kept),
        *keys.operations(kept, services.enrolling),
    ]
