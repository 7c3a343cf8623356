"""Privacy fields: what an account says of a record type.

How confidential it is, on which basis of law it is held, and who in the
account answers for it. The registry knows how sensitive a type is, so it can
propose the first; the second and the third only the account can know, and
until it says so they are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.domain.record_type import RecordType, Sensitivity
from server.domain.record_types import RECORD_TYPES


class Classification(StrEnum):
    """Who may see it."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


class LegalBasis(StrEnum):
    """Why it may be held (GDPR 6 (1), a to f), or that nobody is meant."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"
    NOT_PERSONAL = "not_personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyFields:
    """What is said of one record type.

    Attributes:
        classification: How confidential it is.
        legal_basis: Why it may be held; None: nobody has said.
        owner: Who answers for it; empty: nobody has said.
        note: The account's own words.
        is_proposed: Whether the account has said nothing yet.
    """

    classification: Classification
    legal_basis: LegalBasis | None = None
    owner: str = ""
    note: str = ""
    is_proposed: bool = False


_PROPOSED: Mapping[Sensitivity, Classification] = {
    Sensitivity.STANDARD: Classification.INTERNAL,
    Sensitivity.SENSITIVE: Classification.CONFIDENTIAL,
}

#: The record types by name: what fields can be said of.
BY_NAME: Mapping[str, RecordType] = {kind.name: kind for kind in RECORD_TYPES}


def proposed(kind: RecordType) -> PrivacyFields:
    """What holds of ``kind`` until the account says something."""
    return PrivacyFields(
        classification=_PROPOSED[kind.sensitivity], is_proposed=True
    )
