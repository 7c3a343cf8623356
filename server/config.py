"""Settings: a TOML file and a few environment variables into a frozen Config.

The only reader of either. docs/operating.md explains every name; a setting
nobody knows is refused, because it is most likely misspelt.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from server.errors import Misconfigured

_ID = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
_TITLE = Annotated[str, Meta(min_length=1, max_length=80)]
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


class AgentConfig(_Part, frozen=True, kw_only=True):
    """Somebody who answers."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    display_name: _TITLE
    password_hash: str

    def __repr__(self) -> str:
        return f"<AgentConfig {self.name}>"


class AccountConfig(_Part, frozen=True, kw_only=True):
    """A client business."""

    id: _ID
    name: _TITLE
    channel: tuple[ChannelConfig, ...] = ()
    agent: tuple[AgentConfig, ...] = ()


class Config(_Part, frozen=True, kw_only=True):
    """Everything the operator decides; see docs/operating.md."""

    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8420
    public_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    log_level: Annotated[
        str, Meta(pattern=r"^(debug|info|warning|error)\Z")
    ] = "info"
    master_key_file: Path | None = None
    master_key: Annotated[str, Meta(max_length=128)] | None = None
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


#: Environment variables, and the settings they replace. The master key may
#: come this way and no other: a settings file is copied around.
_FROM_ENVIRONMENT = {
    "DAYFLY_DATA": "data",
    "DAYFLY_HOST": "host",
    "DAYFLY_PORT": "port",
    "DAYFLY_MASTER_KEY": "master_key",
}
_NOT_IN_FILES = ("master_key", "demo")


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Read ``path``, laid over by ``environment``.

    Raises:
        Misconfigured: Naming the file, the setting and what is wrong.
    """
    try:
        with path.open("rb") as file:
            settings = tomllib.load(file)
    except OSError as error:
        raise Misconfigured(
            f"cannot read the settings {path}: {error.strerror}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        where = re.search(r"line \d+, column \d+", str(error))
        raise Misconfigured(
            f"{path} is not TOML{f': {where.group()}' if where else ''}"
        ) from None
    for name in _NOT_IN_FILES:
        if name in settings:
            raise Misconfigured(f"{path}: {name} may not stand in a file")
    return parse(settings, environment, source=str(path))


def parse(
    settings: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    source: str = "settings",
) -> Config:
    """A checked Config of ``settings``, laid over by ``environment``.

    Raises:
        Misconfigured: Naming the setting and what is wrong.
    """
    merged: dict[str, Any] = dict(settings)
    for variable, name in _FROM_ENVIRONMENT.items():
        if variable in environment:
            merged[name] = environment[variable]
    # Systemd's way to hand over a secret: a file only this service can read.
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if folder and "master_key_file" not in merged:
        credential = Path(folder, "dayfly-master-key")
        if credential.is_file():
            merged["master_key_file"] = str(credential)
    try:
        # Not strict: the environment has numbers as text.
        config = msgspec.convert(
            merged, Config, strict=False, dec_hook=_decoded
        )
    except msgspec.ValidationError as error:
        # Its text has the expected type and the path; for a pattern also the
        # pattern. It does not quote the value.
        raise Misconfigured(f"{source}: {error}") from None
    _check(config, source)
    return config


def _decoded(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise TypeError


def _check(config: Config, source: str) -> None:
    problems = [
        *_doubles("account", [account.id for account in config.account]),
        *_doubles("channel", [channel.id for channel in config.channels]),
        *_doubles("agent", [agent.name for agent in config.agents]),
        *_bad_origins(config),
        *_bad_networks(config),
        *_unsafe_address(config),
    ]
    if not config.account:
        problems.append("no account: nobody could write or answer")
    for agent in config.agents:
        if not agent.password_hash.startswith("$argon2id$"):
            problems.append(
                f"agent {agent.name}: password_hash must be what"
                " 'python run.py hash-password' prints"
            )
    if problems:
        raise Misconfigured(f"{source}: {problems[0]}")


def _doubles(what: str, names: list[str]) -> list[str]:
    return [
        f"two of the kind {what} are called {name}"
        for name in sorted({name for name in names if names.count(name) > 1})
    ]


def _bad_origins(config: Config) -> list[str]:
    origins = [
        (f"channel {channel.id}: allowed_origins", origin)
        for channel in config.channels
        for origin in channel.allowed_origins
    ]
    if config.public_url is not None:
        origins.append(("public_url", config.public_url.rstrip("/")))
    return [
        f"{where}: an origin looks like https://shop.example, without a path"
        for where, origin in origins
        if not is_origin(origin)
    ]


def is_origin(text: str) -> bool:
    """Whether ``text`` is an origin as browsers write it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = (
        f"[{parts.hostname}]"
        if ":" in (parts.hostname or "")
        else parts.hostname
    )
    written = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and written == text
        and re.fullmatch(r"[a-z0-9.:/\[\]-]+", text) is not None
    )


def _bad_networks(config: Config) -> list[str]:
    problems = []
    for network in config.trusted_proxies:
        try:
            ip_network(network, strict=False)
        except ValueError:
            problems.append(
                "trusted_proxies: an address or network looks like 10.0.0.0/8"
            )
    return problems


def _unsafe_address(config: Config) -> list[str]:
    """What would send passwords and messages over a network in the clear."""
    if is_loopback(config.host) or config.tls or config.trusted_proxies:
        return []
    return [
        f"host {config.host} is reachable from outside: set [tls], or name the"
        " proxy that does TLS in trusted_proxies"
    ]


def is_loopback(host: str) -> bool:
    """Whether ``host`` can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
