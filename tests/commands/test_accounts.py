"""Commands about accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.commands.conftest import Run
from tests.commands.local import Local

ACME = {"id": "acme", "name": "Acme"}


def test_they_are_made_listed_shown_and_removed(
    server: Local, told: Callable[..., Any], run: Run
) -> None:
    """One shows what it has, by name."""
    server.on("POST", "accounts", ACME, 201)
    server.on("GET", "accounts/acme", ACME)
    server.on("DELETE", "accounts/acme", None, 204)
    for kind, items in (
        ("channels", [{"id": "shop"}]),
        ("agents", [{"name": "maria"}]),
        ("applications", []),
    ):
        path = f"accounts/acme/{kind}?limit=200"
        server.on("GET", path, {"items": items})

    assert told("account", "add", "acme", "--name", "Acme") == ACME
    assert told("account", "list") == [{"id": "acme"}]
    assert told("account", "show", "acme") == ACME | {
        "channels": ["shop"],
        "agents": ["maria"],
        "applications": [],
    }
    assert run("account", "remove", "acme") == 0
