"""The first start asks; the second needs nothing."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from server.commands.serving import config_to_serve, first_start, has_accounts
from server.domain.permission import AgentRole
from server.errors import Misconfigured
from tests.services.backups import fill


def answers(*given: str) -> Callable[[str], str]:
    """Somebody who answers so, in order."""
    left = iter(given)
    return lambda _: next(left)


def asked(data: Path, settings: Path | None = None) -> Namespace:
    """``run.py serve`` about that folder."""
    return Namespace(
        data=data if settings is None else None,
        settings=settings,
        master_key_file=None,
    )


def test_five_questions_make_an_account(tmp_path: Path) -> None:
    """A seed: from then on the API rules it."""
    data = tmp_path / "data"

    config = first_start(
        data,
        answers("Fjord & Fern", "https://shop.example", "Maria", "", "8500"),
        lambda: "long enough 4u",
    )

    [account] = config.account
    assert (account.id, account.name) == ("fjord-fern", "Fjord & Fern")
    assert account.seed
    assert account.channel[0].allowed_origins == ("https://shop.example",)
    assert set(account.agent[0].roles) == set(AgentRole)
    assert account.agent[0].password_hash.startswith("$argon2id$")
    assert (config.host, config.port) == ("127.0.0.1", 8500)
    # What is kept is what the second start needs.
    again = config_to_serve(asked(data)) if has_accounts(data) else None
    assert again is None
    assert (data / "dayfly.toml").read_text() == (
        'host = "127.0.0.1"\nport = 8500\n'
    )


@pytest.mark.parametrize(
    "given",
    [
        ("Acme", "shop.example", "Maria", "", ""),
        ("Acme", "", "Maria", "0.0.0.0", ""),
        ("Acme", "", "Maria", "", "a lot"),
        ("", "", "Maria", "", ""),
    ],
)
def test_answers_that_cannot_work_are_refused(
    tmp_path: Path, given: tuple[str, ...]
) -> None:
    """And nothing is kept of them."""
    with pytest.raises(Misconfigured, match="your answers"):
        first_start(tmp_path, answers(*given), lambda: "long enough 4u")

    assert list(tmp_path.iterdir()) == []


def test_nobody_is_asked_without_a_terminal(
    tmp_path: Path, typed: Callable[[str], None]
) -> None:
    """A service that starts says what it needs instead."""
    typed("")

    with pytest.raises(Misconfigured, match="no account yet"):
        config_to_serve(asked(tmp_path))


def test_a_second_start_needs_nothing(tmp_path: Path) -> None:
    """There are accounts; and the settings are found by themselves."""
    fill(tmp_path)

    assert config_to_serve(asked(tmp_path)).port == 8420
    (tmp_path / "dayfly.toml").write_text("port = 8501\n")
    config = config_to_serve(asked(tmp_path))
    assert (config.port, config.data) == (8501, tmp_path)
