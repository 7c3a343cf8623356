"""A customer's token between two runs, where its person asked for that.

The file opens the conversation to whoever reads it, so it is made readable by
its owner alone, refused if others may read it, and removed when the server
says that the token opens nothing any more.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from client_demo.errors import Unusable

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class TokenFile:
    """One token of one address.

    Args:
        path: Where; None keeps nothing.
        address: Which server and channel; a token of another one is not used.
    """

    def __init__(self, path: Path | None, address: str) -> None:
        self._path = path
        self._address = address

    def load(self) -> str | None:
        """The token kept for this address, if there is one.

        Raises:
            Unusable: Others may read the file, or it is no token file.
        """
        if self._path is None or not self._path.exists():
            return None
        if self._path.stat().st_mode & _OTHERS:
            raise Unusable("the token file is open to others: chmod 600 it")
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["address"] != self._address:
                raise Unusable("the token file belongs to another address")
            return str(kept["token"])
        except (ValueError, TypeError, KeyError, OSError) as error:
            raise Unusable("not a token file of this program") from error

    def keep(self, token: str | None) -> None:
        """Keep ``token``, or remove the file if it is None.

        Raises:
            Unusable: The file cannot be written.
        """
        if self._path is None:
            return
        try:
            self._path.unlink(missing_ok=True)
            if token is None:
                return
            # Made anew, so that neither an old mode nor a link counts.
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(self._path, flags, 0o600), "w") as file:
                json.dump({"address": self._address, "token": token}, file)
        except OSError as error:
            raise Unusable("cannot write the token file") from error
