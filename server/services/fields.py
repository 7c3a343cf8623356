"""Privacy fields: what an account says of the record types, and is told."""

from __future__ import annotations

from server.domain.permission import Principal
from server.domain.privacy_fields import BY_NAME, PrivacyFields, proposed
from server.domain.record_type import RecordType
from server.domain.resource import ResourceKind
from server.errors import NotFound
from server.ids import AccountId
from server.protocol.privacy_forms import PrivacyFieldsForm
from server.services.administering import Administering
from server.services.directory import Directory

_KIND = ResourceKind.PRIVACY_FIELDS


class Fields:
    """Keeps them, beside everything else that an account is made of.

    Args:
        directory: Knows what was said.
        administering: Keeps it, and has it audited.
    """

    def __init__(
        self, directory: Directory, administering: Administering
    ) -> None:
        self._directory = directory
        self._administering = administering

    def of(self, account: AccountId | None, kind: RecordType) -> PrivacyFields:
        """What holds of ``kind``; None: of nobody's in particular."""
        said = (
            None
            if account is None
            else self._directory.entry(_KIND, account, kind.name)
        )
        if said is None or not isinstance(said.form, PrivacyFieldsForm):
            return proposed(kind)
        return said.form.as_fields()

    async def say(
        self, by: Principal, account: AccountId, form: PrivacyFieldsForm
    ) -> PrivacyFields:
        """Keep ``form``, whether or not something was said before.

        Raises:
            NotFound: There is no such record type, or account.
            Unavailable: The disk did not take it.
        """
        if form.id not in BY_NAME:
            raise NotFound
        known = self._directory.entry(_KIND, account, form.id)
        # Two who say it first at once: the second hears `exists`, and asks
        # again.
        if known is None:
            await self._administering.create(
                by, _KIND, account=account, form=form
            )
        else:
            await self._administering.replace(
                by, _KIND, account=account, form=form
            )
        return form.as_fields()
