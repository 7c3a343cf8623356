"""A scene: a server is set up by its first start, and run by commands."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from run import main
from server.app import Server
from server.commands.serving import config_to_serve, first_start


async def ran(data: Path, *words: str) -> int:
    """The exit code of a command, beside the server of this process."""
    return await asyncio.to_thread(main, [*words, "--data", str(data)])


async def test_the_second_start_needs_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was answered and done between the two is there."""
    data = tmp_path / "data"
    answers = iter(("Acme", "https://shop.example", "maria", "", "0"))
    config = first_start(data, lambda _: next(answers), lambda: "long enough 4")
    async with Server(config):
        monkeypatch.setitem(sys.__dict__, "stdin", io.StringIO("x" * 12))
        assert await ran(data, "agent", "add", "jo") == 0
        assert await ran(data, "channel", "set", "acme", "greeting=Hi") == 0
        assert await ran(data, "channel", "set", "acme", "colour=red") == 2
        assert "no field colour" in capsys.readouterr().err
        assert await ran(data, "channel", "set", "acme", "color=red") == 1
        assert "$.color" in capsys.readouterr().err

    again = config_to_serve(
        Namespace(data=data, settings=None, master_key_file=None)
    )
    async with Server(again):
        capsys.readouterr()
        assert await ran(data, "agent", "list", "--json") == 0
        agents = json.loads(capsys.readouterr().out)
        assert await ran(data, "channel", "show", "acme", "--json") == 0
        channel = json.loads(capsys.readouterr().out)

    assert [one["name"] for one in agents] == ["jo", "maria"]
    assert channel["greeting"] == "Hi"
    assert channel["allowed_origins"] == ["https://shop.example"]
