"""What an account is made of: the kinds there are, and how many of each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ResourceKind(StrEnum):
    """One kind of thing that an account is made of; as it is stored."""

    ACCOUNT = "account"
    CHANNEL = "channel"
    AGENT = "agent"
    APPLICATION = "application"
    QUEUE = "queue"
    CANNED_ANSWER = "canned_answer"
    BUSINESS_HOURS = "business_hours"
    RULE = "rule"
    KEY = "key"
    IDENTITY = "identity"
    CREDENTIAL = "credential"
    PRIVACY_FIELDS = "privacy_fields"


#: Stored beside them: the account of that id is being removed.
REMOVAL = "removal"

#: Found without knowing the account, so no two accounts can have the same.
UNIQUE_EVERYWHERE = frozenset(
    {
        ResourceKind.ACCOUNT,
        ResourceKind.CHANNEL,
        ResourceKind.AGENT,
        ResourceKind.APPLICATION,
        ResourceKind.KEY,
    }
)

#: Of one account. All of them are in memory: 1,000 answers of 4,000
#: characters are the most of it. Applications are few, because each is told
#: of every message.
MOST: Mapping[ResourceKind, int] = {
    ResourceKind.ACCOUNT: 1,
    ResourceKind.CHANNEL: 200,
    ResourceKind.AGENT: 2_000,
    ResourceKind.APPLICATION: 20,
    ResourceKind.QUEUE: 200,
    ResourceKind.CANNED_ANSWER: 1_000,
    ResourceKind.BUSINESS_HOURS: 50,
    ResourceKind.RULE: 200,
    ResourceKind.KEY: 100,
    ResourceKind.IDENTITY: 200,
    ResourceKind.CREDENTIAL: 200,
    ResourceKind.PRIVACY_FIELDS: 100,
}
