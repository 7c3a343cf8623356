"""The table of operations, put together: one line for every file of rows.

To add operations: write a file beside this one with ``operations(service)``,
give its service a field here, and add its line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.gateway.api import (
    accounts,
    agents,
    applications,
    audit,
    backups,
    channels,
    conversations,
    customers,
    desk,
    elsewhere,
    erasures,
    exports,
    holdings,
    kept,
    keys,
    lookup,
    processing,
    requests,
    rules,
    searching,
    secrets,
    server,
    session,
    trials,
)
from server.gateway.api.openapi import with_document
from server.gateway.api.operation import Operation

#: Each file of rows, and the fields of ``Services`` that it takes, in the
#: order of the document.
_FILES: tuple[tuple[Callable[..., list[Operation]], tuple[str, ...]], ...] = (
    (session.operations, ("proving",)),
    (accounts.operations, ("administering",)),
    (channels.operations, ("administering",)),
    (agents.operations, ("administering", "enrolling")),
    (keys.operations, ("administering", "enrolling", "proving")),
    (applications.operations, ("administering",)),
    (secrets.operations, ("renewing",)),
    (elsewhere.operations, ()),
    (desk.operations, ("administering",)),
    # Before the others: their addresses have an id where these have a name.
    (trials.operations, ("rule_trials",)),
    (rules.operations, ("administering",)),
    (conversations.operations, ("overseeing", "holding")),
    (kept.operations, ("kept",)),
    # Before the others: their addresses have an id where it has its name.
    (lookup.operations, ("customers",)),
    (customers.operations, ("customers", "restricting", "outreach")),
    (requests.operations, ("register", "clock")),
    (searching.operations, ("finding",)),
    (exports.operations, ("exporting",)),
    (erasures.operations, ("erasing", "erasure_papers")),
    (holdings.operations, ("tracing", "mapping", "fields")),
    (processing.operations, ("fields", "processing", "clock")),
    (audit.operations, ("audit_reading",)),
    (server.operations, ("gauges",)),
    (backups.operations, ("giving_backups",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Who does what the operations ask for; each as its file wants it.

    What is None is left out of the table, as are its operations.
    """

    proving: Any = None
    administering: Any = None
    enrolling: Any = None
    renewing: Any = None
    rule_trials: Any = None
    overseeing: Any = None
    holding: Any = None
    kept: Any = None
    customers: Any = None
    restricting: Any = None
    outreach: Any = None
    register: Any = None
    clock: Any = None
    finding: Any = None
    exporting: Any = None
    erasing: Any = None
    erasure_papers: Any = None
    tracing: Any = None
    mapping: Any = None
    fields: Any = None
    processing: Any = None
    audit_reading: Any = None
    gauges: Any = None
    giving_backups: Any = None


def table(services: Services) -> list[Operation]:
    """All operations that ``services`` can do, and their document."""
    found: list[Operation] = []
    for operations, names in _FILES:
        wanted = [getattr(services, name) for name in names]
        if None not in wanted:
            found += operations(*wanted)
    return with_document(found)


def every_operation() -> list[Operation]:
    """All there can be, to be read and not to be called."""
    fields = Services.__dataclass_fields__
    return table(Services(**dict.fromkeys(fields, _Anybody())))


class _Anybody:
    """Stands where a service would, and has whatever is asked of it."""

    def __getattr__(self, name: str) -> _Anybody:
        return self
