"""Standard input, line by line, from whatever it is."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest

from client_demo.lines import InputLines

WRITTEN = "one\r\nzw\u00f6lf\n\nlast".encode()


@pytest.fixture
def pipe() -> Iterator[int]:
    """A pipe through which ``WRITTEN`` comes in two uneven parts."""
    reading, writing = os.pipe()
    os.write(writing, WRITTEN[:8])  # in the middle of a letter
    os.write(writing, WRITTEN[8:])
    os.close(writing)
    yield reading
    os.close(reading)


async def read(descriptor: int) -> list[str]:
    """All lines."""
    lines = InputLines(descriptor)
    found = []
    while (line := await lines.next()) is not None:
        found.append(line)
    return found


async def test_a_pipe_gives_lines(pipe: int) -> None:
    """Whatever their ends, and however the bytes arrive."""
    assert await read(pipe) == ["one", "zw\u00f6lf", "", "last"]


async def test_a_file_gives_lines_too() -> None:
    """Event loops cannot watch files; a thread can read them."""
    with tempfile.TemporaryFile() as file:
        file.write(WRITTEN)
        file.seek(0)
        assert len(await read(file.fileno())) == 4


async def test_a_long_file_waits_on_the_disk() -> None:
    """Only so many lines are read ahead, and all of them arrive."""
    with tempfile.TemporaryFile() as file:
        file.write(b"line\n" * 1000)
        file.seek(0)
        assert await read(file.fileno()) == ["line"] * 1000


async def test_an_empty_input_has_no_lines() -> None:
    """Nothing in it is not an error."""
    reading, writing = os.pipe()
    os.close(writing)
    assert await read(reading) == []
    os.close(reading)
