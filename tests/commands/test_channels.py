"""Commands about channels: what is sent, and what stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from server.commands.channels import changes_in
from server.errors import Misconfigured
from tests.commands.conftest import Run
from tests.commands.local import Local

SHOP = "accounts/acme/channels/shop"
FOUND = {
    "id": "shop",
    "name": "Shop",
    "color": "#000000",
    "revision": 7,
    "declared": False,
    "created_at": 1.0,
    "changed_at": 1.0,
}


def test_one_is_made(server: Local, told: Callable[..., Any]) -> None:
    """With the fields that were given, numbers as numbers."""
    server.on("POST", "accounts/acme/channels", FOUND, 201)

    made = told(
        *("channel", "add", "shop", "--name", "Shop"),
        *("--origin", "https://shop.example"),
        *("--set", "retention_days=7", "--set", "greeting=Hello there"),
    )

    assert made == FOUND
    assert server.bodies("POST") == [
        {
            "id": "shop",
            "name": "Shop",
            "retention_days": 7,
            "greeting": "Hello there",
            "allowed_origins": ["https://shop.example"],
        }
    ]


def test_a_change_leaves_the_other_fields(server: Local, run: Run) -> None:
    """And is made only if nobody changed it meanwhile."""
    server.on("GET", SHOP, FOUND)
    server.on("PUT", SHOP, FOUND)

    assert run("channel", "set", "shop", "color=red") == 0

    assert server.asked[-1].body == {
        "id": "shop",
        "name": "Shop",
        "color": "red",
    }
    assert server.asked[-1].revision == '"7"'


def test_a_secret_is_no_argument(
    server: Local, run: Run, typed: Callable[[str], None]
) -> None:
    """Others can see those; a dash has it read."""
    server.on("GET", SHOP, FOUND)
    server.on("PUT", SHOP, FOUND)
    typed("a secret of the account\n")

    assert run("channel", "set", "shop", "secret=shown-to-all") == 2
    assert run("channel", "set", "shop", "secret=-") == 0
    # Nothing else than it was would come of that.
    assert run("channel", "set", "shop", "secret=null") == 2

    sent = [one["secret"] for one in server.bodies("PUT")]
    assert sent == ["a secret of the account"]


def test_the_line_for_the_site_is_shown(
    server: Local, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it goes into a page: the server knows where it is."""
    server.on("GET", SHOP, FOUND)
    server.on("GET", "server/status", {"address": "http://127.0.0.1:9000"})

    assert run("channel", "snippet", "shop") == 0

    assert capsys.readouterr().out == (
        '<script src="http://127.0.0.1:9000/widget/shop/widget.js" async>'
        "</script>\n"
    )


@pytest.mark.parametrize("verb", ["show", "remove"])
def test_one_that_is_not_there_is_said_to_be_none(
    server: Local, run: Run, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    """With exit code 1."""
    assert run("channel", verb, "nowhere") == 1
    assert "no such thing" in capsys.readouterr().err


def test_they_are_listed(
    server: Local, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """For people, and by the only account there is."""
    server.on("GET", "accounts/acme/channels?limit=200", {"items": [FOUND]})

    assert run("channel", "list") == 0
    assert "shop  Shop" in capsys.readouterr().out


def test_several_accounts_need_a_name(
    server: Local, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is done to the wrong one."""
    two = {"items": [{"id": "acme"}, {"id": "beta"}]}
    server.on("GET", "accounts?limit=200", two)

    assert run("channel", "list") == 2
    assert "--account" in capsys.readouterr().err


@pytest.mark.parametrize("field", ["active", "=x", ""])
def test_a_field_without_a_value_is_refused(field: str) -> None:
    """Nobody guesses."""
    with pytest.raises(Misconfigured, match="NAME=VALUE"):
        changes_in([field])
