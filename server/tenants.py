"""What the settings name, as domain values: channels, agents, own origins."""

from __future__ import annotations

from server.config import Config, is_loopback
from server.domain.agent import Agent
from server.domain.application import Application, Wish
from server.domain.channel import Channel
from server.domain.context import Part
from server.domain.redaction import Redaction
from server.ids import AccountId, AgentId, ApplicationId, ChannelId


def channels_of(config: Config) -> dict[ChannelId, Channel]:
    """The channels of ``config`` by id."""
    return {
        ChannelId(one.id): Channel(
            id=ChannelId(one.id),
            account=AccountId(account.id),
            name=one.name,
            greeting=one.greeting,
            color=one.color,
            allowed_origins=one.allowed_origins,
            inactivity=one.inactivity_minutes * 60.0,
            max_age=one.max_age_hours * 3600.0,
            starts_with_application=one.starts_with == "application",
            ending_grace=one.ending_grace_seconds,
            attachment_bytes=(
                int(one.attachment_mib * 2**20) if one.attachments else 0
            ),
            most_attachments=one.attachments_per_conversation,
            context=frozenset(map(Part, one.context)),
            page_query=one.page_query,
            allowed_cookies=frozenset(one.allowed_cookies),
            secret=one.secret,
            accepts_tokens_without_iat=one.accept_tokens_without_iat,
            controlled_creation=one.controlled_creation,
        )
        for account in config.account
        for one in account.channel
    }


def agents_of(config: Config) -> dict[AgentId, Agent]:
    """The agents of ``config`` by the name they sign in with."""
    return {
        AgentId(one.name): Agent(
            id=AgentId(one.name),
            account=AccountId(account.id),
            name=one.name,
            display_name=one.display_name,
            password_hash=one.password_hash,
        )
        for account in config.account
        for one in account.agent
    }


def applications_of(config: Config) -> tuple[Application, ...]:
    """The applications of ``config``."""
    return tuple(
        Application(
            id=ApplicationId(one.id),
            account=AccountId(account.id),
            name=one.name,
            channels=frozenset(map(ChannelId, one.channels)),
            webhook=one.webhook,
            secrets=one.secrets,
            signs_jwt=one.signs_jwt,
            wants=frozenset(map(Wish, one.wants)),
            key_hash=bytes.fromhex(one.key_hash) if one.key_hash else None,
        )
        for account in config.account
        for one in account.application
    )


def redactions_of(config: Config) -> dict[AccountId, Redaction]:
    """The rules of those accounts that have any."""
    return {
        AccountId(account.id): Redaction(
            one.as_rule() for one in account.redact
        )
        for account in config.account
        if account.redact
    }


def own_origins(config: Config, port: int) -> tuple[str, ...]:
    """The origins of this server's own pages, as browsers write them."""
    if config.public_url is not None:
        return (config.public_url.rstrip("/"),)
    scheme, usual = ("https", 443) if config.tls else ("http", 80)
    written = "" if port == usual else f":{port}"
    hosts = [f"[{config.host}]" if ":" in config.host else config.host]
    if is_loopback(config.host):
        hosts = ["127.0.0.1", "localhost", "[::1]"]
    return tuple(f"{scheme}://{host}{written}" for host in hosts)
