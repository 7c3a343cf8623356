"""Settings: what is read, and every unsafe start that is refused."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from server.config import Config, is_loopback, is_origin, load, parse
from server.errors import Misconfigured

PHC = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA"
CANARY = "CANARY-4711"

GOOD: dict[str, Any] = {
    "account": [
        {
            "id": "acme",
            "name": "Acme",
            "channel": [{"id": "shop", "name": "Shop"}],
            "agent": [
                {"name": "maria", "display_name": "M", "password_hash": PHC}
            ],
        }
    ]
}


def settings(**changed: Any) -> dict[str, Any]:
    """Good settings but for what is ``changed``."""
    return {**deepcopy(GOOD), **changed}


def account(**changed: Any) -> dict[str, Any]:
    """Good settings but for what is ``changed`` in the account."""
    return {"account": [{**deepcopy(GOOD["account"][0]), **changed}]}


def channel(**changed: Any) -> dict[str, Any]:
    """Good settings but for what is ``changed`` in the channel."""
    return account(channel=[{"id": "shop", "name": "Shop", **changed}])


def agent(**changed: Any) -> dict[str, Any]:
    """Good settings but for what is ``changed`` in the agent."""
    return account(
        agent=[
            {"name": "m", "display_name": "M", "password_hash": PHC, **changed}
        ]
    )


def refusal(given: dict[str, Any], **environment: str) -> str:
    """Why ``given`` is refused: one line."""
    with pytest.raises(Misconfigured) as caught:
        parse(given, environment, source="dayfly.toml")
    said = str(caught.value)
    assert said.startswith("dayfly.toml: ")
    assert "\n" not in said
    assert CANARY not in said
    return said


def test_what_is_not_set_has_the_usual_value() -> None:
    """Loopback, the usual port, and limits."""
    config = parse(settings(), {})

    assert (config.host, config.port) == ("127.0.0.1", 8420)
    assert config.limits.messages_per_second == 5.0
    assert [one.id for one in config.channels] == ["shop"]
    assert [one.name for one in config.agents] == ["maria"]


TWICE = GOOD["account"] * 2


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (settings(colour=CANARY), "colour"),
        (settings(port=70_000), "port"),
        (settings(port=CANARY), "port"),
        (settings(data=5), "data"),
        (settings(data=""), "data"),
        (settings(log_level="trace"), "log_level"),
        (settings(host="0.0.0.0"), "host 0.0.0.0"),
        (
            settings(host="::", trusted_proxies=["10.0.0.1"]),
            "public_url",
        ),
        (settings(host="::"), "host ::"),
        (settings(host="chat.example"), "host chat.example"),
        (settings(host=""), "host"),
        (settings(public_url=f"https://a.example/{CANARY}"), "public_url"),
        (settings(public_url="http://chat.example"), "public_url"),
        (settings(public_url="chat.example"), "public_url"),
        (settings(trusted_proxies=[CANARY]), "trusted_proxies"),
        (settings(trusted_proxies=["0.0.0.0/0"]), "trusted_proxies"),
        (settings(trusted_proxies=["::/0"]), "trusted_proxies"),
        (settings(tls={"certificate": "c.pem"}), "key"),
        (settings(metrics="everybody"), "metrics"),
        (settings(metrics="token"), "metrics_token_hash"),
        (settings(metrics_token_hash=64 * "a"), "metrics_token_hash"),
        (settings(metrics="token", metrics_token_hash=CANARY), "metrics_token"),
        (settings(audit_days=0), "audit_days"),
        (channel(secret=CANARY), "secret"),
        (channel(secret="ab" * 20), "secret"),
        (channel(controlled_creation=True), "controlled_creation"),
        (channel(context=["shoe size"]), "context"),
        (channel(allowed_cookies=["a;b"]), "allowed_cookies"),
        (settings(limits={"connections": 0}), "connections"),
        (settings(limits={"messages_per_second": 0}), "messages_per_second"),
        (
            settings(limits={"messages_per_second": float("nan")}),
            "messages_per_second",
        ),
        (settings(account=TWICE), "account"),
        (account(id="Not An Id"), "id"),
        (account(channel=GOOD["account"][0]["channel"] * 2), "shop"),
        (account(agent=GOOD["account"][0]["agent"] * 2), "maria"),
        (channel(name=""), "name"),
        (channel(color="red"), "color"),
        (channel(allowed_origins=["*"]), "allowed_origins"),
        (channel(allowed_origins=["null"]), "allowed_origins"),
        (channel(allowed_origins=["https://a.example/"]), "allowed_origins"),
        (channel(allowed_origins=["https://a.example:443"]), "allowed_origins"),
        (channel(inactivity_minutes=0), "inactivity_minutes"),
        (channel(inactivity_minutes=float("inf")), "inactivity_minutes"),
        (channel(max_age_hours=float("nan")), "max_age_hours"),
        (agent(password_hash=CANARY), "password_hash"),
        (agent(password=CANARY), "password"),
        (agent(password_hash=""), "password_hash"),
        (account(redact=[{"id": "a"}]), "redact a: a rule needs"),
        (account(redact=[{"id": "a", "rule": CANARY}]), "rule"),
        (account(redact=[{"id": "a", "rule": "cards"}] * 2), "two rules"),
        (
            account(redact=[{"id": "a", "pattern": f"{CANARY}(?=x)"}]),
            "redact a: RE2 has no such group: (?= (looking ahead)",
        ),
    ],
)  # fmt: skip
def test_what_cannot_work_or_is_unsafe_is_refused(
    given: dict[str, Any], names: str
) -> None:
    """In one line that names the setting and never shows a secret."""
    assert names in refusal(given)


@pytest.mark.parametrize(
    "given",
    [
        {
            "host": "0.0.0.0",
            "public_url": "https://chat.example",
            "tls": {"certificate": "c.pem", "key": "k.pem"},
        },
        {"host": "192.0.2.7", "trusted_proxies": ["10.0.0.1"]},
        {"host": "::1"},
        {"host": "localhost", "public_url": "http://localhost:8420"},
        {"public_url": "https://chat.example/"},
        {"metrics": "off"},
        {"metrics": "token", "metrics_token_hash": 64 * "a"},
    ],
)
def test_what_is_safe_is_accepted(given: dict[str, Any]) -> None:
    """Open to the network only with TLS, or a proxy that does it."""
    assert isinstance(parse(settings(**given), {}), Config)


def test_settings_that_are_the_same_are_written_the_same() -> None:
    """Whatever their order; and a changed secret is a change."""
    given = settings(audit_days=7)
    turned = dict(reversed(given.items()))
    other = parse(agent(password_hash="$argon2id$other"), {})

    assert parse(given, {}).canonical() == parse(turned, {}).canonical()
    assert parse(given, {}).canonical() != parse(settings(), {}).canonical()
    assert other.canonical() != parse(settings(), {}).canonical()


def test_the_environment_comes_before_the_file() -> None:
    """For what containers set from outside."""
    config = parse(
        settings(port=1, host="::1", data="here"),
        {
            "DAYFLY_PORT": "9000",
            "DAYFLY_HOST": "127.0.0.2",
            "DAYFLY_DATA": "there",
            "DAYFLY_MASTER_KEY": "k",
            "UNKNOWN": "x",
        },
    )

    assert (config.port, config.host) == (9000, "127.0.0.2")
    assert (config.data, config.master_key) == (Path("there"), "k")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DAYFLY_PORT", CANARY),
        ("DAYFLY_PORT", ""),
        ("DAYFLY_DATA", ""),
        ("DAYFLY_HOST", "0.0.0.0"),
        ("DAYFLY_MASTER_KEY", CANARY * 20),
    ],
)
def test_the_environment_is_checked_as_well(variable: str, value: str) -> None:
    """It is as likely to be wrong."""
    refusal(settings(), **{variable: value})


def test_systemd_may_hand_over_the_master_key(tmp_path: Path) -> None:
    """In a folder that only this service can read; the file comes first."""
    credential = tmp_path / "dayfly-master-key"
    credential.write_text("k")
    folder = {"CREDENTIALS_DIRECTORY": str(tmp_path)}

    assert parse(settings(), folder).master_key_file == credential
    own = parse(settings(master_key_file="own.key"), folder)
    assert own.master_key_file == Path("own.key")
    credential.unlink()
    assert parse(settings(), folder).master_key_file is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("port = ", "is not TOML"),
        (f'"{CANARY}', "is not TOML"),
        ("a = 1\na = 2", "is not TOML"),
        (f'master_key = "{CANARY}"', "master_key may not stand in a file"),
        ("demo = true", "demo may not stand in a file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, text: str, says: str
) -> None:
    """With the place, if it is a slip of the pen; never with its text."""
    path = tmp_path / "dayfly.toml"
    path.write_text(text)

    with pytest.raises(Misconfigured) as caught:
        load(path, {})

    assert str(path) in str(caught.value)
    assert says in str(caught.value)
    assert CANARY not in str(caught.value)


def test_bytes_that_are_no_text_are_no_settings(tmp_path: Path) -> None:
    """And a file that is not there is said to be missing."""
    path = tmp_path / "dayfly.toml"
    with pytest.raises(Misconfigured, match="No such file"):
        load(path, {})
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(Misconfigured, match="is not TOML"):
        load(path, {})


def test_nothing_of_it_shows_when_printed() -> None:
    """It holds hashes, and perhaps the master key."""
    config = parse(settings(), {"DAYFLY_MASTER_KEY": CANARY})

    assert CANARY not in repr(config)
    assert "argon2id" not in repr(config.agents)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://shop.example", True),
        ("http://localhost:3000", True),
        ("https://[2001:db8::1]:8443", True),
        ("https://xn--bcher-kva.example", True),
        ("https://b\u00fccher.example", False),
        ("https://shop.example:443", False),
        ("http://shop.example:80", False),
        ("https://shop.example:99999", False),
        ("https://user@shop.example", False),
        ("https://Shop.example", False),
        ("https://[::1", False),
        ("ftp://shop.example", False),
        ("//shop.example", False),
        ("https://", False),
        ("", False),
    ],
)
def test_an_origin_is_written_as_browsers_do(
    text: str, *, is_one: bool
) -> None:
    """One that never matches would be found out by customers."""
    assert is_origin(text) is is_one


@pytest.mark.parametrize(
    ("host", "is_near"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("localhost.example", False),
    ],
)
def test_this_machine_only(host: str, *, is_near: bool) -> None:
    """A name might lead anywhere, except for one."""
    assert is_loopback(host) is is_near


def test_a_file_with_a_channels_secret_is_its_owners_alone(
    tmp_path: Path,
) -> None:
    """Who reads it could speak for the account."""
    path = tmp_path / "dayfly.toml"
    secret = "a secret of the shop, long enough for HS256"
    path.write_text(
        '[[account]]\nid = "acme"\nname = "Acme"\n'
        f'[[account.channel]]\nid = "shop"\nname = "Shop"\nsecret = "{secret}"'
    )
    path.chmod(0o644)
    with pytest.raises(Misconfigured) as caught:
        load(path, {})
    assert secret not in str(caught.value)

    path.chmod(0o600)
    config = load(path, {})

    assert config.channels[0].secret == secret
    assert secret not in repr(config.account)
