"""A scene: docs/attachments.md does what it says, call by call."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from server.gateway.attachment_routes import _STATUS
from server.services.uploading import NotTaken
from tests.scenes.files import API_KEY, customer_of, filing_site, opened
from tests.scenes.sites import conversation_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "attachments.md"


async def carried_out(call: str, folder: Path, **known: str) -> bytes:
    """What the shell prints for ``call``."""
    running = await asyncio.create_subprocess_exec(
        *("bash", "-euc", call),
        cwd=folder,
        env={"PATH": os.environ["PATH"], **known},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await running.communicate()
    assert running.returncode == 0
    return said


@pytest.mark.parametrize("who", ["customer", "application"])
async def test_every_call_does_what_it_says(tmp_path: Path, who: str) -> None:
    """In the order of the document, by a customer and by a program."""
    calls = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    _, send, address, get = calls
    offer = b"%PDF-1.7 " + bytes(500)
    (tmp_path / "offer.pdf").write_bytes(offer)
    async with opened(filing_site(tmp_path / "data")) as site:
        customer, _ = await customer_of(site)
        known = {
            "DAYFLY": f"http://127.0.0.1:{site.server.port}",
            "TOKEN": customer.token if who == "customer" else API_KEY,
            "CONVERSATION": conversation_of(customer),
        }
        made = json.loads(await carried_out(send, tmp_path, **known))
        known["ID"] = made["id"]
        found = json.loads(await carried_out(address, tmp_path, **known))
        known["ADDRESS"] = found["url"]
        await carried_out(get, tmp_path, **known)

    assert made["name"] == "Offer \u20ac.pdf"
    assert made["media_type"] == "application/pdf"
    assert found["until"] % 1000 == 0
    assert (tmp_path / "again.pdf").read_bytes() == offer
    assert (tmp_path / "first-100-bytes").read_bytes() == offer[:100]


def test_every_reason_is_in_the_table() -> None:
    """With the status it has, and no other."""
    rows = re.findall(
        r"^\| (\d+) \| `(\w+)`", DOCUMENT.read_text(), re.MULTILINE
    )
    told = {code: int(status) for status, code in rows}
    reasons = {why.value: _STATUS[why] for why in NotTaken}

    assert told | reasons == told
    assert set(told) - set(reasons) == {
        "bad_credentials",
        "unknown",
        "damaged",
        "unavailable",
    }
