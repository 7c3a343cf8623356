"""The settings as values: one frozen type a table of the TOML file.

docs/operating.md explains every name; ``config`` reads and checks them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, json

from server.domain.message import Author
from server.domain.redaction_rules import (
    LONGEST_PATTERN,
    LONGEST_REPLACEMENT,
    MOST_KEPT,
    Action,
    Kind,
    Rule,
)

_ID = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
_TITLE = Annotated[str, Meta(min_length=1, max_length=80)]
_WISH = Annotated[str, Meta(pattern=r"^(typing|agent_messages)\Z")]
_PART = Annotated[
    str, Meta(pattern=r"^(address|place|device|page|language|tags)\Z")
]
_COOKIE = Annotated[str, Meta(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}\Z")]
_METRICS = Annotated[str, Meta(pattern=r"^(off|loopback|token)\Z")]
_HASH = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_KIND = Annotated[
    str,
    Meta(pattern=r"^(cards|iban|national_numbers|phones|email|secrets)\Z"),
]
_ACTION = Annotated[str, Meta(pattern=r"^(remove|replace|mask)\Z")]
_ROLE = Annotated[str, Meta(pattern=r"^(customer|agent|application)\Z")]
_POSITIVE = Annotated[float, Meta(gt=0, le=1e6)]


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the settings file."""


class TlsConfig(_Part, frozen=True, kw_only=True):
    """Certificate chain and private key, PEM."""

    certificate: Path
    key: Path


class LimitsConfig(_Part, frozen=True, kw_only=True):
    """What one sender, one address and all together may use."""

    messages_per_second: _POSITIVE = 5.0
    message_burst: Annotated[float, Meta(ge=1, le=1e6)] = 20.0
    connections_per_address: Annotated[int, Meta(ge=1)] = 64
    connections: Annotated[int, Meta(ge=1)] = 20_000


class ChannelConfig(_Part, frozen=True, kw_only=True):
    """A web widget."""

    id: _ID
    name: _TITLE
    greeting: Annotated[str, Meta(max_length=500)] = ""
    color: Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}\Z")] = "#0b6e4f"
    allowed_origins: tuple[str, ...] = ()
    inactivity_minutes: Annotated[float, Meta(gt=0, le=43_200)] = 30.0
    max_age_hours: Annotated[float, Meta(gt=0, le=8_760)] = 24.0
    starts_with: Annotated[str, Meta(pattern=r"^(agents|application)\Z")] = (
        "agents"
    )
    ending_grace_seconds: Annotated[float, Meta(ge=0, le=60)] = 5.0
    attachments: bool = False
    attachment_mib: Annotated[float, Meta(gt=0, le=100)] = 10.0
    attachments_per_conversation: Annotated[int, Meta(ge=1, le=1_000)] = 20
    context: tuple[_PART, ...] = (
        "address",
        "place",
        "device",
        "page",
        "language",
        "tags",
    )
    page_query: bool = False
    allowed_cookies: Annotated[tuple[_COOKIE, ...], Meta(max_length=32)] = ()
    secret: str | None = None
    accept_tokens_without_iat: bool = False
    controlled_creation: bool = False

    def __repr__(self) -> str:
        return f"<ChannelConfig {self.id}>"


class AgentConfig(_Part, frozen=True, kw_only=True):
    """Somebody who answers."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    display_name: _TITLE
    password_hash: str

    def __repr__(self) -> str:
        return f"<AgentConfig {self.name}>"


class ApplicationConfig(_Part, frozen=True, kw_only=True):
    """A program of the account's own."""

    id: _ID
    name: _TITLE
    channels: tuple[_ID, ...] = ()
    webhook: Annotated[str, Meta(min_length=1, max_length=2_048)] | None = None
    secrets: Annotated[tuple[str, ...], Meta(max_length=8)] = ()
    signs_jwt: bool = False
    wants: tuple[_WISH, ...] = ()
    key_hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")] | None = None

    def __repr__(self) -> str:
        return f"<ApplicationConfig {self.id}>"


class RedactConfig(_Part, frozen=True, kw_only=True):
    """Something to hide."""

    id: _ID
    rule: _KIND | None = None
    pattern: (
        Annotated[str, Meta(min_length=1, max_length=LONGEST_PATTERN)] | None
    ) = None
    action: _ACTION = "replace"
    replacement: Annotated[str, Meta(max_length=LONGEST_REPLACEMENT)] = (
        "[hidden]"
    )
    keep: Annotated[int, Meta(ge=0, le=MOST_KEPT)] = 0
    roles: tuple[_ROLE, ...] = ("customer", "agent", "application")
    region: str | None = None
    priority: int = 100
    enabled: bool = True

    def __repr__(self) -> str:
        return f"<RedactConfig {self.id}>"

    def as_rule(self) -> Rule:
        """It as a rule.

        Raises:
            Misconfigured: It cannot work.
        """
        return Rule(
            id=self.id,
            name=self.id,
            kind=Kind(self.rule or Kind.PATTERN),
            pattern=self.pattern,
            action=Action(self.action),
            replacement=self.replacement,
            keep=self.keep,
            roles=frozenset(map(Author, self.roles)),
            region=self.region,
            priority=self.priority,
            enabled=self.enabled,
        )


class AccountConfig(_Part, frozen=True, kw_only=True):
    """A client business."""

    id: _ID
    name: _TITLE
    channel: tuple[ChannelConfig, ...] = ()
    agent: tuple[AgentConfig, ...] = ()
    application: tuple[ApplicationConfig, ...] = ()
    redact: Annotated[tuple[RedactConfig, ...], Meta(max_length=200)] = ()


class Config(_Part, frozen=True, kw_only=True):
    """Everything the operator decides; see docs/operating.md."""

    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8420
    public_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    allowed_networks: tuple[str, ...] = ()
    log_level: Annotated[
        str, Meta(pattern=r"^(debug|info|warning|error)\Z")
    ] = "info"
    master_key_file: Path | None = None
    previous_master_key_file: Path | None = None
    metrics: _METRICS = "loopback"
    metrics_token_hash: _HASH | None = None
    audit_days: Annotated[int, Meta(ge=1, le=3_650)] = 365
    geo_database: Path | None = None
    master_key: Annotated[str, Meta(max_length=128)] | None = None
    previous_master_key: Annotated[str, Meta(max_length=128)] | None = None
    tls: TlsConfig | None = None
    limits: LimitsConfig = LimitsConfig()
    account: tuple[AccountConfig, ...] = ()
    demo: bool = False

    def __repr__(self) -> str:
        return "<Config>"

    @property
    def channels(self) -> tuple[ChannelConfig, ...]:
        """Every channel of every account."""
        return tuple(channel for one in self.account for channel in one.channel)

    @property
    def agents(self) -> tuple[AgentConfig, ...]:
        """Every agent of every account."""
        return tuple(agent for one in self.account for agent in one.agent)

    @property
    def applications(self) -> tuple[ApplicationConfig, ...]:
        """Every application of every account."""
        return tuple(app for one in self.account for app in one.application)

    def canonical(self) -> bytes:
        """All of it, written in one way: to see whether it has changed."""
        return json.encode(self, order="deterministic", enc_hook=str)

    @property
    def holds_secrets(self) -> bool:
        """Whether somebody who reads the settings could do harm by it."""
        return any(one.secrets for one in self.applications) or any(
            one.secret is not None for one in self.channels
        )
