"""What back-ends hear: a status for each case, and no more than that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from server.gateway.door import Door
from server.gateway.pages import pages
from server.gateway.private_routes import PrivateRoutes
from server.services.confiding import BURST, CALLS_AT_ONCE, Confiding
from tests.fakes_asgi import Answer
from tests.services.tellers import conversation_of, curious, visit
from tests.services.worlds import Line, World
from tests.vault.token_maker import OTHER, claims_with, signed


class Backend:
    """A back-end that calls, and the customer it calls about.

    Attributes:
        world: Where.
        line: The customer's connection.
    """

    def __init__(self, world: World, line: Line) -> None:
        self.world = world
        self.line = line
        door = Door(
            world.house.channels,
            own_origins=[],
            trusted_proxies=["10.0.0.0/8"],
        )
        routes = PrivateRoutes(
            Confiding(world.house, world.remembering), door.address_of
        )
        self.app: ASGIApp = pages(
            channels={},
            public_origin=None,
            demo=True,
            health=lambda: None,  # type: ignore[arg-type,return-value]  # not asked
            more=routes.routes(),
        )

    @classmethod
    async def of(cls, **shop: Any) -> Backend:
        """One of a shop with these settings."""
        world = curious(**shop)
        return cls(world, await visit(world))

    @property
    def session(self) -> str:
        """The id of the customer's session."""
        return conversation_of(self.line)

    @property
    def private(self) -> Any:
        """What is known of the customer."""
        return self.world.session(self.session).private

    async def call(
        self,
        method: str = "POST",
        path: str = "/private-data",
        *,
        body: object = b"{}",
        token: str | None = None,
        peer: str = "192.0.2.1",
        **headers: str,
    ) -> Answer:
        """Send a request; ``headers`` replace the usual ones, "" leaves out."""
        if not isinstance(body, bytes | list):
            body = json.dumps(body).encode()
        parts = list(body) if isinstance(body, list) else [body]
        named = {
            "authorization": f"Bearer {token or self.token()}",
            "content-type": "application/json",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._ask(method, path, peer, named, iter(parts))

    def token(self, iss: str | None = None, **claims: Any) -> str:
        """A token about the customer, or about ``iss``."""
        return signed(claims=claims_with(iss=iss or self.session, **claims))

    async def _ask(
        self,
        method: str,
        path: str,
        peer: str,
        headers: dict[str, str],
        parts: Iterator[bytes],
    ) -> Answer:
        sent: list[Message] = []

        async def receive() -> Message:
            part = next(parts, None)
            if part is None:
                return {"type": "http.disconnect"}
            more = part.endswith(b"...")
            return {"type": "http.request", "body": part, "more_body": more}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "client": (peer, 5000),
            "headers": [
                (name.encode(), value.encode())
                for name, value in headers.items()
                if value
            ],
        }
        await self.app(scope, receive, send)
        head = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        whole = b"".join(one.get("body", b"") for one in sent[1:])
        return Answer(sent[0]["status"], head, whole)


async def test_post_and_put_replace_and_patch_merges() -> None:
    """200, and an empty object."""
    backend = await Backend.of()

    first = await backend.call("POST", body={"a": 1, "b": {"c": 2}})
    assert (first.status, first.body) == (200, b"{}")
    assert backend.private == {"a": 1, "b": {"c": 2}}

    assert (await backend.call("PATCH", body={"a": None, "d": 3})).status == 200
    assert backend.private == {"b": {"c": 2}, "d": 3}

    assert (await backend.call("PUT", body={"e": 4})).status == 200
    assert backend.private == {"e": 4}


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/merge-patch+json",
    ],
)
async def test_json_is_taken_by_its_names(kind: str) -> None:
    """With or without parameters."""
    backend = await Backend.of()

    assert (await backend.call("PATCH", content_type=kind)).status == 200


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer "}, 401),
        ({"authorization": "Basic YTpi"}, 401),
        ({"token": "x"}, 403),
        ({"origin": "https://shop.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"content_type": ""}, 415),
        ({"body": b""}, 400),
        ({"body": b"{"}, 400),
        ({"body": b"[]"}, 400),
        ({"body": b"null"}, 400),
        ({"body": b'"text"'}, 400),
        ({"body": b'{"a":1,"a":2}'}, 400),
        ({"body": b'{"a":NaN}'}, 400),
        ({"body": b'{"a":1e999}'}, 400),
        ({"body": b'{"a":' + b"9" * 5_000 + b"}"}, 400),
        ({"body": b'{"a":"\\ud800"}'}, 400),
        ({"body": b'{"a":"\xff"}'}, 400),
        ({"body": '{"a":1}'.encode("utf-16")}, 400),
        ({"body": b'{"a":"' + b"x" * 65_536 + b'"}'}, 413),
        ({"body": b'{"a":' + b"[" * 9 + b"]" * 9 + b"}"}, 413),
        ({"body": b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}"}, 413),
        ({"body": b'{"a":[' + b"1," * 600 + b"1]}"}, 413),
        ({"body": {"k" * 201: 1}}, 413),
        ({"body": [*[b"x" * 1_000 + b"..."] * 1_000, b""]}, 413),
        ({"body": [b"{..."]}, 400),
    ],
)
async def test_each_fault_has_its_status(
    fields: dict[str, Any], status: int
) -> None:
    """And what was known stays."""
    backend = await Backend.of()
    await backend.call(body={"before": True})

    answer = await backend.call(**fields)

    assert answer.status == status
    assert backend.private == {"before": True}


async def test_all_bad_tokens_hear_the_same() -> None:
    """Status, headers and body: which check failed is not to be seen."""
    backend = await Backend.of()
    other = OTHER.text().encode()
    claims = claims_with(iss=backend.session)

    answers = [
        await backend.call(token=token, body=b"not even JSON")
        for token in (
            "x",
            backend.token("A" * 22),
            backend.token(iat=1),
            backend.token(iat=None),
            signed(claims=claims, key=other),
            signed({"alg": "none"}, claims),
        )
    ]

    assert {answer.status for answer in answers} == {403}
    assert len({answer.body for answer in answers}) == 1
    assert len({tuple(answer.headers.items()) for answer in answers}) == 1


async def test_what_has_ended_is_gone() -> None:
    """410, to whoever can prove that it was theirs."""
    backend = await Backend.of()
    await backend.line.say("client-0001", "Hello")
    token = backend.token()
    await backend.line.do("end")
    await backend.world.ending.erase_all()

    assert (await backend.call(token=token)).status == 410
    assert (await backend.call(token=token + "A")).status == 403


async def test_too_much_is_429_and_says_when_to_come_back() -> None:
    """For one session, and for one address whatever it asks."""
    backend = await Backend.of()
    for _ in range(int(BURST)):
        await backend.call()

    answer = await backend.call()
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")

    said = {
        (await backend.call(token="x")).status
        for _ in range(int(CALLS_AT_ONCE))
    }
    assert said == {403, 429}
    assert (await backend.call(token="x", peer="192.0.2.2")).status == 403


async def test_behind_a_proxy_each_has_its_own_rate() -> None:
    """By the address that a trusted proxy names."""
    backend = await Backend.of()
    near = {"peer": "10.0.0.1", "token": "x"}
    for _ in range(int(CALLS_AT_ONCE)):
        await backend.call(**near, x_forwarded_for="192.0.2.1")

    one = await backend.call(**near, x_forwarded_for="192.0.2.1")
    other = await backend.call(**near, x_forwarded_for="192.0.2.2")
    far = await backend.call(
        token="x", peer="192.0.2.1", x_forwarded_for="192.0.2.9"
    )

    assert (one.status, other.status, far.status) == (429, 403, 429)


async def test_a_store_that_fails_is_503() -> None:
    """Nobody has to mend their token for that."""
    backend = await Backend.of()
    backend.world.records.failing.add("read")

    answer = await backend.call(token=backend.token("A" * 22))

    assert answer.status == 503


@pytest.mark.parametrize("path", ["/shop/create", "/widget/shop/create"])
async def test_a_session_is_created(path: str) -> None:
    """Both addresses; id and token open what was made."""
    backend = await Backend.of(controlled_creation=False)

    answer = await backend.call(
        path=path,
        token=backend.token("shop"),
        body={"customerId": "ada", "privateData": {"plan": "gold"}},
    )

    told = json.loads(answer.body)
    assert answer.status == 200
    line = await visit(backend.world, token=told["token"])
    assert conversation_of(line) == told["sessionId"]
    session = backend.world.session(told["sessionId"])
    assert (session.customer_id, session.private) == ("ada", {"plan": "gold"})


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"path": "/elsewhere/create"}, 403),
        ({"path": "/nowhere/create"}, 403),
        ({"body": {}}, 400),
        ({"body": []}, 400),
        ({"body": {"customerId": "ada", "privateData": 1}}, 400),
        ({"content_type": "text/plain"}, 415),
        ({"authorization": ""}, 401),
        ({"origin": "https://shop.example"}, 403),
    ],
)
async def test_a_creation_may_be_refused(
    fields: dict[str, Any], status: int
) -> None:
    """By the same statuses."""
    backend = await Backend.of()
    usual = {"path": "/shop/create", "body": {"customerId": "ada"}}

    answer = await backend.call(
        token=backend.token("shop"), **{**usual, **fields}
    )

    assert answer.status == status
    assert len(backend.world.house.sessions) == 1


@pytest.mark.parametrize("path", ["/private-data", "/shop/create"])
async def test_pages_of_other_sites_are_told_nothing(path: str) -> None:
    """No header lets a browser send what it asks leave for."""
    backend = await Backend.of()

    answer = await backend.call(
        "OPTIONS",
        path,
        origin="https://shop.example",
        access_control_request_method="POST",
    )

    assert answer.status == 405
    assert not [name for name in answer.headers if "access-control" in name]


async def test_answers_are_not_cached() -> None:
    """A token stands in one of them."""
    backend = await Backend.of()

    answer = await backend.call()

    assert answer.headers["cache-control"] == "no-store"
