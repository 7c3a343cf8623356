"""What comes of a request that the server makes.

An answer, or the reason why it was not sent. Third, besides these
two, there is ``Unavailable``: it was tried, and nobody can say what became
of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from server.errors import ServerError


class EgressFault(StrEnum):
    """Why a request was not sent."""

    ADDRESS = "address"
    MALFORMED = "malformed"
    PORT = "port"
    RESOLUTION = "resolution"
    SCHEME = "scheme"
    USERINFO = "userinfo"


class EgressRefused(ServerError):
    """A URL that the server does not call; it never names the URL.

    Attributes:
        fault: Why.
    """

    def __init__(self, fault: EgressFault) -> None:
        super().__init__(f"will not be called: {fault.value}")
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said.

    Attributes:
        status: The HTTP status, redirects included: none is followed.
        headers: Those few that are read, by lower-case name.
        body: As it came, at most as long as is read; kept out of ``repr``.
        whole: False if there was more of the body than is read.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    whole: bool = True
