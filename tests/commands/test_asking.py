"""Asking the server: its refusals are told, and its absence is."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.commands.asking import Asking, Denied, NotRunning
from tests.commands.local import Local, local


def test_pages_are_put_together(server: Local, data: Path) -> None:
    """Until there is no next one."""
    server.on("GET", "things?limit=200", {"items": [1, 2], "next": "x"})
    server.on("GET", "things?limit=200&after=x", {"items": [3], "next": None})

    assert list(Asking(data).all("things")) == [1, 2, 3]


def test_what_is_asked_is_one_part_of_the_path(
    server: Local, data: Path
) -> None:
    """Whatever is in it."""
    server.on("GET", "a%2F..%2Fb/c%3Fd", {"ok": True})

    assert Asking(data).get("a/../b", "c?d") == {"ok": True}


def test_a_refusal_is_told_with_its_place(server: Local, data: Path) -> None:
    """For the person at the terminal."""
    problem = {
        "code": "invalid",
        "detail": "What was sent does not fit.",
        "errors": [{"path": "$.color", "code": "malformed", "hint": "a color"}],
    }
    server.on("POST", "things", problem, 422)

    with pytest.raises(Denied, match=r"^\$\.color: a color$") as error:
        Asking(data).post("things", body={})
    assert (error.value.status, error.value.code) == (422, "invalid")


def test_a_refusal_without_words_is_told_by_its_number(
    server: Local, data: Path
) -> None:
    """Somebody else's server, perhaps."""
    server.on("GET", "things", b"<html>", 502)

    with pytest.raises(Denied, match="502"):
        Asking(data).get("things")


def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    """And what to do."""
    assert not Asking(tmp_path).is_running()
    with pytest.raises(NotRunning, match="start it"):
        Asking(tmp_path).get("accounts")


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    """An address has room for a hundred characters."""
    with local(tmp_path / "s") as told:
        told.on("GET", "me", {"kind": "operator"})
        deep = tmp_path / ("d" * 120)
        deep.symlink_to(tmp_path / "s")

        assert Asking(deep).get("me") == {"kind": "operator"}
