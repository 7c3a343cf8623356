"""Kills a server again and again while people are erased from it.

``python -m tools.erasure_kills`` has the account's back-end bring people, who
write in a conversation that ends and is kept and in one that goes on. They are
erased by the API, and the server is killed at a random moment of that. In the
end every erasure that was acknowledged must be done, with a receipt that
verifies, and nothing of those people may be found: in no file, and by no
question.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import hmac
import json
import random
import secrets
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import uvloop

from benchmarks.figures import Figure, as_json, machine
from benchmarks.load_client import Customer
from benchmarks.server_process import (
    ACCOUNT,
    CHANNEL,
    Server,
    Setting,
    fresh_setting,
)
from server.vault.receipts import verify

#: People who are erased at once, in each life of the server.
PEOPLE = 4
#: Seconds from the asking to the kill, at most.
LIFE = 0.25
#: Seconds after which the whole run is given up.
LONGEST = 1_800.0
OK, ACCEPTED, NOT_FOUND, TOO_FAST = 200, 202, 404, 429
#: Seconds until a call that came too fast is tried again.
PAUSE = 0.5
ALL = f"/accounts/{ACCOUNT}/privacy"


@dataclass(slots=True)
class Person:
    """Somebody who is erased.

    Attributes:
        key: What the back-end calls them.
        word: What they wrote; nowhere else.
        customer: The id of their row.
        conversations: Of theirs.
        job: The erasure, once it was acknowledged.
        is_gone: Whether they were erased without: the kill came between the
            job and its answer.
    """

    key: str = field(default_factory=lambda: f"key-{secrets.token_hex(12)}")
    word: str = field(default_factory=lambda: f"word-{secrets.token_hex(12)}")
    customer: str = ""
    conversations: list[str] = field(default_factory=list)
    job: str = ""
    is_gone: bool = False

    @property
    def traces(self) -> list[bytes]:
        """What must not be found of them."""
        told = (self.key, self.word, self.customer, *self.conversations)
        return [one.encode() for one in told]


class Backend:
    """The account's own servers and officers.

    Args:
        setting: Where the server runs.
        secret: The channel's secret for tokens.
    """

    def __init__(self, setting: Setting, secret: str) -> None:
        self._setting = setting
        self._secret = secret

    async def ask(
        self, method: str, path: str, body: object = None
    ) -> tuple[int, Any]:
        """Call the API by the local socket, as fast as it lets us."""
        while True:
            reader, writer = await asyncio.open_unix_connection(
                self._setting.data / "admin.sock"
            )
            status, told = await _call(
                reader, writer, f"{method} /api/v1{path}", body=body
            )
            if status != TOO_FAST:
                return status, told
            await asyncio.sleep(PAUSE)

    async def brought(self, port: int, person: Person) -> Customer:
        """``person``, on a page of the account's."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        status, told = await _call(
            reader,
            writer,
            f"POST /{CHANNEL}/create",
            body={"customerId": person.key},
            token=self._token(),
        )
        if status != OK:
            raise AssertionError(told)
        customer = Customer()
        customer.token = told["token"]
        await customer.arrive(port)
        person.conversations.append(customer.conversation)
        return customer

    def _token(self) -> str:
        parts = (
            {"alg": "HS256", "typ": "JWT"},
            {"iss": CHANNEL, "iat": int(time.time())},
        )
        start = ".".join(_text(json.dumps(part).encode()) for part in parts)
        proof = hmac.digest(self._secret.encode(), start.encode(), "sha256")
        return f"{start}.{_text(proof)}"

    async def prepared(self, port: int) -> Person:
        """Somebody with a kept conversation and one that goes on."""
        person = Person()
        for number in range(2):
            customer = await self.brought(port, person)
            await customer.say(person.word)
            if not number:
                await customer.link.ask({"type": "end"}, "ended")
            customer.link.abort()
        _, page = await self.ask(
            "GET", f"/accounts/{ACCOUNT}/customers?limit=200"
        )
        [person.customer] = [
            one["id"]
            for one in page["items"]
            if one["platform_key"] == person.key
        ]
        return person

    async def erase(self, person: Person) -> None:
        """Ask for it; there is no job unless it was acknowledged."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            status, job = await self.ask(
                "POST", f"{ALL}/erasures", {"customer": person.customer}
            )
            if status == ACCEPTED:
                person.job = job["id"]
            person.is_gone = status == NOT_FOUND


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def _call(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    what: str,
    *,
    body: object = None,
    token: str = "",
) -> tuple[int, Any]:
    told = b"" if body is None else json.dumps(body).encode()
    head = [f"{what} HTTP/1.1", "host: localhost", "connection: close"]
    head.append(f"content-length: {len(told)}")
    head += ["content-type: application/json"] if told else []
    head += [f"authorization: Bearer {token}"] if token else []
    writer.write("\r\n".join([*head, "", ""]).encode() + told)
    answer = await reader.read()
    writer.close()
    top, _, rest = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), json.loads(rest)


async def survive(*, kills: int, seed: int) -> dict[str, Figure]:
    """Kill a server ``kills`` times while it erases; returns what is wrong.

    Args:
        kills: How often.
        seed: Decides the moments, as far as the machine lets it.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    secret = secrets.token_urlsafe(32)
    people: list[Person] = []
    with fresh_setting() as setting:
        _complete(setting, secret)
        backend = Backend(setting, secret)
        for kill in range(kills):
            server = await Server.start(setting)
            try:
                fresh = [
                    await backend.prepared(server.port) for _ in range(PEOPLE)
                ]
                asking = [
                    asyncio.ensure_future(backend.erase(one))
                    for one in (*fresh, *(p for p in people if not p.job))
                ]
                people += fresh
                await asyncio.sleep(chance.uniform(0, LIFE))
            finally:
                await server.kill()
            await asyncio.gather(*asking)
            print(f"killed {kill + 1} of {kills}", file=sys.stderr)
        server = await Server.start(setting)
        try:
            figures = await _checked(backend, people)
        finally:
            await server.stop()
        found = _found(setting, people)
    return {"kills": kills, "people": len(people), **figures, "found": found}


def _complete(setting: Setting, secret: str) -> None:
    written = setting.file.read_text()
    more = f'secret = "{secret}"\nretention_days = 30\n'
    line = 'color = "#0b6e4f"\n'
    setting.file.write_text(written.replace(line, line + more))


async def _checked(backend: Backend, people: list[Person]) -> dict[str, Figure]:
    for one in people:
        if not one.job:
            await backend.erase(one)
    _, key = await backend.ask("GET", f"{ALL}/receipt-key")
    lost = unsigned = held = 0
    for one in people:
        if not one.is_gone:
            job = await _done(backend, one)
            lost += job["state"] != "done"
            unsigned += not verify(key["public_key"], job["receipt"] or {})
        for question in (
            f"customer={one.customer}",
            *(f"conversation={which}" for which in one.conversations),
        ):
            _, told = await backend.ask("GET", f"{ALL}/holdings?{question}")
            kinds = {kind["name"] for kind in told["held"]}
            held += bool(kinds - {"ids of ended sessions", "audit log"})
    gone = sum(one.is_gone for one in people)
    return {
        "unanswered": gone,
        "unfinished": lost,
        "unsigned": unsigned,
        "held": held,
    }


async def _done(backend: Backend, one: Person) -> dict[str, Any]:
    job: dict[str, Any] = {}
    for _ in range(200):
        _, job = await backend.ask("GET", f"{ALL}/erasures/{one.job}")
        if job["state"] == "done":
            break
        await asyncio.sleep(0.05)
    return job


def _found(setting: Setting, people: list[Person]) -> int:
    """How many of their traces are in a file."""
    files = [
        path.read_bytes()
        for path in (*setting.data.rglob("*"), setting.log)
        if path.is_file()
    ]
    # The log names conversations that were damaged, by id: none is.
    return sum(
        any(trace in content for content in files)
        for one in people
        for trace in one.traces
    )


async def _bounded(asked: argparse.Namespace) -> dict[str, Figure]:
    async with asyncio.timeout(LONGEST):
        return await survive(kills=asked.kills, seed=asked.seed)


def main() -> None:
    """Run what was asked for; exits with 1 if anything was left."""
    parser = argparse.ArgumentParser(prog="python -m tools.erasure_kills")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    result = uvloop.run(_bounded(parser.parse_args()))
    print(as_json(result | machine()))
    wrong = ("unfinished", "unsigned", "held", "found")
    if any(result[name] for name in wrong):
        sys.exit(1)


if __name__ == "__main__":
    main()
