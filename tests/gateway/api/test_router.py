"""Who is let in, in which order that is looked at, and what they hear."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.domain.permission import AgentRole, Scope
from server.domain.resource import ResourceKind
from server.gateway.api.operation import Call, Operation
from server.gateway.api.reading import MOST_BYTES
from server.protocol.forms import ChannelForm, QueueForm
from server.services.admitting import CALLS_AT_ONCE, FAILURES_AT_ONCE
from tests.gateway.api.office import ACME, OTHER, OWN_ORIGIN, Office
from tests.services.worlds import PASSWORD

QUEUE = {"id": "sales", "name": "Sales"}
QUEUES = "/accounts/acme/queues"


async def test_the_document_needs_no_sign_in() -> None:
    """Whoever writes a program reads it first."""
    heard = await Office().call("GET", "/openapi.json", token=None)

    assert heard.status == 200
    assert heard.headers["content-type"] == "application/json"
    assert heard.json["openapi"] == "3.1.0"


async def test_a_password_becomes_a_token_and_goes_again() -> None:
    """Sign in, ask who I am, sign out, and the token is worthless."""
    office = Office()
    wish = {"name": "maria", "password": PASSWORD}

    signed = await office.call("POST", "/sign-in", token=None, body=wish)
    token = signed.json["token"]
    me = await office.call("GET", "/me", token=token)
    out = await office.call("POST", "/sign-out", token=token)
    after = await office.call("GET", "/me", token=token)

    assert (signed.status, me.status, out.status) == (200, 200, 204)
    assert me.json["id"] == "maria"
    assert (me.json["kind"], me.json["account"]) == ("person", "acme")
    assert "desk:read" in me.json["scopes"]
    assert (after.status, after.code) == (401, "bad_credentials")
    assert after.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "bad", ["", "nonsense", "dfk_key-0_wrong", "dfk_", "x" * 600]
)
async def test_who_proves_nothing_hears_401(bad: str) -> None:
    """And nothing of what was tried."""
    heard = await Office().call("GET", QUEUES, token=bad)

    assert (heard.status, heard.code) == (401, "bad_credentials")
    assert not bad or bad.encode() not in heard.body


async def test_an_expired_key_opens_nothing() -> None:
    """To the second."""
    office = Office()
    now = office.world.clock.now()
    old = office.key(Scope.DESK_READ, expires_at=now)
    good = office.key(Scope.DESK_READ, expires_at=now + 1)

    assert (await office.call("GET", QUEUES, token=old)).status == 401
    assert (await office.call("GET", QUEUES, token=good)).status == 200
    office.world.clock.pass_(1)
    assert (await office.call("GET", QUEUES, token=good)).status == 401


async def test_the_local_socket_is_the_operator() -> None:
    """Without a key; a page cannot use it."""
    office = Office()

    me = await office.call("GET", "/me", token=None, app=office.local)
    page = await office.call(
        "GET", "/me", token=None, app=office.local, origin=OWN_ORIGIN
    )

    assert me.json["kind"] == "operator"
    assert me.json["account"] is None
    assert (page.status, page.code) == (403, "origin")


async def test_pages_of_others_are_refused_with_a_good_token() -> None:
    """The console's own origin may call; no other, and not "null"."""
    office = Office()
    for origin, status in [
        (OWN_ORIGIN, 200),
        ("https://evil.test", 403),
        ("null", 403),
    ]:
        heard = await office.call("GET", "/me", origin=origin)
        assert heard.status == status


async def test_too_many_failures_of_one_address_are_held_off() -> None:
    """Even the right key is then not tried; others are not slowed down."""
    office = Office()
    for _ in range(FAILURES_AT_ONCE):
        assert (await office.call("GET", "/me", token="bad")).status == 401

    held = await office.call("GET", "/me")
    other = await office.call("GET", "/me", peer="192.0.2.2")
    office.world.clock.pass_(5)
    later = await office.call("GET", "/me")

    assert (held.status, held.code) == (429, "too_fast")
    assert int(held.headers["retry-after"]) == 5
    assert (other.status, later.status) == (200, 200)


async def test_a_line_of_ipv6_is_one_address() -> None:
    """Its 2^64 addresses do not have as many tries."""
    office = Office()
    for number in range(FAILURES_AT_ONCE):
        await office.call("GET", "/me", token="bad", peer=f"2001:db8::{number}")

    heard = await office.call("GET", "/me", peer="2001:db8::ffff")

    assert heard.status == 429


async def test_one_caller_may_call_so_often() -> None:
    """A program that runs wild is told to wait."""
    office = Office()
    key = office.key(Scope.DESK_READ)
    for _ in range(CALLS_AT_ONCE):
        assert (await office.call("GET", "/me", token=key)).status == 200

    heard = await office.call("GET", "/me", token=key)

    assert heard.status == 429
    assert (await office.call("GET", "/me")).status == 200


async def test_another_account_is_as_unknown_as_none() -> None:
    """404 whatever the caller may do, word for word the same."""
    office = Office()
    token = office.agent(*AgentRole)
    office.cabinet.put(
        ResourceKind.QUEUE, OTHER, QueueForm(id="sales", name="S")
    )

    there = await office.call(
        "GET", "/accounts/other/queues/sales", token=token
    )
    nowhere = await office.call(
        "GET", "/accounts/none/queues/sales", token=token
    )
    own = await office.call("GET", "/accounts/acme/queues/sales", token=token)

    assert {one.status for one in (there, nowhere, own)} == {404}
    assert there.body == nowhere.body == own.body


async def test_the_operator_hears_404_of_no_account() -> None:
    """Nothing can be made below an account that is not there."""
    heard = await Office().call("POST", "/accounts/none/queues", body=QUEUE)

    assert heard.status == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("PATCH", QUEUES, 405, "method_not_allowed"),
        ("TRACE", "/me", 405, "method_not_allowed"),
        ("GET", "/conversations/x/answers", 405, "method_not_allowed"),
    ],
)
async def test_what_is_not_there_is_a_problem_too(
    method: str, path: str, status: int, code: str
) -> None:
    """404 and 405 speak as all the others do."""
    heard = await Office().call(method, path)

    assert (heard.status, heard.code) == (status, code)
    assert heard.json["title"]
    assert (status == 405) is ("allow" in heard.headers)


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "not_json"),
        (b"\xff", {}, 400, "not_json"),
        (b'{"id":"a","id":"b","name":"N"}', {}, 400, "not_json"),
        (b"{}", {"content_type": "text/plain"}, 415, "unsupported_media_type"),
        (b" " * (MOST_BYTES + 1), {}, 413, "too_large"),
        (b"{}", {"accept": "text/html"}, 406, "not_acceptable"),
        (b"{}", {"accept": "application/json;q=0"}, 406, "not_acceptable"),
        (b"{}", {"idempotency_key": "x" * 256}, 422, "bad_idempotency_key"),
        (b"[]", {}, 422, "invalid"),
        (b"{}", {"accept": "text/html, */*;q=0.1"}, 422, "invalid"),
    ],
)
async def test_bodies_are_refused_by_their_kind(
    body: bytes, headers: dict[str, Any], status: int, code: str
) -> None:
    """Each fault has its status."""
    heard = await Office().call("POST", QUEUES, body=body, **headers)

    assert (heard.status, heard.code) == (status, code)


async def test_a_fault_is_named_by_its_place_and_not_repeated() -> None:
    """The path leads to it; the value, and unknown names, stay away."""
    office = Office()
    wrong = {
        "id": "sales",
        "name": "N",
        "agents": ["ok", 7],
        "canary": "c4n4ry",
    }

    heard = await office.call("POST", QUEUES, body=wrong)
    missing = await office.call("POST", QUEUES, body={"id": "sales"})
    named = await office.call("GET", QUEUES, query="canary=c4n4ry")
    limit = await office.call("GET", QUEUES, query="limit=c4n4ry")
    cursor = await office.call("GET", QUEUES, query="after=c4n4ry~")

    assert heard.json["errors"][0]["path"] in {"$", "$.agents[1]"}
    assert missing.json["errors"][0]["path"] == "$.name"
    assert limit.json["errors"][0]["path"] == "?limit"
    assert cursor.code == "bad_cursor"
    for one in (heard, missing, named, limit, cursor):
        assert one.status == 422
        assert b"c4n4ry" not in one.body
        assert b"canary" not in one.body


async def test_a_body_where_none_belongs_is_refused() -> None:
    """Nothing is guessed about it."""
    heard = await Office().call("GET", QUEUES, body={})

    assert (heard.status, heard.code) == (400, "no_body")


async def test_a_thing_is_made_read_replaced_and_removed() -> None:
    """With its address and its revision, and only if it is still that one."""
    office = Office()

    made = await office.call("POST", QUEUES, body=QUEUE)
    where = made.headers["location"].removeprefix("/api/v1")
    read = await office.call("GET", where)
    again = await office.call("POST", QUEUES, body=QUEUE)
    changed = QUEUE | {"name": "New"}
    stale = await office.call("PUT", where, body=changed, if_match='"7"')
    weak = await office.call("PUT", where, body=changed, if_match='W/"1"')
    new = await office.call("PUT", where, body=changed, if_match='"1"')
    other = await office.call("PUT", where, body=QUEUE | {"id": "other"})
    gone = await office.call("DELETE", where, if_match="*")

    assert (made.status, made.headers["etag"]) == (201, '"1"')
    assert read.json == made.json
    assert (again.status, again.code) == (409, "exists")
    assert (stale.status, stale.code) == (412, "changed")
    assert weak.status == 412
    assert (new.status, new.headers["etag"]) == (200, '"2"')
    assert (other.status, other.json["errors"][0]["path"]) == (422, "$.id")
    assert (gone.status, gone.body) == (204, b"")
    assert (await office.call("GET", where)).status == 404


async def test_what_the_settings_rule_is_not_changed() -> None:
    """409, and the operator knows where to look."""
    office = Office()
    office.cabinet.put(
        ResourceKind.QUEUE,
        ACME,
        QueueForm(id="sales", name="S"),
        declared=True,
    )

    heard = await office.call("DELETE", f"{QUEUES}/sales")

    assert (heard.status, heard.code) == (409, "declared")


async def test_secrets_are_never_given_back() -> None:
    """Neither when they were just sent, nor later."""
    office = Office()
    channel = ChannelForm(id="shop", name="Shop", secret="s3cr3t")
    office.cabinet.put(ResourceKind.CHANNEL, ACME, channel)

    one = await office.call("GET", "/accounts/acme/channels/shop")
    all_ = await office.call("GET", "/accounts/acme/channels")

    assert one.json["name"] == "Shop"
    assert "secret" not in one.json
    assert b"s3cr3t" not in one.body + all_.body


async def test_pages_follow_each_other_to_the_end() -> None:
    """Each thing once, whatever the size of the page."""
    office = Office()
    names = [f"q-{number:02}" for number in range(7)]
    for name in names:
        form = QueueForm(id=name, name=name)
        office.cabinet.put(ResourceKind.QUEUE, ACME, form)

    found, query = [], "limit=3"
    while True:
        page = (await office.call("GET", QUEUES, query=query)).json
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        query = f"limit=3&after={page['next']}"

    assert found == names
    for bad in ("0", "201", "1.5", "x"):
        heard = await office.call("GET", QUEUES, query=f"limit={bad}")
        assert heard.status == 422


async def test_what_breaks_is_told_without_a_word_of_it() -> None:
    """A failure of our own is a problem like another."""

    async def breaks(_: Call) -> object:
        raise ValueError(json.dumps(QUEUE))

    broken = Operation(
        method="GET",
        path="/broken",
        name="break",
        summary="Break.",
        tag="session",
        scope=None,
        do=breaks,
    )

    heard = await Office(broken).call("GET", "/broken")

    assert (heard.status, heard.code) == (500, "failed")
    assert b"Sales" not in heard.body


async def test_looking_at_the_head_uses_nothing_up() -> None:
    """Of what is given as JSON there is a head; of a file there is none."""
    reached: list[Call] = []

    async def give(call: Call) -> object:
        reached.append(call)
        return {}

    once = Operation(
        method="GET",
        path="/once",
        name="give_once",
        summary="Give.",
        tag="session",
        scope=None,
        do=give,
        streams="application/octet-stream",
    )
    office = Office(once)

    assert (await office.call("HEAD", "/once")).status == 405
    assert reached == []
    assert (await office.call("HEAD", "/me")).status == 200
