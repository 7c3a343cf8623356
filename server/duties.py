"""Puts together what is owed to people: erasing, and saying what is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.ids import ApplicationId
from server.services.account_keys import AccountKeys
from server.services.ending import Ending
from server.services.erasing import Erasing
from server.services.erasure_notices import ErasureNotices
from server.services.erasure_papers import ErasurePapers
from server.services.erasure_steps import ErasureSteps
from server.services.erasure_work import ErasureWork
from server.services.house import House
from server.services.kept import Kept
from server.services.panel import Panel
from server.services.reaching import Reach
from server.services.remembering import Remembering
from server.services.request_register import RequestRegister
from server.services.stocktaking import Pseudonyms, Stocktaking
from server.services.tracing import Tracing
from server.store.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """The parts.

    Attributes:
        stocktaking: Says what is held of somebody.
        tracing: Says it of whoever has a platform key.
        erasing: Takes orders to erase.
        erasure_work: Works them off.
        papers: Knows by what receipts are checked.
    """

    stocktaking: Stocktaking
    tracing: Tracing
    erasing: Erasing
    erasure_work: ErasureWork
    papers: ErasurePapers

    @classmethod
    def make(  # noqa: PLR0913 - what is owed to people touches everything
        cls,
        house: House,
        history: History,
        *,
        account_keys: AccountKeys,
        ending: Ending,
        remembering: Remembering,
        reaches: Mapping[ApplicationId, Reach],
        pseudonyms: Pseudonyms,
    ) -> Duties:
        """Make them; the house is told who answers customers."""
        own = history.erasures
        stocktaking = Stocktaking(house, history.stock, own, pseudonyms)
        papers = make_papers(house, history, account_keys)
        steps = ErasureSteps(
            house,
            ending=ending,
            kept=Kept(house, ending, remembering),
            stored=own,
            people=history.customers,
            requests=history.requests,
            holdings=stocktaking,
            seals=account_keys,
            papers=papers,
        )
        telling = ErasureNotices(reaches).tell
        work = ErasureWork(
            house, stored=own, seals=account_keys, steps=steps, telling=telling
        )
        return cls(
            stocktaking=stocktaking,
            tracing=make_tracing(
                house, history, stocktaking, keys=account_keys
            ),
            erasing=make_erasing(house, history, account_keys, work=work),
            erasure_work=work,
            papers=papers,
        ).known_to(house)

    def known_to(self, house: House) -> Duties:
        """It, now that ``house`` knows who answers customers."""
        panel = Panel(house, self.stocktaking, self.erasing)
        house.tell_holdings, house.forget = panel.tell_holdings, panel.forget
        return self


def make_papers(
    house: House, history: History, account_keys: AccountKeys
) -> ErasurePapers:
    """What signs receipts."""
    register = RequestRegister(house, account_keys, history.requests)
    return ErasurePapers(house.keys, account_keys, register)


def make_tracing(
    house: House,
    history: History,
    stocktaking: Stocktaking,
    *,
    keys: AccountKeys,
) -> Tracing:
    """What says what is held of whoever has a platform key."""
    return Tracing(
        house,
        stocktaking,
        people=history.customers,
        erased=history.erasures,
        indexes=keys,
    )


def make_erasing(
    house: House,
    history: History,
    account_keys: AccountKeys,
    *,
    work: ErasureWork,
) -> Erasing:
    """What takes orders to erase."""
    return Erasing(
        house,
        stored=history.erasures,
        people=history.customers,
        indexes=account_keys,
        work=work,
    )
