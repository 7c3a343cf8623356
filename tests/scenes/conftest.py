"""What every scene may ask for: a server on loopback, and what it logs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from pathlib import Path

import pytest

from server import logs
from tests.fakes import FakeClock
from tests.scenes.sites import Site


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A server on the machine's clock."""
    site = Site(tmp_path / "data")
    await site.start()
    yield site
    await site.stop()


@pytest.fixture
async def timeless_site(tmp_path: Path) -> AsyncIterator[Site]:
    """A server on a clock that moves only when told."""
    site = Site(tmp_path / "data", FakeClock())
    await site.start()
    yield site
    await site.stop()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything logged at DEBUG: as the product writes it, and in full."""
    stream = StringIO()
    logs.set_up("debug", stream)
    in_full = logging.StreamHandler(stream)
    names = ("server", "uvicorn", "aiosqlite", "asyncio")
    for name in names:
        logging.getLogger(name).addHandler(in_full)
    yield stream
    for name in names:
        logging.getLogger(name).removeHandler(in_full)
