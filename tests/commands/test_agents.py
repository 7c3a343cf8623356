"""Commands about agents: passwords come by the input, never as arguments."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.commands.conftest import Run
from tests.commands.local import Local

JO = "accounts/acme/agents/jo"
FOUND = {"name": "jo", "display_name": "Jo", "roles": ["agent"]}


def test_one_is_made(
    server: Local, run: Run, typed: Callable[[str], None]
) -> None:
    """With a password from a pipe."""
    server.on("POST", "accounts/acme/agents", FOUND, 201)
    typed("long enough 4u\n")

    assert run("agent", "add", "jo", "--role", "supervisor") == 0

    assert server.bodies("POST") == [
        {
            "name": "jo",
            "display_name": "jo",
            "password": "long enough 4u",
            "roles": ["supervisor"],
        }
    ]


def test_a_short_password_is_not_sent(
    server: Local,
    run: Run,
    typed: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nor shown."""
    typed("short\n")

    assert run("agent", "add", "jo") == 2
    assert server.bodies("POST") == []
    assert "short" not in capsys.readouterr().err


def test_a_change_leaves_the_rest(
    server: Local, run: Run, typed: Callable[[str], None]
) -> None:
    """Roles without a password, a password without roles."""
    server.on("GET", JO, FOUND)
    server.on("PUT", JO, FOUND)
    typed("long enough 4u\n")

    assert run("agent", "roles", "jo", "administrator") == 0
    assert run("agent", "set-password", "jo") == 0

    assert server.bodies("PUT") == [
        {"display_name": "Jo", "roles": ["administrator"]},
        {
            "display_name": "Jo",
            "roles": ["agent"],
            "password": "long enough 4u",
        },
    ]


def test_they_are_listed_and_removed(server: Local, run: Run) -> None:
    """Each by one call."""
    server.on("GET", "accounts/acme/agents?limit=200", {"items": [FOUND]})
    server.on("DELETE", JO, None, 204)

    assert run("agent", "list") == 0
    assert run("agent", "remove", "jo") == 0
    assert server.asked[-1].method == "DELETE"
