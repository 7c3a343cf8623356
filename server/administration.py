"""The API of one server: its services, its operations, and the ways in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from server.config import Config
from server.data_folder import Opened
from server.disclosure import Disclosure
from server.domain.audit import Actor, ActorKind
from server.domain.resource import ResourceKind
from server.gateway.api.entrance import (
    AddressOf,
    FromTheNetwork,
    FromThisMachine,
)
from server.gateway.api.router import Api, alone
from server.gateway.api.server import Gauges
from server.gateway.api.table import Services, table
from server.gateway.health import HealthSource
from server.gateway.pages import Routes
from server.ids import AccountId
from server.parts import Parts
from server.services.admitting import Admitting
from server.services.audit_reading import AuditReading
from server.services.backing_up import Source
from server.services.data_map import DataMapping
from server.services.directory import Directory
from server.services.dry_run import DryRun
from server.services.fields import Fields
from server.services.giving_backups import GivingBackups
from server.services.house import House
from server.services.overseeing import Overseeing
from server.services.processing import ProcessingRegister
from server.services.proving import Proving
from server.services.rule_trials import RuleTrials
from server.tenants import own_origins

#: What of an account the audit log knows as somebody who does something.
_ACTORS = {
    ResourceKind.AGENT: ActorKind.AGENT,
    ResourceKind.KEY: ActorKind.KEY,
    ResourceKind.APPLICATION: ActorKind.APPLICATION,
}


class Administration:
    """Everything below ``/api``.

    Args:
        config: What the operator wants.
        parts: What those who come in may do.
        opened: Where it is kept.
        health: How the server does.
        is_ready: Whether anybody should be sent here.
        port: On which it listens.

    Attributes:
        local: What the local socket answers; ASGI.
    """

    def __init__(
        self,
        config: Config,
        parts: Parts,
        opened: Opened,
        *,
        health: HealthSource,
        is_ready: Callable[[], bool],
        port: int,
    ) -> None:
        house, directory = parts.house, parts.directory
        self._admitting = Admitting(house.clock)
        self._proving = Proving(
            house,
            parts.signing_in,
            key_by_hash=directory.keys.get,
            operator_hash=bytes.fromhex(config.admin_key_hash or "") or None,
        )
        gauges = Gauges(
            health=health,
            is_ready=is_ready,
            is_rotating=lambda: parts.rotating.is_due,
            rotated=lambda: parts.rotating.slots,
            address=own_origins(config, port)[0],
            port=port,
        )
        days = config.audit_days
        self._api = Api(
            table(
                services_of(
                    parts, opened, self._proving, gauges=gauges, audit_days=days
                )
            ),
            house.clock,
            admitting=self._admitting,
            is_account=directory.accounts.__contains__,
        )
        house.forgetful.append(self._api.forget)
        self.local: Any = alone(self._api.routes(FromThisMachine()))

    def routes(
        self, *, address_of: AddressOf, own_origins: Iterable[str]
    ) -> Routes:
        """What the server's port answers.

        Args:
            address_of: Whose request it is.
            own_origins: Of the pages that may call.
        """
        return self._api.routes(
            FromTheNetwork(
                self._proving,
                self._admitting,
                address_of=address_of,
                own_origins=own_origins,
            )
        )


def services_of(
    parts: Parts,
    opened: Opened,
    proving: Proving,
    *,
    gauges: Gauges,
    audit_days: float,
) -> Services:
    """Who does what the operations ask for."""
    history = opened.history
    fields = Fields(parts.directory, parts.office.administering)
    return Services(
        proving=proving,
        administering=parts.office.administering,
        enrolling=parts.office.enrolling,
        renewing=parts.office.renewing,
        rule_trials=RuleTrials(parts.directory, DryRun(parts.house)),
        overseeing=Overseeing(
            parts.house,
            history,
            ending=parts.ending,
            remembering=parts.remembering,
        ),
        holding=parts.holding,
        kept=parts.kept,
        clock=parts.house.clock,
        fields=fields,
        processing=ProcessingRegister(parts.directory, fields),
        audit_reading=AuditReading(
            history.audited, partial(actors_of, parts.directory)
        ),
        gauges=gauges,
        giving_backups=make_giving_backups(parts.house, opened),
        **services_for_people(parts, opened, audit_days=audit_days),
    )


def services_for_people(
    parts: Parts, opened: Opened, *, audit_days: float
) -> dict[str, Any]:
    """Who does what is owed to people, by the names of ``Services``."""
    disclosure = Disclosure.make(
        parts.house,
        opened.history,
        account_keys=parts.account_keys,
        attaching=parts.attaching,
    )
    return {
        "customers": parts.clientele.customers,
        "restricting": parts.clientele.restricting,
        "outreach": parts.clientele.outreach,
        "register": disclosure.register,
        "finding": disclosure.finding,
        "exporting": disclosure.exporting,
        "erasing": parts.duties.erasing,
        "erasure_papers": parts.duties.papers,
        "tracing": parts.duties.tracing,
        "mapping": DataMapping(
            parts.house,
            opened.history.stock,
            oldest_ending=lambda: parts.ending.oldest,
            audit_days=audit_days,
        ),
    }


def actors_of(directory: Directory, account: AccountId) -> set[Actor]:
    """As whom ``account``'s own are known in the audit log."""
    return {
        Actor(known_as, entry.id, int(entry.created_at * 1000))
        for kind, known_as in _ACTORS.items()
        for entry in directory.entries(kind, account)
    }


def make_giving_backups(house: House, opened: Opened) -> GivingBackups:
    """What gives backups of that folder."""
    source = Source(
        database=opened.folder.database,
        keys=opened.folder.keys,
        master=opened.master,
    )
    return GivingBackups(house, source, opened.keys)
