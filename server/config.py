"""Settings: a TOML file and a few environment variables into a frozen Config.

The only reader of either. docs/operating.md explains every name; a setting
nobody knows is refused, because it is most likely misspelt.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from server.domain.own_patterns import check_pattern
from server.domain.redaction import Redaction
from server.errors import Misconfigured
from server.ids import AccountId
from server.protocol.form_checks import (
    is_callable,
    is_origin,
    is_webhook_secret,
)
from server.protocol.forms import (
    AgentForm,
    ApplicationForm,
    ChannelForm,
    RuleForm,
)
from server.services.form_faults import faults_among
from server.settings import (
    AccountConfig,
    Config,
    LimitsConfig,
    SmtpConfig,
    TlsConfig,
)
from server.vault.private_files import is_open_to_others
from server.vault.token_secret import TokenSecret

__all__ = [
    "AccountConfig",
    "AgentForm",
    "ApplicationForm",
    "ChannelForm",
    "Config",
    "LimitsConfig",
    "RuleForm",
    "SmtpConfig",
    "TlsConfig",
    "is_loopback",
    "is_origin",
    "load",
    "parse",
]

#: Where an application of the demo may live: on the visitor's own machine.
LOOPBACK = ("127.0.0.0/8", "::1/128")

#: Environment variables, and the settings they replace. The master key may
#: come this way and no other: a settings file is copied around.
_FROM_ENVIRONMENT = {
    "DAYFLY_DATA": "data",
    "DAYFLY_HOST": "host",
    "DAYFLY_PORT": "port",
    "DAYFLY_MASTER_KEY": "master_key",
    "DAYFLY_PREVIOUS_MASTER_KEY": "previous_master_key",
}
_NOT_IN_FILES = ("master_key", "previous_master_key", "demo")


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
    config = parse(settings, environment, source=str(path))
    if config.holds_secrets and is_open_to_others(path):
        raise Misconfigured(
            f"{path} holds secrets and others may read it: chmod 600 {path}"
        )
    return config


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
    # An empty path would be the folder that the server was started in.
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    raise TypeError("Expected a path")


def _check(config: Config, source: str) -> None:
    problems = [
        *_doubles("account", [account.id for account in config.account]),
        *_doubles("channel", [channel.id for channel in config.channels]),
        *_doubles("agent", [agent.name for agent in config.agents]),
        *_doubles("application", [one.id for one in config.applications]),
        *_bad_applications(config),
        *_bad_secrets(config),
        *_bad_origins(config),
        *_bad_networks(config),
        *_unsafe_address(config),
        *_bad_rules(config),
        *_bad_desks(config),
        *_bad_metrics(config),
        *_bad_mail(config),
    ]
    problems += [
        f"agent {agent.name}: password_hash must be what 'python run.py"
        " hash-password' prints"
        for agent in config.agents
        if not agent.password_hash.startswith("$argon2id$")
    ]
    if problems:
        raise Misconfigured(f"{source}: {problems[0]}")


def _bad_mail(config: Config) -> Iterator[str]:
    for channel in config.channels:
        if channel.transcript == "email" and (
            config.smtp is None or channel.transcript_to is None
        ):
            yield (
                f'channel {channel.id}: transcript = "email" needs [smtp] and'
                " transcript_to"
            )
    if config.smtp is None:
        return
    if config.smtp.security == "none" and not is_loopback(config.smtp.host):
        yield 'smtp: security = "none" is for a server on this machine only'
    if (config.smtp.user is None) is not (config.smtp.password_file is None):
        yield "smtp: user and password_file need each other"


def _bad_desks(config: Config) -> Iterator[str]:
    for account in config.account:
        for what, forms in (
            ("queue", account.queue),
            ("canned_answer", account.canned_answer),
            ("business_hours", account.business_hours),
        ):
            yield from _doubles(
                f"{what} of {account.id}", [one.id for one in forms]
            )
        found = (
            *account.channel,
            *account.agent,
            *account.application,
            *account.queue,
            *account.business_hours,
            *account.key,
        )
        yield from faults_among(AccountId(account.id), found)
    yield from _doubles(
        "key", [key.id for one in config.account for key in one.key]
    )


def _bad_metrics(config: Config) -> list[str]:
    if (config.metrics == "token") is (config.metrics_token_hash is not None):
        return []
    problem = (
        'metrics = "token" needs metrics_token_hash, and nothing else does:'
        " see 'python run.py new-key'"
    )
    return [problem]


def _bad_rules(config: Config) -> Iterator[str]:
    for account in config.account:
        rules = []
        for one in account.redact:
            try:
                rules.append(one.as_rule())
                if one.pattern is not None:
                    check_pattern(one.pattern)
            except Misconfigured as error:
                yield f"account {account.id}: redact {one.id}: {error}"
                return
        try:
            Redaction(rules)
        except Misconfigured as error:
            yield f"account {account.id}: redact: {error}"


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


def _bad_networks(config: Config) -> list[str]:
    problems = []
    for name in ("trusted_proxies", "allowed_networks"):
        for network in getattr(config, name):
            try:
                is_everybody = not ip_network(network, strict=False).prefixlen
            except ValueError:
                problems.append(
                    f"{name}: an address or network looks like 10.0.0.0/8"
                )
            else:
                if is_everybody:
                    problems.append(f"{name}: {network} is everybody")
    return problems


def _bad_secrets(config: Config) -> Iterator[str]:
    for channel in config.channels:
        where = f"channel {channel.id}:"
        if channel.secret is not None:
            try:
                TokenSecret(channel.secret)
            except Misconfigured as error:
                yield f"{where} secret: {error}"
        elif channel.controlled_creation:
            yield f"{where} controlled_creation needs a secret"


def _bad_applications(config: Config) -> Iterator[str]:
    for account in config.account:
        known = {channel.id for channel in account.channel}
        yield from _doubles(
            f"application of {account.id}",
            [one.name for one in account.application],
        )
        for one in account.application:
            yield from _bad_application(config, one, known)
        served = {
            channel
            for one in account.application
            for channel in one.channels or known
        }
        for channel in account.channel:
            if channel.starts_with == "application" and (
                channel.id not in served
            ):
                yield (
                    f"channel {channel.id} starts with an application, and"
                    " none serves it"
                )


def _bad_application(
    config: Config, one: ApplicationForm, known: set[str]
) -> Iterator[str]:
    where = f"application {one.id}:"
    if one.webhook is None and one.key_hash is None:
        yield f"{where} it needs a webhook, or a key_hash to connect with"
    if not known.issuperset(one.channels):
        yield f"{where} channels names one that the account has not"
    if one.webhook is not None:
        if not one.secrets:
            yield f"{where} a webhook needs secrets to sign with"
        if not _is_callable(one.webhook, config):
            yield (
                f"{where} webhook must be an https:// URL; http:// only with"
                " an address of a network in allowed_networks"
            )
    if not all(map(is_webhook_secret, one.secrets)):
        yield (
            f"{where} a secret is whsec_ and 24 to 64 bytes in base64: see"
            " 'python run.py new-key'"
        )


def _is_callable(url: str, config: Config) -> bool:
    near = LOOPBACK if config.demo else ()
    try:
        networks = [
            ip_network(network, strict=False)
            for network in (*near, *config.allowed_networks)
        ]
    except ValueError:
        return False  # that one of them is none is told by another
    return is_callable(url, networks)


#: Listens on every address the machine has.
EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - to tell it apart


def _unsafe_address(config: Config) -> list[str]:
    """What would send passwords and messages over a network in the clear."""
    url = urlsplit(config.public_url or "")
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        return ["public_url: only this machine may be reached by http://"]
    if is_loopback(config.host):
        return []
    if config.tls or config.trusted_proxies:
        if config.public_url is None and config.host in EVERY_ADDRESS:
            unknown = (
                f"public_url: with host {config.host} only this tells by what"
                " name browsers come, and the console would be refused"
            )
            return [unknown]
        return []
    problem = (
        f"host {config.host} is reachable from outside: set [tls], or name the"
        " proxy that does TLS in trusted_proxies"
    )
    return [problem]


def is_loopback(host: str) -> bool:
    """Whether ``host`` can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
