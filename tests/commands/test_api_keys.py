"""Commands about API keys: shown once, and to whoever made them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.commands.conftest import Run
from tests.commands.local import Local

MADE = {"id": "crm", "key": "dfk_sample", "scopes": ["customers:read"]}


def test_a_new_key_is_all_that_is_printed(
    server: Local, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that a program can keep it."""
    server.on("POST", "accounts/acme/keys", MADE, 201)

    assert run("api-key", "add", "crm", "--scope", "customers:read") == 0

    said = capsys.readouterr()
    assert said.out == "dfk_sample\n"
    assert "not shown again" in said.err
    assert server.bodies("POST") == [
        {"id": "crm", "name": "crm", "scopes": ["customers:read"]}
    ]


def test_programs_get_it_whole(
    server: Local, told: Callable[..., Any], run: Run
) -> None:
    """And may revoke it."""
    server.on("POST", "accounts/acme/keys", MADE, 201)
    server.on("GET", "accounts/acme/keys?limit=200", {"items": []})
    server.on("DELETE", "accounts/acme/keys/crm", None, 204)

    assert told("api-key", "add", "crm", "--scope", "a:b") == MADE
    assert told("api-key", "list") == []
    assert run("api-key", "revoke", "crm") == 0
