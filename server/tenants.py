"""What the settings declare: accounts as they are kept, and own origins."""

from __future__ import annotations

from server.config import Config, is_loopback
from server.protocol.forms import AccountForm
from server.services.settling import Declared


def declared_in(config: Config) -> tuple[Declared, ...]:
    """The accounts that ``config`` names, and what they are made of."""
    return tuple(
        Declared(
            account=AccountForm(id=one.id, name=one.name),
            forms=(
                *one.channel,
                *one.agent,
                *one.application,
                *one.queue,
                *one.canned_answer,
                *one.business_hours,
                *one.redact,
                *one.key,
            ),
            seed=one.seed,
            renews_secrets=config.demo,
        )
        for one in config.account
    )


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
