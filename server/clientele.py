"""Puts together what knows customers, and does what they want of us."""

from __future__ import annotations

from dataclasses import dataclass

from server.services.customers import Customers
from server.services.house import House
from server.services.identifying import Identifying, Indexes
from server.services.outreach import Outreach
from server.services.restricting import Restricting
from server.store.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Clientele:
    """The parts.

    Attributes:
        identifying: Knows whose a session is; to be loaded at the start.
        customers: What is known of them, told and put right.
        restricting: What may not be done with them.
        outreach: What the business says of its own accord.
    """

    identifying: Identifying
    customers: Customers
    restricting: Restricting
    outreach: Outreach

    @classmethod
    def make(
        cls, house: House, history: History, indexes: Indexes
    ) -> Clientele:
        """Make them; the house is told who knows people."""
        identifying = Identifying(house, history.customers, indexes)
        house.identities = identifying
        customers = Customers(house, history.customers, indexes)
        return cls(
            identifying=identifying,
            customers=customers,
            restricting=Restricting(house, customers),
            outreach=Outreach(house, customers),
        )
