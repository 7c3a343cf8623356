"""What the gateway's tests get."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.gateway.sentinels import Sentinels, listening


@pytest.fixture
async def sentinels() -> AsyncIterator[Sentinels]:
    """Sentinels, for one test."""
    async with listening() as found:
        yield found
