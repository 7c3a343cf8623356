"""Plain mode: what goes in and out of a pipe."""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import count
from typing import Any

import pytest

from client_demo.agent import SignIn
from client_demo.connection import Connection
from client_demo.participant import Means
from client_demo.plain import Habits
from client_demo.plain_agent import PlainAgent
from client_demo.plain_customer import PlainCustomer
from tests.client_demo.scripted import (
    C,
    Scripted,
    message,
    serving,
    summary,
    welcome,
)


class Typed:
    """Lines that are all there from the beginning; ``Lines``."""

    def __init__(self, *lines: str | None) -> None:
        self._lines = list(lines)

    async def next(self) -> str | None:
        """The next line."""
        return self._lines.pop(0) if self._lines else None


def parts(address: str) -> tuple[Connection, Means]:
    """A connection and means without chance."""
    connection = Connection(
        address, jitter=lambda: 0.0, elapsed=lambda: 0.0, pong_seconds=0.05
    )
    ids = count(1)
    means = Means(
        tell=connection.tell,
        later=asyncio.get_running_loop().call_later,
        new_id=lambda: f"id-{next(ids):05}",
        elapsed=lambda: 0.0,
        not_sent=lambda _code, _text: None,
    )
    return connection, means


async def customer(address: str, *lines: str, **habits: Any) -> list[str]:
    """What a customer's run with ``lines`` prints."""
    printed: list[str] = []
    plain = PlainCustomer(
        *parts(address),
        Habits(write=printed.append, **habits),
        keep=lambda _: None,
    )
    await plain.run(Typed(*lines))
    return printed


async def agent(address: str, *lines: str, auto_take: bool = False) -> Any:
    """What an agent's run with ``lines`` prints."""
    printed: list[str] = []
    sign_in = SignIn(name="maria", password="secret", auto_take=auto_take)
    habits = Habits(write=printed.append)
    await PlainAgent(*parts(address), habits, sign_in).run(Typed(*lines))
    return printed


async def greet(server: Scripted) -> None:
    """Let a customer in."""
    await server.hear("hello")
    await server.send(welcome(token="secret-token"))
    await server.say("history", messages=[])


async def erase(server: Scripted, erased: int) -> None:
    """End it as asked, give the receipt and close."""
    await server.hear("end")
    await server.say("ended", by="customer", at=1)
    await server.say("gone", at=2, messages=erased)
    await server.socket.close(4502)


async def test_a_scripted_customer_talks_and_ends() -> None:
    """The lines documented in ``--help``; the end waits for the acks."""

    async def script(server: Scripted) -> None:
        await greet(server)
        assert (await server.ack(1))["text"] == "Hi"
        assert (await server.ack(2))["text"] == "/etc"
        await server.say("state", phase="active", agent="Maria")
        await server.say("seen", by="agent", delivered=2, read=1)
        await server.say("message", **message(3, "line\n\x1b[2Jtwo"))
        await erase(server, 3)

    async with serving(script) as fake:
        printed = await customer(fake.address, "Hi", "//etc", "", "/end")
    assert printed == [
        "* connected: open",
        "* sent 1",
        "* sent 2",
        "* active with Maria",
        "* seen by agent: delivered 2, read 1",
        r"agent Maria: line\n\x1b[2Jtwo",
        "* ended by customer",
        "* gone: 3 messages erased",
    ]


async def test_the_end_of_input_waits_for_acks_and_leaves() -> None:
    """Nothing is ended: the conversation goes on without us."""

    async def script(server: Scripted) -> None:
        await greet(server)
        await server.ack(1)
        with pytest.raises(Exception, match="1000"):
            await server.hear("end")

    async with serving(script) as fake:
        printed = await customer(fake.address, "Hi")
    assert printed[-1] == "* sent 1"


async def test_the_end_of_input_may_end_the_conversation() -> None:
    """``--end-at-eof``: and then the receipt is waited for."""

    async def script(server: Scripted) -> None:
        await greet(server)
        await server.ack(1)
        await erase(server, 1)

    async with serving(script) as fake:
        printed = await customer(fake.address, "Hi", end_at_eof=True)
    assert printed[-1] == "* gone: 1 messages erased"


async def test_json_lines_are_frames_without_the_token() -> None:
    """A log of them must not open the conversation."""

    async def script(server: Scripted) -> None:
        await greet(server)
        await erase(server, 0)

    async with serving(script) as fake:
        printed = await customer(fake.address, "/end", as_json=True)
    frames = [json.loads(line) for line in printed]
    kinds = [frame["type"] for frame in frames]
    assert kinds == ["welcome", "history", "ended", "gone"]
    assert "secret-token" not in "".join(printed)


async def test_a_message_given_up_is_said() -> None:
    """With the code of the refusal; the next line is sent all the same."""

    async def script(server: Scripted) -> None:
        await greet(server)
        sent = await server.hear("send")
        refused = {"code": "text_too_long", "act": "person", "retry": False}
        await server.send({"type": "refused", "ref": sent["id"], **refused})
        await server.ack(1)

    async with serving(script) as fake:
        printed = await customer(fake.address, "long", "short", "/nonsense")
    assert "* not sent: text_too_long" in printed
    assert "* no such command" in printed
    assert printed[-1] == "* sent 1"


async def agents_server(server: Scripted) -> None:
    """Sign an agent in and let it take, answer and end ``C``."""
    hello = await server.hear("hello")
    assert (hello["name"], hello["password"]) == ("maria", "secret")
    waiting = summary(phase="waiting", last=1, preview="In stock?")
    await server.send(
        {"type": "welcome", "role": "agent", "name": "Maria", "token": "a"}
        | {"heartbeat": 25, "now_at": 1, "limits": {}}
    )
    await server.send({"type": "list", "waiting": [waiting], "mine": []})
    await server.hear("take")
    mine = summary(phase="active", last=1, agent="Maria", mine=True)
    await server.send({"type": "watching", "summary": mine})
    await server.say("history", messages=[message(1, "In stock?", "customer")])
    sent = await server.ack(2)
    assert (sent["text"], sent["conversation"]) == ("It is.", C)
    assert (await server.hear("end"))["conversation"] == C
    await server.say("ended", by="agent", at=1)
    await server.say("gone", at=2, messages=2)


TALK = [
    "[1] * watching: active with Maria",
    "[1] customer: In stock?",
    "[1] * sent 2",
    "[1] * ended by agent",
    "[1] * gone: 2 messages erased",
]


async def test_a_scripted_agent_takes_answers_and_ends() -> None:
    """Lines wait for what they need: the list, the conversation, the ack."""
    async with serving(agents_server) as fake:
        printed = await agent(fake.address, "It is.", "/end", auto_take=True)
    assert printed == ["* connected: agent Maria", "* 1 waiting, 0 mine", *TALK]


async def test_an_agent_without_a_conversation_is_told_so() -> None:
    """And nothing is sent anywhere."""

    async def script(server: Scripted) -> None:
        await server.hear("hello")
        await server.send(
            {"type": "welcome", "role": "agent", "heartbeat": 25, "now_at": 1}
        )
        await server.send({"type": "list", "waiting": [], "mine": []})
        with pytest.raises(Exception, match="1000"):
            await server.hear("send")

    async with serving(script) as fake:
        printed = await agent(fake.address, "Hello?", "/take 7", "/go x")
    assert "* no conversation: /take one" in printed
    assert "* nothing to take" in printed
    assert "* no such conversation" in printed


async def run_program(*arguments: str, typed: bytes = b"") -> Any:
    """The program itself; its exit code, output and complaint."""
    return await run_python("-m", "client_demo", *arguments, typed=typed)


async def run_python(*arguments: str, typed: bytes = b"") -> Any:
    """Python; its exit code, output and complaint."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, complaint = await process.communicate(typed)
    return process.returncode, out.decode(), complaint.decode()


async def test_the_program_itself_talks_over_pipes() -> None:
    """Exit code 0, and the channel asked for."""

    async def script(server: Scripted) -> None:
        await greet(server)
        await server.ack(1)
        await erase(server, 1)

    async with serving(script) as fake:
        code, out, complaint = await run_program(
            fake.address, "--plain", "--channel", "a b", typed=b"Hi\n/end"
        )
        assert fake.paths == ["/socket/customer/a%20b"]
    assert (code, complaint) == (0, "")
    assert out.splitlines()[-1] == "* gone: 1 messages erased"


async def test_exit_codes_say_who_has_to_act() -> None:
    """2 usage, 3 refused, 4 cannot connect; one sentence each."""
    async with serving(statuses=(404,)) as fake:
        refused = await run_program(fake.address, "--plain")
        address = fake.address
    nobody, usage, screen = await asyncio.gather(
        run_program(address, "--plain"),
        run_program("nonsense", "--plain"),
        run_program(address),
    )
    assert [refused[0], nobody[0], usage[0], screen[0]] == [3, 4, 2, 2]
    assert "no such channel" in refused[2]
    assert screen[2].endswith("use --plain\n")


async def test_more_lines_than_may_wait_all_arrive_in_order() -> None:
    """The acks set the pace."""

    async def script(server: Scripted) -> None:
        await greet(server)
        for number in range(1, 201):
            sent = await server.ack(number)
            assert sent["text"] == f"line {number}"

    async with serving(script) as fake:
        lines = [f"line {number}" for number in range(1, 201)]
        printed = await customer(fake.address, *lines)
    assert printed[-1] == "* sent 200"


WITHOUT_TEXTUAL = (
    "import sys; sys.modules['textual'] = None\n"
    "from client_demo.__main__ import main; sys.exit(main(sys.argv[1:]))"
)


async def test_plain_mode_needs_no_textual_and_the_screen_says_so() -> None:
    """And which command installs it."""

    async def script(server: Scripted) -> None:
        await greet(server)

    async with serving(script) as fake:
        plain, screen = await asyncio.gather(
            run_python("-c", WITHOUT_TEXTUAL, fake.address, "--plain"),
            run_python("-c", WITHOUT_TEXTUAL, fake.address),
        )
    assert plain[0] == 0
    assert screen[0] == 2
    assert "pip install textual" in screen[2]


async def test_an_agents_password_may_be_the_first_line() -> None:
    """It is not printed, and not taken for a message."""
    async with serving(agents_server) as fake:
        code, out, _ = await run_program(
            *(fake.address, "--agent", "--plain", "--auto-take"),
            typed=b"secret\nIt is.\n/end\n",
        )
    assert code == 0
    assert out.splitlines()[2:] == TALK


async def test_a_scripted_take_waits_for_the_list() -> None:
    """A script need not know how fast the server is."""
    async with serving(agents_server) as fake:
        printed = await agent(
            fake.address, "/list", "/take 1", "It is.", "/end", "/quit"
        )
    assert printed[2].startswith("* [1] waiting since")
    assert printed[3:] == TALK
