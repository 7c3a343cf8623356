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
from server.services.reaching import Reach
from server.services.request_register import RequestRegister
from server.services.stocktaking import Pseudonyms, Stocktaking
from server.store.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """The parts.

    Attributes:
        stocktaking: Says what is held.
        erasing: Takes orders to erase.
        erasure_work: Works them off.
        papers: Knows by what receipts are checked.
    """

    stocktaking: Stocktaking
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
        kept: Kept,
        register: RequestRegister,
        reaches: Mapping[ApplicationId, Reach],
        pseudonyms: Pseudonyms,
    ) -> Duties:
        """Make them; nothing runs yet."""
        stocktaking = Stocktaking(
            house, history.stock, history.erasures, pseudonyms
        )
        papers = ErasurePapers(house.keys, account_keys, register)
        steps = ErasureSteps(
            house,
            ending=ending,
            kept=kept,
            stored=history.erasures,
            people=history.customers,
            requests=history.requests,
            holdings=stocktaking,
            seals=account_keys,
            papers=papers,
        )
        work = ErasureWork(
            house,
            stored=history.erasures,
            seals=account_keys,
            steps=steps,
            telling=ErasureNotices(reaches).tell,
        )
        erasing = Erasing(
            house,
            stored=history.erasures,
            people=history.customers,
            indexes=account_keys,
            work=work,
        )
        return cls(
            stocktaking=stocktaking,
            erasing=erasing,
            erasure_work=work,
            papers=papers,
        )
