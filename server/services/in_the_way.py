"""What stands in the way of a change, as things are."""

from __future__ import annotations

from server.domain.permission import AgentRole, Principal
from server.domain.resource import MOST, UNIQUE_EVERYWHERE, ResourceKind
from server.errors import Conflict, ConflictCode, NotFound
from server.ids import AccountId
from server.protocol.forms import (
    AgentForm,
    ApplicationForm,
    ChannelForm,
    Form,
    QueueForm,
)
from server.protocol.stored_forms import KINDS
from server.services.account_keys import AccountKeys
from server.services.directory import Directory
from server.services.entries import Entry

#: Accounts of one server.
MOST_ACCOUNTS = 10_000


class InTheWay:
    """Refuses what cannot be done now.

    Args:
        directory: What there is.
        keys: Those of accounts, also of such as are being removed.
    """

    def __init__(self, directory: Directory, keys: AccountKeys) -> None:
        self._directory = directory
        self._keys = keys

    def of_new(self, kind: ResourceKind, account: AccountId, id_: str) -> None:
        """Refuse something new.

        Raises:
            NotFound: There is no such account.
            Conflict: The name is taken, or there are as many as may be.
        """
        directory = self._directory
        if kind is ResourceKind.ACCOUNT:
            # One that is being removed still has its key.
            if account in directory.accounts or account in self._keys:
                raise Conflict(ConflictCode.EXISTS)
            if len(directory.accounts) >= MOST_ACCOUNTS:
                raise Conflict(ConflictCode.FULL)
            return
        if account not in directory.accounts:
            raise NotFound
        # Of another account's it says no more than that the name is taken.
        if directory.entry(kind, account, id_) is not None or (
            kind in UNIQUE_EVERYWHERE and directory.owner(kind, id_) is not None
        ):
            raise Conflict(ConflictCode.EXISTS)
        if len(directory.entries(kind, account)) >= MOST[kind]:
            raise Conflict(ConflictCode.FULL)

    def of_demotion(
        self, principal: Principal, before: Entry, after: Form | None
    ) -> None:
        """Refuse to leave an account without an administrator.

        The operator may: who else would bring it another one?

        Raises:
            Conflict: ``before`` is the last one, and ``after`` is none.
        """
        if principal.account is None or not _is_administrator(before.form):
            return
        if after is not None and _is_administrator(after):
            return
        agents = self._directory.forms(ResourceKind.AGENT, before.account)
        if sum(map(_is_administrator, agents)) == 1:
            raise Conflict(
                ConflictCode.IN_USE, "the account's last administrator"
            )

    def of_removal(self, entry: Entry) -> None:
        """Refuse to remove what something that stays depends on.

        Raises:
            Conflict: Saying what kind of thing that is.
        """
        directory, account = self._directory, entry.account
        channels = directory.forms(ResourceKind.CHANNEL, account)
        for form in (
            *channels,
            *directory.forms(ResourceKind.APPLICATION, account),
            *directory.forms(ResourceKind.QUEUE, account),
        ):
            if _names(form, entry):
                kind = KINDS[type(form)].value
                raise Conflict(
                    ConflictCode.IN_USE, f"one of the kind {kind} names it"
                )
        if entry.kind is ResourceKind.APPLICATION and any(
            isinstance(one, ChannelForm)
            and one.starts_with == "application"
            and self._is_only_server(entry, one)
            for one in channels
        ):
            raise Conflict(
                ConflictCode.IN_USE, "a channel starts with it alone"
            )

    def _is_only_server(self, entry: Entry, channel: ChannelForm) -> bool:
        others = [
            one
            for one in self._directory.forms(
                ResourceKind.APPLICATION, entry.account
            )
            if isinstance(one, ApplicationForm) and one.id != entry.id
        ]
        return not any(
            not one.channels or channel.id in one.channels for one in others
        )


def _is_administrator(form: Form) -> bool:
    return (
        isinstance(form, AgentForm)
        and AgentRole.ADMINISTRATOR.value in form.roles
    )


def _names(form: Form, entry: Entry) -> bool:
    """Whether ``form`` cannot be without ``entry``."""
    match form, entry.kind:
        case ChannelForm(), ResourceKind.QUEUE:
            return form.queue == entry.id
        case ChannelForm(), ResourceKind.BUSINESS_HOURS:
            return form.business_hours == entry.id
        case ApplicationForm(), ResourceKind.CHANNEL:
            return entry.id in form.channels
        case QueueForm(), ResourceKind.AGENT:
            return entry.id in form.agents
        case _:
            return False
