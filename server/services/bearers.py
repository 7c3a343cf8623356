"""Whose token it is, for what is asked over HTTP instead of the socket.

The three kinds of tokens open what they open on the socket: a customer's its
own conversation, an agent's those of the account, an application's those of
its channels.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from server.domain.conversation import Phase
from server.domain.message import Author
from server.errors import RefusalCode, Refused
from server.ids import ConversationId, token_hash
from server.live.sessions import Session
from server.services.applying import Applying
from server.services.remembering import Remembering
from server.services.signing_in import SigningIn


@dataclass(frozen=True, slots=True)
class Bearer:
    """For whom a token speaks.

    Attributes:
        session: Where.
        side: For which side.
        may_send: Whether something may be sent there: agents see all
            conversations of their account, and write in those they have.
    """

    session: Session
    side: Author
    may_send: bool = True


class Bearers:
    """Finds out for whom a token speaks, and about which session.

    Args:
        remembering: Finds sessions.
        signing_in: Knows agents' tokens.
        applying: Knows applications' keys.
    """

    def __init__(
        self,
        remembering: Remembering,
        signing_in: SigningIn,
        applying: Applying,
    ) -> None:
        self._remembering = remembering
        self._signing_in = signing_in
        self._applying = applying

    async def bearer_of(self, token: str, conversation: str | None) -> Bearer:
        """For whom ``token`` speaks.

        Args:
            token: A customer's or an agent's token, or an API key.
            conversation: Which one is meant; a customer has only one.

        Raises:
            Refused: ``BAD_CREDENTIALS``, or ``CONVERSATION_UNKNOWN`` for
                every session it does not open.
            ServerError: What is stored cannot be read.
        """
        try:
            application = self._applying.by_key(token)
        except Refused:
            if "." in token:
                return await self._customer(token, conversation)
            return await self._agent(token, conversation)
        session = await self._applying.find(application, conversation)
        return Bearer(session, Author.APPLICATION)

    async def _customer(self, token: str, conversation: str | None) -> Bearer:
        id_, _, _ = token.partition(".")
        session = await self._remembering.session(ConversationId(id_))
        if session is None or not hmac.compare_digest(
            session.token_hash, token_hash(token)
        ):
            raise Refused(RefusalCode.BAD_CREDENTIALS)
        if conversation not in {None, session.id}:
            raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
        return Bearer(session, Author.CUSTOMER)

    async def _agent(self, token: str, conversation: str | None) -> Bearer:
        agent = await self._signing_in.by_token(token)
        session = await self._remembering.session(
            ConversationId(conversation or "")
        )
        if (
            session is None
            or session.conversation.account != agent.account
            or not session.conversation.is_stored
            or session.conversation.phase is Phase.SERVED
        ):
            raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
        has_it = session.conversation.agent == agent.id
        return Bearer(session, Author.AGENT, may_send=has_it)
