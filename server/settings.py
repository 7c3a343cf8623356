"""The settings as values: one frozen type a table of the TOML file.

docs/operating.md explains every name; ``config`` reads and checks them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field, json

from server.protocol.forms import (
    ADDRESS,
    ID,
    TITLE,
    AgentForm,
    ApiKeyForm,
    ApplicationForm,
    BusinessHoursForm,
    CannedAnswerForm,
    ChannelForm,
    QueueForm,
    RuleForm,
)

_METRICS = Annotated[str, Meta(pattern=r"^(off|loopback|token)\Z")]
_HASH = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_POSITIVE = Annotated[float, Meta(gt=0, le=1e6)]


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the settings file."""


class TlsConfig(_Part, frozen=True, kw_only=True):
    """Certificate chain and private key, PEM."""

    certificate: Path
    key: Path


class SmtpConfig(_Part, frozen=True, kw_only=True):
    """The mail server that takes transcripts."""

    host: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:-]{1,253}\Z")]
    sender: ADDRESS = field(name="from")
    port: Annotated[int, Meta(ge=1, le=65_535)] = 587
    security: Annotated[str, Meta(pattern=r"^(starttls|tls|none)\Z")] = (
        "starttls"
    )
    user: Annotated[str, Meta(min_length=1, max_length=254)] | None = None
    password_file: Path | None = None

    def __repr__(self) -> str:
        return "<SmtpConfig>"


class LimitsConfig(_Part, frozen=True, kw_only=True):
    """What one sender, one address and all together may use."""

    messages_per_second: _POSITIVE = 5.0
    message_burst: Annotated[float, Meta(ge=1, le=1e6)] = 20.0
    connections_per_address: Annotated[int, Meta(ge=1)] = 64
    connections: Annotated[int, Meta(ge=1)] = 20_000


class AccountConfig(_Part, frozen=True, kw_only=True):
    """A client business."""

    id: ID
    name: TITLE
    channel: tuple[ChannelForm, ...] = ()
    agent: tuple[AgentForm, ...] = ()
    application: tuple[ApplicationForm, ...] = ()
    redact: Annotated[tuple[RuleForm, ...], Meta(max_length=200)] = ()
    queue: tuple[QueueForm, ...] = ()
    canned_answer: tuple[CannedAnswerForm, ...] = ()
    business_hours: tuple[BusinessHoursForm, ...] = ()
    key: tuple[ApiKeyForm, ...] = ()
    seed: bool = False


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
    admin_key_hash: _HASH | None = None
    audit_days: Annotated[int, Meta(ge=1, le=3_650)] = 365
    geo_database: Path | None = None
    master_key: Annotated[str, Meta(max_length=128)] | None = None
    previous_master_key: Annotated[str, Meta(max_length=128)] | None = None
    tls: TlsConfig | None = None
    smtp: SmtpConfig | None = None
    limits: LimitsConfig = LimitsConfig()
    account: tuple[AccountConfig, ...] = ()
    demo: bool = False

    def __repr__(self) -> str:
        return "<Config>"

    @property
    def channels(self) -> tuple[ChannelForm, ...]:
        """Every channel of every account."""
        return tuple(channel for one in self.account for channel in one.channel)

    @property
    def agents(self) -> tuple[AgentForm, ...]:
        """Every agent of every account."""
        return tuple(agent for one in self.account for agent in one.agent)

    @property
    def applications(self) -> tuple[ApplicationForm, ...]:
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
