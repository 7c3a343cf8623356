"""A scene: somebody asks what is held of them; it is found, and handed out."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.errors import Corrupt
from server.vault.one_time_key import OneTimeKey
from server.vault.packages import opened_package
from tests.scenes.sites import Site, conversation_of, say, settings, taken
from tests.scenes.test_api import ask
from tests.scenes.test_confiding import call
from tests.strangers_client import Stranger
from tests.vault.token_maker import TEXT

ALL = "/accounts/acme/privacy"


@pytest.fixture
async def knowing_site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site whose shop knows its customers, and takes files."""
    data = tmp_path / "data"
    (account,) = settings(data)["account"]
    account["channel"][0] |= {"secret": TEXT, "attachments": True}
    site = Site(data, account=[account])
    await site.start()
    yield site
    await site.stop()


async def known(site: Site, who: str) -> Stranger:
    """A customer whom the account vouches for, and who has spoken."""
    _, told = await call(
        site,
        "POST",
        "/shop/create",
        iss="shop",
        body=json.dumps(
            {"customerId": who, "privateData": {"tier": "Goldfinch"}}
        ).encode(),
    )
    token = json.loads(told)["token"]
    customer = await site.customer(token=token)
    customer.welcome["token"] = token
    await say(customer, "client-0001", f"My heron is ill, says {who}")
    return customer


async def customer_of(site: Site) -> str:
    """The id of the only customer there is."""
    status, page = await ask(
        site, "GET", "/accounts/acme/customers", local=True
    )
    assert status == 200
    (item,) = page["items"]
    return str(item["id"])


async def fetched(site: Site, export: dict[str, Any]) -> bytes:
    """The sealed file of a prepared export."""
    connector = aiohttp.UnixConnector(str(site.data / "admin.sock"))
    async with (
        aiohttp.ClientSession(connector=connector) as web,
        web.get(f"http://local/api/v1{ALL}/exports/{export['id']}") as answer,
    ):
        assert answer.status == 200
        return await answer.read()


async def exported(site: Site, **whom: str) -> tuple[dict[str, Any], bytes]:
    """Have an export made: what was told of it, and the file."""
    status, export = await ask(
        site, "POST", f"{ALL}/exports", body=whom, local=True
    )
    assert status == 201
    return export, await fetched(site, export)


def opened(export: dict[str, Any], package: bytes) -> zipfile.ZipFile:
    """What is in the file, by the key that was shown."""
    key = OneTimeKey.parse(export["key"]).package_key()
    content = b"".join(opened_package(key, [package]))
    return zipfile.ZipFile(io.BytesIO(content))


async def upload(site: Site, customer: Stranger) -> None:
    """Send a file along."""
    url = f"http://127.0.0.1:{site.server.port}/attachments"
    headers = {
        "authorization": f"Bearer {customer.token}",
        "dayfly-name": "heron.txt",
    }
    async with (
        aiohttp.ClientSession() as web,
        web.post(url, data=b"a grey bird", headers=headers) as answer,
    ):
        assert answer.status == 201
        file = await answer.json()
    ack = await customer.send("client-0002", "See", attachment=file["id"])
    assert ack["type"] == "ack"


async def test_an_export_holds_everything(knowing_site: Site) -> None:
    """Identity, what is in memory, every message, every file."""
    site = knowing_site
    customer, agent = await known(site, "anna-4711"), await site.agent()
    await upload(site, customer)
    about = await taken(agent, customer)
    await say(agent, "an-answer", "We will look", **about)
    await known(site, "bert-4712")
    _, page = await ask(site, "GET", "/accounts/acme/customers", local=True)
    before = await ask(site, "GET", "/accounts/acme/conversations", local=True)
    exports = [
        await exported(site, customer=one["id"]) for one in page["items"]
    ]

    archives = [opened(*one) for one in exports]
    documents = [json.loads(one.read("export.json")) for one in archives]
    by_key = {
        one["customer"]["platform_key"]: (one, archive)
        for one, archive in zip(documents, archives, strict=True)
    }
    annas, archive = by_key["anna-4711"]
    (conversation,) = annas["conversations"]
    assert conversation["id"] == conversation_of(customer)
    assert conversation["customer_private_data"] == {"tier": "Goldfinch"}
    assert [one["text"] for one in conversation["messages"]] == [
        "My heron is ill, says anna-4711",
        "See",
        "We will look",
    ]
    (file,) = conversation["attachments"]
    assert archive.read(f"attachments/{file['id']}/heron.txt") == b"a grey bird"
    assert b"anna-4711" in archive.read("index.html")
    written = archive.read(f"conversations/{conversation['id']}.html")
    assert b"We will look" in written
    everything = b"".join(archive.read(one) for one in archive.namelist())
    assert b"bert-4712" not in everything
    after = await ask(site, "GET", "/accounts/acme/conversations", local=True)
    assert before == after


async def test_an_export_opens_by_its_key_and_once(knowing_site: Site) -> None:
    """Neither altered, nor by another key, nor a second time."""
    site = knowing_site
    customer = await known(site, "anna-4711")
    whom = {"conversation": conversation_of(customer)}
    export, package = await exported(site, **whom)
    other, _ = await exported(site, **whom)

    again = await ask(site, "GET", f"{ALL}/exports/{export['id']}", local=True)

    assert again[0] == 404
    assert b"heron" not in package
    with pytest.raises(Corrupt):
        opened(other, package)
    with pytest.raises(Corrupt):
        opened(export, package[:-1])
    page = json.loads(opened(export, package).read("export.json"))
    assert "customer" not in page
    assert len(page["conversations"]) == 1


async def test_nobody_is_exported_who_is_not_there(knowing_site: Site) -> None:
    """Both, neither, or what nobody knows."""
    for body, status in (
        ({"customer": "a" * 22}, 404),
        ({"conversation": "b" * 22}, 404),
        ({}, 422),
        ({"customer": "a" * 22, "conversation": "b" * 22}, 422),
    ):
        answer = await ask(
            knowing_site, "POST", f"{ALL}/exports", body=body, local=True
        )
        assert answer[0] == status


async def test_words_are_found_wherever_they_stand(knowing_site: Site) -> None:
    """In messages, in memory, in names of files, in who somebody is."""
    site = knowing_site
    customer = await known(site, "anna-4711")
    await upload(site, customer)
    await ask(
        site,
        "POST",
        f"{ALL}/requests",
        body={"kind": "access", "subject": "Anna, about the HERON"},
        local=True,
    )

    async def search(text: str) -> list[tuple[str, int]]:
        status, found = await ask(
            site, "POST", f"{ALL}/search", body={"text": text}, local=True
        )
        assert status == 200
        assert found["after"] is None
        assert all(text in one["excerpt"].casefold() for one in found["hits"])
        return sorted((one["kind"], one["number"]) for one in found["hits"])

    assert await search("heron") == [
        ("attachments, web", 0),
        ("customer messages, web", 1),
        ("customer messages, web", 2),
        ("privacy requests", 0),
    ]
    assert await search("goldfinch") == [("customer private data", 0)]
    assert await search("anna-4711") == [
        ("customer messages, web", 1),
        ("customer messaging identities", 0),
        ("customer private data", 0),
    ]
    assert await search("no such words") == []
    short = await ask(
        site, "POST", f"{ALL}/search", body={"text": "ab"}, local=True
    )
    assert short[0] == 422


async def test_a_search_is_written_down_without_its_words(
    knowing_site: Site,
) -> None:
    """Who looked, and how much was found."""
    site = knowing_site
    await known(site, "anna-4711")
    await ask(site, "POST", f"{ALL}/search", body={"text": "heron"}, local=True)
    await site.restart()  # writes what is still to be written

    _, page = await ask(site, "GET", "/server/audit?limit=200", local=True)

    found = [one for one in page["items"] if one["event"] == "privacy_searched"]
    assert [(one["actor_kind"], one["detail"]) for one in found] == [
        ("operator", "1")
    ]
    assert "heron" not in json.dumps(page)


async def posted(
    site: Site, path: str, body: dict[str, str]
) -> tuple[int, Any]:
    """What the operator is answered at the register."""
    return await ask(
        site, "POST", f"{ALL}/requests{path}", body=body, local=True
    )


REQUESTS = f"{ALL}/requests"


async def requested(site: Site, law: str) -> dict[str, Any]:
    """Somebody asked to be erased, by letter."""
    body = {"kind": "erasure", "law": law, "subject": "by letter"}
    status, one = await ask(site, "POST", REQUESTS, body=body, local=True)
    assert status == 201
    return dict(one)


async def test_what_presses_most_stands_first(knowing_site: Site) -> None:
    """By the dates of the law, page after page."""
    site = knowing_site
    ccpa, gdpr = [await requested(site, law) for law in ("ccpa", "gdpr")]

    _, listed = await ask(site, "GET", f"{REQUESTS}?limit=1", local=True)
    after = f"{REQUESTS}?after={listed['next']}"
    _, rest = await ask(site, "GET", after, local=True)

    found = [one["id"] for one in listed["items"] + rest["items"]]
    assert found == [gdpr["id"], ccpa["id"]]
    assert gdpr["due_at"] < ccpa["due_at"]
    assert ccpa["confirm_at"] is not None


async def test_the_register_goes_from_open_to_closed(
    knowing_site: Site,
) -> None:
    """Extended once, and closed once."""
    site = knowing_site
    gdpr = await requested(site, "gdpr")
    one = f"{REQUESTS}/{gdpr['id']}"
    note, end = {"note": "told"}, {"state": "done"}

    longer = await ask(site, "POST", f"{one}/extend", body=note, local=True)
    closed = await ask(site, "POST", f"{one}/close", body=end, local=True)
    twice = await ask(site, "POST", f"{one}/close", body=end, local=True)

    assert (longer[0], closed[0], twice[0]) == (200, 200, 409)
    assert longer[1]["due_at"] > gdpr["due_at"]
    assert [note["text"] for note in closed[1]["notes"]] == ["told"]
    assert closed[1]["state"] == "done"
