"""Puts together what shows what is held: the register, search and export."""

from __future__ import annotations

from dataclasses import dataclass

from server.services.account_keys import AccountKeys
from server.services.attaching import Attaching
from server.services.export_files import ExportFiles
from server.services.exporting import Exporting
from server.services.finding import Finding
from server.services.held_texts import HeldTexts
from server.services.house import House
from server.services.request_register import RequestRegister
from server.store.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """The parts.

    Attributes:
        register: What people asked for, and until when.
        finding: Looks for words.
        exporting: Writes everything of somebody into one sealed file.
    """

    register: RequestRegister
    finding: Finding
    exporting: Exporting

    @classmethod
    def make(
        cls,
        house: House,
        history: History,
        *,
        account_keys: AccountKeys,
        attaching: Attaching,
    ) -> Disclosure:
        """Make them."""
        register = RequestRegister(house, account_keys, history.requests)
        texts = HeldTexts(
            house, history, customers=history.customers, register=register
        )
        files = ExportFiles(
            house, history, register=register, attaching=attaching
        )
        return cls(
            register=register,
            finding=Finding(house, texts),
            exporting=Exporting(house, history.customers, files),
        )
