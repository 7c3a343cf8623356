"""A scene: an account says what it knows of its data, and finds people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.fakes import FakeClock
from tests.scenes.known import come, known_account
from tests.scenes.sites import Site, conversation_of
from tests.scenes.test_api import OPERATOR_KEY, WITH_KEY, ask

ACCOUNT = "/accounts/acme"
FIELDS = f"{ACCOUNT}/privacy/fields"
SAID = {
    "classification": "restricted",
    "legal_basis": "contract",
    "owner": "Customer care",
    "note": "",
}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site whose API the operator may call."""
    data = tmp_path / "data"
    mail = {"host": "127.0.0.1", "port": 9, "security": "none"}
    site = Site(
        data,
        FakeClock(),
        account=[account(data)],
        smtp=mail | {"from": "shop@acme.example"},
        **WITH_KEY,
    )
    await site.start()
    yield site
    await site.stop()


def account(data: Path) -> dict[str, Any]:
    """One that keeps conversations, mails transcripts and has a program."""
    found: dict[str, Any] = known_account(data)
    [channel] = found["channel"]
    channel |= {
        "retention_days": 2.0,
        "transcript": "email",
        "transcript_to": "archive@acme.example",
        "consent": {"required": "implicit", "version": "2"},
    }
    found["application"] = [{"id": "crm", "name": "CRM", "key_hash": "ab" * 32}]
    return found


async def call(
    site: Site, method: str, path: str, body: object = None
) -> tuple[int, Any]:
    """As the operator."""
    return await ask(site, method, path, token=OPERATOR_KEY, body=body)


def one_of(name: str) -> str:
    """Where something is said of that record type."""
    return f"{FIELDS}/{quote(name, safe='')}"


async def mapped(site: Site, name: str) -> Any:
    """That record type on the map."""
    _, told = await call(site, "GET", f"{ACCOUNT}/data-map")
    [found] = [one for one in told["places"] if one["name"] == name]
    return found


async def test_what_is_said_of_a_record_type_stays(site: Site) -> None:
    """On the map, in the register, and behind a restart."""
    name = "customer messages, web"
    before = await mapped(site, name)
    assert before["fields"] == {
        "classification": "confidential",
        "legal_basis": None,
        "owner": "",
        "note": "",
        "proposed": True,
    }

    status, said = await call(site, "PUT", one_of(name), SAID)
    assert (status, said) == (200, SAID | {"proposed": False})
    again = SAID | {"owner": "Legal"}
    assert (await call(site, "PUT", one_of(name), again))[0] == 200
    await site.stop()
    await site.start()

    assert (await mapped(site, name))["fields"]["owner"] == "Legal"
    _, every = await call(site, "GET", FIELDS)
    assert every[name] == again | {"proposed": False}
    assert every["audit log"]["proposed"]


async def test_nothing_is_said_of_what_there_is_not(site: Site) -> None:
    """Nor in words that nobody knows."""
    assert (await call(site, "PUT", one_of("gossip"), SAID))[0] == 404
    wrong = SAID | {"legal_basis": "because"}
    status, problem = await call(site, "PUT", one_of("audit log"), wrong)
    assert status == 422
    assert problem["errors"][0]["path"] == "$.legal_basis"


async def test_the_register_says_what_the_account_does(site: Site) -> None:
    """Made from its set-up: nobody has to keep it."""
    status, told = await call(site, "GET", f"{ACCOUNT}/privacy/register")

    assert status == 200
    assert [(one["kind"], one["name"]) for one in told["recipients"]] == [
        ("application", "CRM"),
        ("mail", "archive@acme.example"),
    ]
    assert [one["channels"] for one in told["recipients"]] == [["shop"]] * 2
    [keeping] = told["keeping"]
    assert keeping["retention_days"] == 2.0
    assert len(told["purposes"]) == 7
    held = [one["name"] for one in told["categories"]]
    assert "customer messages, web" in held
    assert "messages and attachments, every other channel" not in held


async def test_people_are_found_by_what_they_are_called(site: Site) -> None:
    """In whichever spelling; by one thing at a time."""
    ada = {
        "channel": "shop",
        "platform_key": "ada",
        "email": "Ada@Example.com",
        "phone": "+47 22 22 55 55",
    }
    _, made = await call(site, "POST", f"{ACCOUNT}/customers", ada)

    async def found(**by: str) -> list[str]:
        path = f"{ACCOUNT}/customers/lookup"
        status, told = await call(site, "POST", path, by)
        assert status == 200
        return [one["id"] for one in told["customers"]]

    assert await found(email=" ada@example.COM ") == [made["id"]]
    assert await found(phone="+4722225555") == [made["id"]]
    assert await found(channel="shop", platform_key="ada") == [made["id"]]
    assert await found(channel="shop", platform_key="bob") == []


@pytest.mark.parametrize(
    "by",
    [
        {},
        {"platform_key": "ada"},
        {"email": "ada@example.com", "channel": "shop"},
        {"email": "ada@example.com", "phone": "+4722225555"},
    ],
)
async def test_people_are_found_by_one_thing(
    site: Site, by: dict[str, str]
) -> None:
    """Else two people could be shown as one."""
    status, _ = await call(site, "POST", f"{ACCOUNT}/customers/lookup", by)
    assert status == 422


async def test_what_is_no_number_is_refused_where_it_stands(
    site: Site,
) -> None:
    """And never repeated."""
    path = f"{ACCOUNT}/customers/lookup"
    status, problem = await call(site, "POST", path, {"phone": "ada"})
    assert status == 422
    assert problem["errors"][0]["path"] == "$.phone"


async def test_the_conversations_of_one_person_are_listed(site: Site) -> None:
    """Theirs, and nobody else's."""
    async with await come(site, "ada") as ada, await come(site, "bob") as bob:
        await ada.send("client-0001", "Hello")
        await bob.send("client-0001", "Hello")
        _, told = await call(site, "GET", f"{ACCOUNT}/customers")
        ids = {one["platform_key"]: one["id"] for one in told["items"]}

        path = f"{ACCOUNT}/conversations?customer={ids['ada']}"
        _, page = await call(site, "GET", path)

        assert [one["id"] for one in page["items"]] == [conversation_of(ada)]
