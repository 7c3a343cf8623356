# What the tests use of netaddr, which has no types of its own.
from collections.abc import Iterable

class IPSet:
    def __init__(self, iterable: Iterable[str] = ...) -> None: ...
