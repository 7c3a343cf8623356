"""Why a token opens nothing: counted here, told to nobody."""

from __future__ import annotations

from enum import StrEnum

from server.errors import RefusalCode, Refused


class TokenFault(StrEnum):
    """What is wrong with a token; for our own statistics only."""

    ALGORITHM = "algorithm"
    AUDIENCE = "audience"
    CLAIMS = "claims"
    EARLY = "early"
    FORM = "form"
    HEADER = "header"
    ISSUER = "issuer"
    KEY = "key"
    LATE = "late"
    SIZE = "size"
    TYPE = "type"


class TokenRefused(Refused):
    """A token that opens nothing.

    The bearer hears ``BAD_CREDENTIALS``, whatever the reason: which check
    stopped a forged token is what its forger wants to know.

    Attributes:
        fault: The reason, to be counted here and told to nobody.
    """

    def __init__(self, fault: TokenFault) -> None:
        super().__init__(RefusalCode.BAD_CREDENTIALS)
        self.fault = fault
