"""The API of a whole server: over its port, and over its local socket."""

from __future__ import annotations

import asyncio
import json
import stat
from typing import Any

import pytest

from server.ids import token_hash
from tests.scenes.sites import PASSWORD, Site, conversation_of, say

OPERATOR_KEY = "the operator's key of this scene"
WITH_KEY: dict[str, Any] = {"admin_key_hash": token_hash(OPERATOR_KEY).hex()}


async def ask(
    site: Site,
    method: str,
    path: str,
    *,
    token: str | None = None,
    body: object = None,
    local: bool = False,
) -> tuple[int, Any]:
    """One request, and the status and body of its answer."""
    if local:
        reader, writer = await asyncio.open_unix_connection(
            site.data / "admin.sock"
        )
    else:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", site.server.port
        )
    payload = b"" if body is None else json.dumps(body).encode()
    head = [
        f"{method} /api/v1{path} HTTP/1.1",
        "host: chat.test",
        "connection: close",
        f"content-length: {len(payload)}",
    ]
    if payload:
        head.append("content-type: application/json")
    if token:
        head.append(f"authorization: Bearer {token}")
    writer.write("\r\n".join([*head, "", ""]).encode() + payload)
    answer = await reader.read()
    writer.close()
    top, _, rest = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), json.loads(rest) if rest else None


async def test_an_agent_signs_in_and_asks_who_she_is(site: Site) -> None:
    """By password once, then by token, until she signs out."""
    wish = {"name": "maria", "password": PASSWORD}
    status, signed = await ask(site, "POST", "/sign-in", body=wish)
    token = signed["token"]

    assert status == 200
    status, me = await ask(site, "GET", "/me", token=token)
    assert (status, me["id"], me["account"]) == (200, "maria", "acme")
    assert (await ask(site, "POST", "/sign-out", token=token))[0] == 204
    assert (await ask(site, "GET", "/me", token=token))[0] == 401


async def test_the_operator_comes_by_socket_or_by_key(tmp_path: Any) -> None:
    """The socket is theirs alone, and goes when the server does."""
    site = Site(tmp_path / "data", **WITH_KEY)
    await site.start()
    path = site.data / "admin.sock"
    try:
        local = await ask(site, "GET", "/server/status", local=True)
        key = await ask(site, "GET", "/server/status", token=OPERATOR_KEY)
        nobody = await ask(site, "GET", "/server/status")
        mode = stat.S_IMODE(path.stat().st_mode)
        port = site.server.port
    finally:
        await site.stop()

    assert local[0] == key[0] == 200
    assert local[1]["is_ready"] is True
    assert local[1]["address"].endswith(f":{local[1]['port']}")
    assert local[1]["port"] == port
    assert nobody[0] == 401
    assert mode == 0o600
    assert stat.S_IMODE(site.data.stat().st_mode) == 0o700
    assert not path.exists()


async def test_a_socket_left_by_a_crash_is_replaced(site: Site) -> None:
    """Nobody answers there any more."""
    await site.stop()
    path = site.data / "admin.sock"
    import socket  # noqa: PLC0415

    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    await site.start()

    assert (await ask(site, "GET", "/me", local=True))[0] == 200


async def test_a_conversation_is_seen_and_ended(site: Site) -> None:
    """Without what was said in it."""
    customer = await site.customer()
    await say(customer, "client-0001", "A secret of mine")
    about = f"/accounts/acme/conversations/{conversation_of(customer)}"

    listed = await ask(site, "GET", "/accounts/acme/conversations", local=True)
    one = await ask(site, "GET", about, local=True)
    ended = await ask(site, "POST", f"{about}/end", local=True)
    frame = await customer.hear("ended")
    while (after := await ask(site, "GET", about, local=True))[0] == 200:
        assert after[1]["phase"] == "ending"

    assert [item["id"] for item in listed[1]["items"]] == [one[1]["id"]]
    assert one[1]["messages"] == 1
    assert "secret" not in json.dumps([listed, one])
    assert (ended[0], frame["by"]) == (204, "operator")
    assert after[0] == 404


async def test_the_audit_log_is_read(site: Site) -> None:
    """The account's own see what they did; the operator sees all."""
    await ask(site, "POST", "/sign-in", body={"name": "x", "password": "y"})
    wish = {"name": "maria", "password": PASSWORD}
    await ask(site, "POST", "/sign-in", body=wish)
    await site.server._parts.auditing.write()

    account = await ask(site, "GET", "/accounts/acme/audit", local=True)
    all_ = await ask(site, "GET", "/server/audit", local=True)

    assert [item["event"] for item in account[1]["items"]] == ["signed_in"]
    assert "server_started" in {item["event"] for item in all_[1]["items"]}


async def test_nothing_but_the_api_answers_below_it(site: Site) -> None:
    """Also where a line break stands in the address."""
    for path in ("/nothing", "/no%0Athing", "/accounts/a%0A/b/c/d/e"):
        status, told = await ask(site, "GET", path)
        assert (status, told["code"]) == (404, "not_found")


@pytest.mark.parametrize("name", ["a/b", "..", ".", "\n", " a", "a\\b", "a\t"])
async def test_an_agent_has_a_name_that_an_address_takes(
    site: Site, name: str
) -> None:
    """Whoever has another could be neither changed nor removed."""
    wish = {"name": name, "display_name": "N", "password": PASSWORD}
    agents = "/accounts/acme/agents"

    status, told = await ask(site, "POST", agents, local=True, body=wish)

    assert (status, told["errors"][0]["path"]) == (422, "$.name")
    good = wish | {"name": "ada lovelace.é"}
    assert (await ask(site, "POST", agents, local=True, body=good))[0] == 201
    one = f"{agents}/ada%20lovelace.%C3%A9"
    assert (await ask(site, "DELETE", one, local=True))[0] == 204
