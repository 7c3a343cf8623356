"""Renewing secrets: made here, told once, and never again.

Of what signs webhooks the one before stays good beside the new one, so that
the other side can change over without a pause. The rest is good no more from
the moment the new one is told.
"""

from __future__ import annotations

from typing import Protocol

from server.domain.permission import Principal
from server.domain.resource import ResourceKind
from server.ids import AccountId, Randomness, new_token, token_hash
from server.protocol.forms import Form
from server.protocol.stored_forms import with_fields
from server.services.entries import Entry
from server.vault.webhook_secret import WebhookSecret

#: What webhooks are signed with at once.
MOST_SECRETS = 2


class Kept(Protocol):
    """What renewing needs of whoever keeps forms."""

    async def replace(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        form: Form,
        if_revision: int | None = None,
    ) -> Entry:
        """Keep it instead of the one of its id."""
        ...

    def get(self, kind: ResourceKind, account: AccountId, id: str) -> Entry:  # noqa: A002
        """The one of that id, with its secrets."""
        ...


class Renewing:
    """Makes secrets.

    Each call gives back what is kept now, and the secret. Each raises
    ``NotFound``, and what whoever keeps forms raises.

    Args:
        kept: Keeps forms.
        randomness: Where secrets come from.
    """

    def __init__(self, kept: Kept, randomness: Randomness) -> None:
        self._kept = kept
        self._randomness = randomness

    async def channel_secret(
        self, principal: Principal, account: AccountId, channel: str
    ) -> tuple[Entry, str]:
        """What the account's back-end signs tokens with."""
        entry = self._kept.get(ResourceKind.CHANNEL, account, channel)
        secret = new_token(self._randomness)
        form = with_fields(entry.form, secret=secret)
        return await self._replaced(principal, entry, form), secret

    async def webhook_secret(
        self, principal: Principal, account: AccountId, application: str
    ) -> tuple[Entry, str]:
        """What an application's webhook requests are signed with."""
        entry = self._kept.get(ResourceKind.APPLICATION, account, application)
        secret = WebhookSecret.generate(self._randomness).text()
        before = getattr(entry.form, "secrets", ())
        secrets = (secret, *before)[:MOST_SECRETS]
        form = with_fields(entry.form, secrets=secrets)
        return await self._replaced(principal, entry, form), secret

    async def application_key(
        self, principal: Principal, account: AccountId, application: str
    ) -> tuple[Entry, str]:
        """What an application connects and calls with."""
        entry = self._kept.get(ResourceKind.APPLICATION, account, application)
        key = new_token(self._randomness)
        form = with_fields(entry.form, key_hash=token_hash(key).hex())
        return await self._replaced(principal, entry, form), key

    async def _replaced(
        self, principal: Principal, entry: Entry, form: Form
    ) -> Entry:
        return await self._kept.replace(
            principal,
            entry.kind,
            account=entry.account,
            form=form,
            # What somebody else has changed meanwhile is not undone.
            if_revision=entry.revision,
        )
