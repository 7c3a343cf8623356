"""What is written for an account when somebody was erased: the receipt."""

from __future__ import annotations

from typing import Any

from server.ids import AccountId
from server.services.account_keys import OWNER, AccountKeys
from server.services.house import Keys
from server.services.request_register import RequestRegister
from server.vault.receipts import ReceiptSigner


class ErasurePapers:
    """Signs receipts, and blanks the words of requests.

    Args:
        keys: The key file.
        account_keys: Where the keys of accounts lie.
        register: Knows what words of requests look like.
    """

    def __init__(
        self, keys: Keys, account_keys: AccountKeys, register: RequestRegister
    ) -> None:
        self._keys = keys
        self._account_keys = account_keys
        self._register = register

    def blank(self, account: AccountId, request: str) -> bytes:
        """The sealed words of a request in which there are none.

        Raises:
            ServerError: The account's key cannot be read.
        """
        return self._register.blank(account, request)

    def signed(
        self, account: AccountId, receipt: dict[str, object]
    ) -> dict[str, Any]:
        """``receipt`` with the account's signature.

        Raises:
            ServerError: The account's key cannot be read.
        """
        return self._signer(account).sign(receipt)

    def public_key(self, account: AccountId) -> tuple[str, str]:
        """By what the account's receipts are checked: base64, and PEM.

        Raises:
            NotFound: There is no such account.
            ServerError: The account's key cannot be read.
        """
        signer = self._signer(account)
        return signer.public_key(), signer.public_pem()

    def _signer(self, account: AccountId) -> ReceiptSigner:
        # Not kept: with the account's key it has to be gone.
        return ReceiptSigner.open(
            self._keys,
            self._account_keys.slot(account),
            account=account,
            owner=OWNER,
        )
