"""Puts together what mails transcripts; a part of ``app``."""

from __future__ import annotations

import os
from pathlib import Path

from server.errors import Misconfigured
from server.services.house import House
from server.services.keeping import Keeping
from server.services.mailing import MailRound
from server.settings import SmtpConfig

#: Bytes of a password file; a longer one is the wrong file.
_LONGEST = 1_024


def make_mailing(
    smtp: SmtpConfig | None, house: House, keeping: Keeping
) -> MailRound | None:
    """What mails transcripts; None without a mail server.

    The house is told of it.

    Raises:
        Misconfigured: The password cannot be read, or others may.
    """
    if smtp is None:
        return None
    # Not at the top: what it imports takes 13 MiB, which a server that mails
    # nothing need not have.
    from server.gateway.mail import (  # noqa: PLC0415
        MailServer,
        Postbox,
        Security,
    )

    server = MailServer(
        host=smtp.host,
        port=smtp.port,
        security=Security(smtp.security),
        sender=smtp.sender,
        user=smtp.user,
        password=_password(smtp.password_file),
    )
    mailing = MailRound(house, keeping, Postbox(server))
    house.mailing = mailing
    return mailing


def _password(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_LONGEST + 1)
    except OSError as error:
        raise Misconfigured(
            f"cannot read the mail password {path}: {error.strerror}"
        ) from None
    if mode & 0o077:
        raise Misconfigured(f"others may read {path}: chmod 600 {path}")
    try:
        text = content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        text = ""
    if not text or "\n" in text or len(content) > _LONGEST:
        raise Misconfigured(f"{path} must hold one line: a password")
    return text
