"""The demo: safe to start by anybody, and no default for production."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote

import pytest

from server.demo import Demo
from server.errors import Misconfigured
from server.ids import token_hash
from server.vault.passwords import password_matches


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """One for all, for its passwords take their time."""
    return Demo.make(
        data=tmp_path_factory.mktemp("data"),
        host="127.0.0.1",
        port=0,
        log_level="info",
    )


def test_its_passwords_are_its_own(demo: Demo, tmp_path: Path) -> None:
    """Random for each agent and each run, and hashed like any other."""
    other = Demo.make(data=tmp_path, host="::1", port=0, log_level="info")
    passwords = [*demo.passwords.values(), *other.passwords.values()]

    assert len(set(passwords)) == 4
    assert all(len(password) == 14 for password in passwords)
    for agent in demo.config.agents:
        assert password_matches(demo.passwords[agent.name], agent.password_hash)


def test_its_passwords_are_printed_once_and_nowhere_else(demo: Demo) -> None:
    """On paper for the visitor; in no repr, from where logs are fed."""
    printed = demo.introduction(8420)

    for name, password in demo.passwords.items():
        assert f"agent    {name}  password  {password}" in printed
        assert password not in repr(demo)
        assert password not in repr(demo.config)
    for line in (
        "shop     http://127.0.0.1:8420/demo/",
        "console  http://127.0.0.1:8420/console/",
        "admin    http://127.0.0.1:8420/console/admin/  (maria)",
        "health   http://127.0.0.1:8420/health",
    ):
        assert line in printed.splitlines()


def test_its_bot_may_connect(demo: Demo) -> None:
    """With a key of this run, printed once."""
    (bot,) = demo.config.applications

    assert bot.key_hash == token_hash(demo.key).hex()
    assert f"DAYFLY_BOT_KEY={demo.key} {quote(sys.executable)} -m" in (
        demo.introduction(8420)
    )
    assert "ws://127.0.0.1:8420/socket/application" in demo.introduction(8420)
    assert demo.key not in repr(demo)


def test_an_address_of_version_six_is_written_in_brackets(
    tmp_path: Path,
) -> None:
    """So that it can be clicked."""
    demo = Demo.make(data=tmp_path, host="::1", port=0, log_level="info")

    assert "http://[::1]:99/demo/" in demo.introduction(99)


def test_it_is_not_for_the_network(tmp_path: Path) -> None:
    """Without TLS passwords would travel in the clear."""
    with pytest.raises(Misconfigured, match="reachable from outside"):
        Demo.make(data=tmp_path, host="0.0.0.0", port=0, log_level="info")
