"""What proves to an application that a request is ours: its headers."""

from __future__ import annotations

from collections.abc import Iterable

from server.domain.application import Application
from server.ids import ApplicationId, ChannelId
from server.vault.token_secret import TokenSecret
from server.vault.tokens import LIFE, sign_outgoing
from server.vault.webhook_secret import WebhookSecret
from server.vault.webhook_signature import sign


class Signing:
    """The secrets of the applications, and what is signed with them.

    Args:
        applications: Those there are.

    Raises:
        Misconfigured: A secret may not be used.
    """

    def __init__(self, applications: Iterable[Application]) -> None:
        self._secrets: dict[ApplicationId, tuple[WebhookSecret, ...]] = {}
        self._tokens: dict[ApplicationId, TokenSecret] = {}
        self._signed: dict[
            tuple[ApplicationId, ChannelId], tuple[str, float]
        ] = {}
        for one in applications:
            self._secrets[one.id] = tuple(map(WebhookSecret.parse, one.secrets))
            if one.signs_jwt and one.secrets:
                self._tokens[one.id] = TokenSecret(one.secrets[0])

    def headers(
        self,
        application: Application,
        body: bytes,
        *,
        event: str,
        channel: ChannelId,
        at: float,
    ) -> dict[str, str]:
        """The headers for one request.

        Args:
            application: Who gets it.
            body: What is sent, to the byte.
            event: The event's id, the same for every repeat.
            channel: From where.
            at: Unix seconds, of this try.
        """
        timestamp = int(at)
        made = {
            "content-type": "application/json",
            "webhook-id": event,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(
                self._secrets[application.id],
                body,
                message_id=event,
                timestamp=timestamp,
            ),
        }
        if application.id in self._tokens:
            made["authorization"] = (
                f"Bearer {self._token(application, channel, at)}"
            )
        return made

    def _token(
        self, application: Application, channel: ChannelId, at: float
    ) -> str:
        # One costs as much as everything else about a request, so it is used
        # until half its time is over.
        key = (application.id, channel)
        token, good_until = self._signed.get(key, ("", 0.0))
        if not good_until - LIFE / 2 <= at < good_until:
            token = sign_outgoing(
                issuer=channel, secret=self._tokens[application.id], now=at
            )
            self._signed[key] = token, at + LIFE / 2
        return token
