"""Privacy fields as they are kept: what an account says of record types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from server.domain.privacy_fields import (
    Classification,
    LegalBasis,
    PrivacyFields,
)
from server.protocol.form import TEXT, Form

CLASSIFICATION = Annotated[
    str, Meta(pattern=r"^(public|internal|confidential|restricted)\Z")
]
LEGAL_BASIS = Annotated[
    str,
    Meta(
        pattern=r"^(consent|contract|legal_obligation|vital_interests"
        r"|public_task|legitimate_interests|not_personal)\Z"
    ),
]
OWNER = Annotated[str, Meta(max_length=80)]


class PrivacyFieldsForm(Form, frozen=True, kw_only=True):
    """What is said of the record type that is called ``id``."""

    id: Annotated[str, Meta(min_length=1, max_length=80)]
    classification: CLASSIFICATION
    legal_basis: LEGAL_BASIS | None = None
    owner: OWNER = ""
    note: TEXT = ""

    def as_fields(self) -> PrivacyFields:
        """It as a value."""
        return PrivacyFields(
            classification=Classification(self.classification),
            legal_basis=(
                None
                if self.legal_basis is None
                else LegalBasis(self.legal_basis)
            ),
            owner=self.owner,
            note=self.note,
        )
