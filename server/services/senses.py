"""What can be told of customers from how they came, without asking them."""

from __future__ import annotations

from typing import Protocol

from server.domain.context import Arrival, Device, Place


class Senses(Protocol):
    """Looks up browsers and addresses; never fails, at worst knows nothing."""

    def device(self, arrival: Arrival) -> Device | None:
        """Hardware and browser."""
        ...

    def place(self, address: str) -> Place | None:
        """Where ``address`` is thought to be."""
        ...


class NoSenses:
    """For a server that looks up nothing."""

    def device(self, arrival: Arrival) -> Device | None:  # noqa: ARG002 - as asked for
        """It is not known."""
        return None

    def place(self, address: str) -> Place | None:  # noqa: ARG002
        """It is not known."""
        return None
