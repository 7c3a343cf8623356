"""Whose token it is, and where it opens something."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.application import Application
from server.domain.message import Author
from server.errors import RefusalCode, Refused, Unavailable
from server.ids import AccountId, ApplicationId, ChannelId, token_hash
from server.services.applying import Applying
from server.services.bearers import Bearers
from tests.services.worlds import World

KEY = "an-api-key-of-the-bot"
SHY_KEY = "an.api.key.with.dots"


def application(key: str, *channels: str, account: str = "acme") -> Application:
    """Somebody's program."""
    return Application(
        id=ApplicationId(key[:5]),
        account=AccountId(account),
        name="Bot",
        channels=frozenset(map(ChannelId, channels)),
        key_hash=token_hash(key),
    )


class Asking:
    """A world, and the bearers that know its people."""

    def __init__(self) -> None:
        self.world = World()
        self.start()

    def start(self) -> None:
        """Begin anew, as after a restart."""
        world = self.world
        self.bearers = Bearers(
            world.remembering,
            world.signing_in,
            Applying(
                world.house,
                world.ending,
                world.remembering,
                applications=[
                    application(KEY),
                    application("other-key", account="other"),
                    application("elsewhere-key", "another-channel"),
                    application(SHY_KEY, "shop"),
                ],
            ),
        )

    async def ask(self, token: str, which: str | None = None) -> str:
        """For whom it speaks, or why for nobody."""
        try:
            found = await self.bearers.bearer_of(token, which)
        except Refused as refused:
            return refused.code.value
        if which is not None:
            assert found.session is self.world.session(which)
        return f"{found.side.value} {'sends' if found.may_send else 'looks'}"


UNKNOWN = RefusalCode.CONVERSATION_UNKNOWN.value
BAD = RefusalCode.BAD_CREDENTIALS.value


async def test_a_customer_has_one_conversation() -> None:
    """Named or not; another's is not opened by naming it."""
    asking = Asking()
    _, which, token = await asking.world.conversation()
    _, other, _ = await asking.world.conversation()

    found = await asking.bearers.bearer_of(token, None)
    assert (found.session.id, found.side) == (which, Author.CUSTOMER)
    assert await asking.ask(token, which) == "customer sends"
    assert await asking.ask(token, other) == UNKNOWN
    asking.world.start()
    asking.start()
    assert await asking.ask(token, which) == "customer sends"


async def test_a_token_that_is_none_opens_nothing() -> None:
    """Forged, cut, of another, ended, or only an id."""
    asking = Asking()
    customer, which, token = await asking.world.conversation()
    _, other, theirs = await asking.world.conversation()
    secret = token.partition(".")[2]
    for forged in (
        "",
        ".",
        which,
        f"{which}.",
        f"{other}.{secret}",
        token[:-1],
        token + "x",
        f"{which}.{theirs.partition('.')[2]}",
        "a.b",
        "\u00e9",
    ):
        assert await asking.ask(forged, which) == BAD
    assert await asking.ask(token) == "customer sends"
    await customer.do("end")
    assert await asking.ask(token) == BAD


async def test_an_agent_looks_everywhere_and_writes_in_ones_own() -> None:
    """In the account's conversations; a colleague's are to be looked at."""
    asking = Asking()
    _, maria, which = await asking.world.taken()
    _, waiting, _ = await asking.world.conversation()
    jonas = await asking.world.shift("jonas")
    hers = maria.last("welcome")["token"]
    his = jonas.last("welcome")["token"]

    assert await asking.ask(hers, which) == "agent sends"
    assert await asking.ask(his, which) == "agent looks"
    assert await asking.ask(hers, waiting) == "agent looks"
    assert await asking.ask(hers) == UNKNOWN
    assert await asking.ask(hers, "never-was") == UNKNOWN
    await maria.do("sign_out")
    assert await asking.ask(hers, which) == BAD


async def test_an_agent_of_another_account_sees_nothing() -> None:
    """Nor does anybody see what nothing was said in."""
    asking = Asking()
    _, which, _ = await asking.world.conversation()
    silent = await asking.world.visit()
    unsaid = silent.last("welcome")["summary"]["conversation"]
    otto = (await asking.world.shift("otto")).last("welcome")["token"]
    maria = (await asking.world.shift("maria")).last("welcome")["token"]

    assert await asking.ask(otto, which) == UNKNOWN
    assert await asking.ask(maria, unsaid) == UNKNOWN
    assert await asking.ask(KEY, unsaid) == UNKNOWN


async def test_an_application_reaches_its_channels() -> None:
    """By its key, whatever that looks like; no other account's."""
    asking = Asking()
    _, which, _ = await asking.world.conversation()

    assert await asking.ask(KEY, which) == "application sends"
    assert await asking.ask(SHY_KEY, which) == "application sends"
    assert await asking.ask("other-key", which) == UNKNOWN
    assert await asking.ask("elsewhere-key", which) == UNKNOWN
    assert await asking.ask(KEY) == UNKNOWN
    assert await asking.ask(KEY + "x", which) == BAD


async def test_a_store_that_does_not_answer_is_no_refusal() -> None:
    """A token may be good all the same."""
    asking = Asking()
    asking.world.records.failing.add("read")
    for token in ("a.b", "agents"):
        with pytest.raises(Unavailable):
            await asking.bearers.bearer_of(token, "x")


async def test_what_the_application_has_opens_for_no_agent() -> None:
    """Nor do its files."""
    asking = Asking()
    house = asking.world.house
    house.channels = {
        id_: replace(one, starts_with_application=True)
        for id_, one in house.channels.items()
    }
    _, which, _ = await asking.world.conversation()
    maria = await asking.world.shift()

    token = maria.last("welcome")["token"]

    assert await asking.ask(token, which) == "conversation_unknown"
