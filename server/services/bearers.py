"""Whose token it is, for what is asked over HTTP instead of the socket.

The three kinds of tokens are told apart by their form, and each opens what it
opens on the socket: a customer's its own conversation, an agent's those of
the account, an application's those of its channels.
"""

from __future__ import annotations

import hmac

from server.domain.message import Author
from server.errors import RefusalCode, Refused
from server.ids import ConversationId, token_hash
from server.live.sessions import Session
from server.services.remembering import Remembering
from server.services.signing_in import SigningIn


class Bearers:
    """Finds out for whom a token speaks, and about which session."""

    def __init__(self, remembering: Remembering, signing_in: SigningIn) -> None:
        self._remembering = remembering
        self._signing_in = signing_in

    async def session_of(
        self, token: str, conversation: str | None
    ) -> tuple[Session, Author]:
        """The session that ``token`` speaks in, and for which side.

        Args:
            token: A customer's or an agent's.
            conversation: Which one an agent means; a customer has only one.

        Raises:
            Refused: ``BAD_CREDENTIALS``, or ``CONVERSATION_UNKNOWN`` for
                every session it does not open.
            ServerError: What is stored cannot be read.
        """
        if "." in token:
            return await self.customers(token), Author.CUSTOMER
        agent = await self._signing_in.by_token(token)
        session = await self._remembering.session(
            ConversationId(conversation or "")
        )
        if session is None or session.conversation.account != agent.account:
            raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
        return session, Author.AGENT

    async def customers(self, token: str) -> Session:
        """The session that the customer's ``token`` opens.

        Raises:
            Refused: ``BAD_CREDENTIALS``, for whatever reason.
            ServerError: What is stored cannot be read.
        """
        id_, _, _ = token.partition(".")
        session = await self._remembering.session(ConversationId(id_))
        if session is None or not hmac.compare_digest(
            session.token_hash, token_hash(token)
        ):
            raise Refused(RefusalCode.BAD_CREDENTIALS)
        return session
