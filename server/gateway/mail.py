"""The way out for mail: transcripts, to the one server the operator names.

Rules of this file
    1. Nothing is said to the server before the connection is encrypted, but
       for one on this very machine; its certificate is checked.
    2. One deadline covers all of it: name, connection, TLS, mail.
    3. No error names an address, nor what the server answered: servers quote
       what they were sent.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as AS_SENT
from email.utils import formatdate
from enum import StrEnum
from ssl import SSLContext
from typing import Final

import aiosmtplib

from server.errors import Unavailable
from server.services.mail import Mail

log = logging.getLogger(__name__)

#: Seconds for one mail, all of it.
DEADLINE: Final = 30.0


class Security(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail goes.

    Attributes:
        host: Its name or address.
        port: Its port.
        security: How the connection is encrypted.
        user: Who we are there; None: nobody asks.
        password: What proves it.
        sender: Whom mails come from.
    """

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


class Postbox:
    """Hands mail to the server.

    Args:
        server: Where it goes.
        tls: By what its certificate is checked; None: what the system trusts.
        deadline: Seconds for one mail.
    """

    def __init__(
        self,
        server: MailServer,
        *,
        tls: SSLContext | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        self._server = server
        self._tls = tls
        self._deadline = deadline
        self._domain = server.sender.rpartition("@")[2]

    async def send(self, mail: Mail) -> None:
        """Have the server take ``mail``; from then on it is its own.

        Raises:
            Unavailable: It did not; why is not told but by a number.
        """
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            # Its own default asks the name service who we are, and waits.
            local_hostname=self._domain,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            tls_context=self._tls,
            timeout=self._deadline,
        )
        try:
            async with asyncio.timeout(self._deadline), client:
                await client.send_message(self._written(mail))
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            log.warning(
                "the mail server did not take a mail",
                extra={
                    "error": type(error).__name__,
                    "code": getattr(error, "code", 0),
                },
            )
            raise Unavailable("the mail server did not take it") from None

    def _written(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=AS_SENT)
        message["From"] = Address(addr_spec=self._server.sender)
        message["To"] = Address(addr_spec=mail.to)
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = formatdate(mail.at)
        # The same for a repeat, so that mailboxes can tell that it is one.
        message["Message-ID"] = f"<{mail.key}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text, cte="base64")
        message.add_alternative(mail.html, subtype="html", cte="base64")
        return message
