"""An account's program, for browser tests: calls the API beside the page."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any

from tests.browser.running import Running


class Clerk:
    """Maria's, who may do everything in the demo's account."""

    def __init__(self, server: Running) -> None:
        self._root = f"{server.address}/api/v1"
        self._password = server.passwords["maria"]
        self._token = ""

    async def sign_in(self) -> None:
        """Prove who it is."""
        who = {"name": "maria", "password": self._password}
        told = await asyncio.to_thread(self._call, "POST", "/sign-in", who)
        self._token = told["token"]

    async def do(self, method: str, path: str, body: object = None) -> Any:
        """Call an operation of the account; raises if it is refused."""
        return await asyncio.to_thread(
            self._call, method, f"/accounts/acme/{path}", body
        )

    async def know(self, key: str, **more: Any) -> str:
        """Make somebody known; their id."""
        who = {"channel": "shop", "platform_key": key, **more}
        made = await self.do("POST", "customers", who)
        return str(made["id"])

    def _call(self, method: str, path: str, body: object) -> Any:
        request = urllib.request.Request(
            self._root + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        with urllib.request.urlopen(request, timeout=15) as answer:
            text = answer.read()
        return json.loads(text) if text else None
