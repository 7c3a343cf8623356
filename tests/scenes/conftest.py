"""What every scene may ask for: a server on loopback, stopped at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
