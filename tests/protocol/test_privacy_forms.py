"""Privacy fields as they are written down."""

from __future__ import annotations

import msgspec
import pytest

from server.domain.privacy_fields import (
    Classification,
    LegalBasis,
    PrivacyFields,
)
from server.protocol.privacy_asked import NewPrivacyFields
from server.protocol.privacy_forms import PrivacyFieldsForm


@pytest.mark.parametrize("basis", [None, *LegalBasis])
@pytest.mark.parametrize("classification", Classification)
def test_every_word_of_the_domain_can_be_written(
    classification: Classification, basis: LegalBasis | None
) -> None:
    """The forms and the domain know the same words."""
    asked = msgspec.convert(
        {
            "classification": classification.value,
            "legal_basis": basis and basis.value,
            "owner": " Data protection ",
        },
        NewPrivacyFields,
    )
    kept = msgspec.convert(
        msgspec.to_builtins(asked.of("audit log")), PrivacyFieldsForm
    )

    assert kept.id == "audit log"
    assert kept.as_fields() == PrivacyFields(
        classification=classification,
        legal_basis=basis,
        owner="Data protection",
    )
