"""A kept token is its owner's alone, and of one address."""

from __future__ import annotations

from pathlib import Path

import pytest

from client_demo.errors import Unusable
from client_demo.token_file import TokenFile


def test_a_token_comes_back_from_a_file_only_its_owner_reads(
    tmp_path: Path,
) -> None:
    """Kept, loaded, and readable by nobody else."""
    path = tmp_path / "token"
    TokenFile(path, "ws://a").keep("secret")
    assert TokenFile(path, "ws://a").load() == "secret"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_open_to_others_is_refused(tmp_path: Path) -> None:
    """Whoever could read it could read the conversation."""
    path = tmp_path / "token"
    TokenFile(path, "ws://a").keep("secret")
    path.chmod(0o640)
    with pytest.raises(Unusable, match="chmod 600"):
        TokenFile(path, "ws://a").load()


def test_a_token_is_not_shown_to_another_server(tmp_path: Path) -> None:
    """It would be the key to somebody's conversation in wrong hands."""
    path = tmp_path / "token"
    TokenFile(path, "ws://a").keep("secret")
    with pytest.raises(Unusable, match="another address"):
        TokenFile(path, "ws://b").load()


def test_a_forgotten_token_leaves_no_file(tmp_path: Path) -> None:
    """None removes it, twice if need be."""
    path = tmp_path / "token"
    tokens = TokenFile(path, "ws://a")
    tokens.keep("secret")
    tokens.keep(None)
    tokens.keep(None)
    assert not path.exists()
    assert tokens.load() is None


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """Somebody else's link must not choose where the token goes."""
    aim = tmp_path / "aim"
    aim.write_text("untouched")
    path = tmp_path / "token"
    path.symlink_to(aim)
    TokenFile(path, "ws://a").keep("secret")
    assert aim.read_text() == "untouched"


def test_any_other_file_is_refused(tmp_path: Path) -> None:
    """And is not overwritten by loading it."""
    path = tmp_path / "token"
    path.write_text("shopping list")
    path.chmod(0o600)
    with pytest.raises(Unusable, match="not a token file"):
        TokenFile(path, "ws://a").load()
