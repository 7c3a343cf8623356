"""Privacy fields: what is proposed of a record type."""

from __future__ import annotations

from server.domain.privacy_fields import BY_NAME, Classification, proposed
from server.domain.record_types import RECORD_TYPES, Sensitivity


def test_what_is_sensitive_is_proposed_as_confidential() -> None:
    """And of nothing is said why it may be held, or who answers for it."""
    for kind in RECORD_TYPES:
        fields = proposed(kind)

        is_sensitive = kind.sensitivity is Sensitivity.SENSITIVE
        is_confidential = fields.classification is Classification.CONFIDENTIAL
        assert is_confidential is is_sensitive
        assert fields.is_proposed
        assert fields.legal_basis is None
        assert (fields.owner, fields.note) == ("", "")


def test_every_record_type_has_a_name_of_its_own() -> None:
    """Fields are said of names."""
    assert len(BY_NAME) == len(RECORD_TYPES)
