"""A scene: what the audit log and the metrics hold of a conversation."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

from server.clock import SystemClock
from server.command_line import FAILED, UNSAFE, audit
from tests.scenes.canaries import found
from tests.scenes.sites import (
    DISPLAY_NAME,
    PASSWORD,
    Site,
    conversation_of,
    taken,
)

CUSTOMER = "CANARY-customer-5e0b77"
AGENT = "CANARY-agent-90aa12"
TRIED = "CANARY-password-c4d1"


async def metrics(site: Site) -> str:
    """What Prometheus reads."""

    def read() -> str:
        address = f"http://127.0.0.1:{site.server.port}/metrics"
        with urlopen(address) as answer:
            return str(answer.read().decode())

    return await asyncio.to_thread(read)


async def converse(site: Site) -> list[str]:
    """Sign in (at the second try), take, talk, end; what is nobody's."""
    async with await site.agent(name="maria", password=TRIED) as wrong:
        assert wrong.welcome["code"] == "bad_credentials"
    async with await site.agent(name=TRIED, password=TRIED) as nobody:
        assert nobody.welcome["code"] == "bad_credentials"
    async with await site.customer() as customer, await site.agent() as agent:
        await customer.send("client-0001", CUSTOMER)
        about = await taken(agent, customer)
        await agent.send("agent-0001", AGENT, **about)
        await customer.hear("message")
        await agent.say("end", **about)
        await customer.hear("gone")
        id_ = conversation_of(customer)
        secrets = [customer.token.partition(".")[2], agent.welcome["token"]]
        await agent.say("sign_out")
        assert await agent.closed() == 4503
    return [CUSTOMER, AGENT, TRIED, PASSWORD, DISPLAY_NAME, id_, *secrets]


def read(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> list[dict[str, str]]:
    """The log, as a program reads it."""
    capsys.readouterr()
    assert audit(data=data, settings=None, as_json=True, verify=False) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def verify(data: Path, *, as_json: bool = False) -> int:
    """The exit code of the check."""
    return audit(data=data, settings=None, as_json=as_json, verify=True)


async def test_a_conversation_leaves_events_and_no_contents(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who of the account's own did what, in order; nothing of the customer."""
    secrets = [secret.encode() for secret in await converse(site)]
    numbers = await metrics(site)
    await site.stop()
    rows = read(site.data, capsys)
    await site.start()

    assert [(row["event"], row["actor"], row["detail"]) for row in rows] == [
        ("server_started", "", "nothing"),
        ("key_file_made", "", ""),
        ("sign_in_failed", "maria", "password"),
        ("sign_in_failed", "", "name"),
        ("signed_in", "maria", ""),
        ("conversation_taken", "maria", ""),
        ("conversation_ended", "maria", ""),
        ("signed_out", "maria", ""),
        ("server_stopped", "", ""),
    ]
    assert rows[5]["subject"] == rows[6]["subject"] != ""
    assert found(json.dumps(rows).encode(), secrets) == set()
    assert found(numbers.encode(), [*secrets, b"maria", b"shop"]) == set()
    for line in (
        'dayfly_messages_total{author="customer"} 1.0',
        'dayfly_messages_total{author="agent"} 1.0',
        'dayfly_conversations_ended_total{by="agent"} 1.0',
        "dayfly_conversations_begun_total 1.0",
        "dayfly_conversations_erased_total 1.0",
        "dayfly_erasing_seconds_count 1.0",
        'dayfly_sign_ins_total{outcome="failed"} 2.0',
        'dayfly_refusals_total{code="bad_credentials"} 2.0',
        'dayfly_closed_total{why="signed_out"} 1.0',
        'dayfly_sockets{role="agent"} 0.0',
        "dayfly_sessions 0.0",
        "dayfly_erasing_failing 0.0",
    ):
        assert f"{line}\n" in numbers


async def test_the_log_is_checked_beside_the_server_and_after_it(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 while it is whole, 1 and where once it is not."""
    await converse(site)
    assert verify(site.data) == 0
    await site.stop()
    assert verify(site.data) == 0
    assert "whole: 9 rows" in capsys.readouterr().out

    with closing(sqlite3.connect(site.data / "history.db")) as db:
        db.execute("DROP TRIGGER audit_is_final")
        db.execute("UPDATE audit SET actor = 'jonas' WHERE number = 5")
        db.commit()

    assert verify(site.data) == FAILED
    assert "broken at row 5" in capsys.readouterr().out
    assert verify(site.data, as_json=True) == FAILED
    assert json.loads(capsys.readouterr().out)["number"] == 5
    await site.start()


async def test_an_end_that_was_cut_off_is_noticed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also if nothing is left, or nothing that says where it ended."""
    await converse(site)
    await site.stop()
    with closing(sqlite3.connect(site.data / "history.db")) as db:
        db.execute("DROP TRIGGER audit_is_cut_in_front")
        db.execute("DELETE FROM audit WHERE number > 7")
        db.commit()
        assert verify(site.data) == FAILED
        db.execute("UPDATE audit_anchor SET last = 7")
        db.commit()
        assert verify(site.data) == FAILED
        db.execute("DELETE FROM audit_anchor")
        db.commit()
        assert verify(site.data) == FAILED
    said = capsys.readouterr().out.splitlines()
    await site.start()

    assert "row 8 and all behind" in said[0]
    assert "not sealed" in said[1]
    assert "nothing says where it ends" in said[2]
    assert verify(site.data) == FAILED


async def test_without_the_master_key_nothing_is_said_to_be_whole(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """A refusal with its own exit code."""
    (site.data / "master.key").rename(site.data / "elsewhere")

    assert verify(site.data) == UNSAFE
    assert "master key file" in capsys.readouterr().err
    assert verify(site.data / "nothing") == UNSAFE


async def test_the_log_is_printed_for_people(site: Site) -> None:
    """By the command, in lines."""
    await converse(site)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("run.py", "audit", "--data", str(site.data)),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        said, _ = await process.communicate()

    lines = said.decode().splitlines()
    assert process.returncode == 0
    assert "sign_in_failed" in lines[2]
    assert lines[2].endswith("agent maria  password")


async def test_the_server_says_that_it_is_ready(site: Site) -> None:
    """To whoever asks."""

    def read() -> int:
        address = f"http://127.0.0.1:{site.server.port}/ready"
        with urlopen(address) as answer:
            return int(answer.status)

    before = SystemClock().elapsed()
    assert await asyncio.to_thread(read) == 200
    assert SystemClock().elapsed() - before < 5
