"""Tests of server/api_on_demand.py."""

from __future__ import annotations

import subprocess
import sys

#: What a server that nobody asks for it need not hold in memory.
SPARED = {
    "server.administration",
    "server.disclosure",
    "server.gateway.api.table",
    "server.gateway.egress",
    "server.services.backing_up",
    "server.services.exporting",
    "aiohttp",
    "aiosmtplib",
    "joserfc",
    "prometheus_client",
    "zoneinfo",
}


def test_a_server_starts_without_what_it_may_never_need() -> None:
    """The API, its services and the ways out are imported at first use."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, server.app; print(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()

    assert "server.parts" in loaded
    assert set(loaded) & SPARED == set()
