"""What the settings name, as domain values: channels, agents, own origins."""

from __future__ import annotations

from server.config import Config, is_loopback
from server.domain.agent import Agent
from server.domain.application import Application
from server.domain.channel import Channel
from server.domain.redaction import Redaction
from server.ids import AccountId, AgentId, ChannelId


def channels_of(config: Config) -> dict[ChannelId, Channel]:
    """The channels of ``config`` by id."""
    return {
        ChannelId(one.id): one.as_channel(AccountId(account.id))
        for account in config.account
        for one in account.channel
    }


def agents_of(config: Config) -> dict[AgentId, Agent]:
    """The agents of ``config`` by the name they sign in with."""
    return {
        AgentId(one.name): one.as_agent(AccountId(account.id))
        for account in config.account
        for one in account.agent
    }


def applications_of(config: Config) -> tuple[Application, ...]:
    """The applications of ``config``."""
    return tuple(
        one.as_application(AccountId(account.id))
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
