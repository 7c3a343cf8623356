"""The local socket: whose it is, who may use it, and that it goes."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from server.errors import Misconfigured
from server.gateway.admin_socket import (
    LONGEST,
    NAME,
    AdminSocket,
    bind,
    peer_of,
)


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Answer everything."""
    said = PlainTextResponse(f"hello {Request(scope).url.path}")
    await said(scope, receive, send)


async def asked(path: str) -> bytes:
    """What is answered at ``path``."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"GET /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("depth", [0, 4])
async def test_it_answers_and_goes(tmp_path: Path, depth: int) -> None:
    """Also in a folder whose name is longer than an address may be."""
    folder = tmp_path.joinpath(*["a-long-name-of-a-folder" * 2] * depth)
    folder.mkdir(parents=True, exist_ok=True)
    local = AdminSocket(hello, folder)
    running = asyncio.ensure_future(local.run())
    path = folder / NAME

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert depth == 0 or len(str(path)) > LONGEST
    opened = os.open(folder, os.O_RDONLY)
    answer = await asked(f"/proc/self/fd/{opened}/{NAME}")
    os.close(opened)
    await local.stop()
    await local.stop()
    await running

    assert answer.endswith(b"hello /x")
    assert not path.exists()


def test_a_file_in_its_place_is_not_removed(tmp_path: Path) -> None:
    """Whoever put it there may need it."""
    (tmp_path / NAME).write_text("mine")

    with pytest.raises(Misconfigured):
        bind(tmp_path)

    assert (tmp_path / NAME).read_text() == "mine"


def test_what_a_crash_left_is_replaced(tmp_path: Path) -> None:
    """The folder is locked: nobody else can be listening."""
    bind(tmp_path).close()

    bind(tmp_path).close()

    assert stat.S_ISSOCK((tmp_path / NAME).stat().st_mode)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The operator is told which."""
    with pytest.raises(Misconfigured, match="nowhere"):
        bind(tmp_path / "nowhere")


def test_the_other_end_is_told_by_the_kernel() -> None:
    """This process is its own user."""
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        assert peer_of(one) == peer_of(other) == os.geteuid()
    finally:
        one.close()
        other.close()


@pytest.mark.parametrize(
    ("user", "is_in"),
    [(0, True), (os.geteuid(), True), (None, True), (65_534, False)],
    ids=["root", "ourselves", "unknown", "another"],
)
async def test_another_user_hears_nothing(
    tmp_path: Path, user: int | None, *, is_in: bool
) -> None:
    """Whoever got to the address all the same is cut off."""
    local = AdminSocket(hello, tmp_path, user_of=lambda _: user)
    running = asyncio.ensure_future(local.run())

    try:
        answer = await asked(str(tmp_path / NAME))
    except ConnectionResetError:
        answer = b""
    await local.stop()
    await running

    assert bool(answer) is is_in
