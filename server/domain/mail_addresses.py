"""E-mail addresses in folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.domain.folding import Span

#: Characters before the @ (RFC 5321).
_LONGEST_NAME = 64
#: Read backwards from the @: a search forwards would look at every word
#: again and again for an @ that does not come.
_NAME = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+")
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,63}")
_QUOTES = "'`.!#$%&*/=?^{|}~"


def mail_addresses_in(text: str) -> Iterator[Span]:
    """Where the addresses of ``text`` stand, in order."""
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        behind = at + 1
        if domain:
            head = text[max(at - _LONGEST_NAME, 0) : at]
            name = _NAME.match(head[::-1])
            size = len(name[0][::-1].lstrip(_QUOTES)) if name else 0
            if size:
                behind = domain.end()
                yield at - size, behind
        at = text.find("@", behind)
