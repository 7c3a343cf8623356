"""What the server sees of customers without asking them: browser and place."""

from __future__ import annotations

from pathlib import Path

from server.domain.context import Arrival, Device, Place
from server.gateway.device import Devices
from server.gateway.place import Places


class OwnSenses:
    """Looks up browsers and addresses on this machine; asks nobody.

    Args:
        places: The operator's database of places; None: there is none.
    """

    def __init__(self, places: Path | None) -> None:
        self._devices = Devices()
        self._places = Places(places)

    def device(self, arrival: Arrival) -> Device | None:
        """Hardware and browser."""
        return self._devices.device(arrival)

    def place(self, address: str) -> Place | None:
        """Where ``address`` is thought to be."""
        return self._places.place(address)

    def close(self) -> None:
        """Let go of files; safe to repeat."""
        self._places.close()
