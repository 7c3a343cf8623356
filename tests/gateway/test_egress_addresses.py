"""No forbidden address is dialled, however it is written.

Sentinels listen on this machine's own addresses. With no network allowed they
must see no connection at all; with theirs allowed, every one of them.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_network

import pytest
import uvloop

from server.domain.outgoing import EgressRefused
from tests.gateway.sentinels import Names, Sentinels, guarded, listening, opened

#: What reaches this machine, or one of its networks, in the end.
HOSTS = [
    # As they are.
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "10.0.0.1",
    "169.254.169.254", "172.16.0.1", "192.168.0.1", "100.100.100.200",
    "168.63.129.16", "224.0.0.1", "255.255.255.255", "198.18.0.1",
    # Short, decimal, hexadecimal, octal, mixed.
    "127.1", "127.0.1", "0", "2130706433", "2130706434", "0x7f000001",
    "0x7F.0x00.0x00.0x01", "0x7f.1", "0177.0.0.1", "017700000001",
    "0000177.0.0.1", "127.0.0.01", "2852039166", "0xa9fea9fe",
    "0251.0376.0251.0376", "169.16689662", "10.1", "0xc0a80001", "3232235521",
    # With a dot at the end.
    "127.0.0.1.", "localhost.", "127.0.0.1..",
    # IPv6, and IPv4 in it.
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::127.0.0.1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]",
    "[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a9fe:a9fe]",
    "[2002:7f00:1::]", "[2002:a9fe:a9fe::]", "[2001:0:a9fe:a9fe::]",
    "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]",
    "[2001:db8::1]",
    # Digits that are none, and dots that are none.
    "①②⑦.⓪.⓪.①", "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
    "\u0661\u0662\u0667.\u0660.\u0660.\u0661", "127\u30020\u30020\u30021",
    "127\uff0e0\uff0e0\uff0e1", "\U0001d7cf\U0001d7d0\U0001d7d5.0.0.1",
    # Escaped.
    "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "127.0.0.1%00.example.com",
    # Names.
    "localhost", "LOCALHOST", "l\u24deca\u217cho\u017ft", "inside.test",
    "mapped.test", "both.test", "alias.test", "zone.test",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_way_of_writing_an_address_reaches_it(
    sentinels: Sentinels, scheme: str
) -> None:
    """Each is refused, and the sentinels see nothing."""
    async with guarded(sentinels) as egress:
        for host in HOSTS:
            with pytest.raises(EgressRefused):
                await egress.post(
                    f"{scheme}://{host}:{sentinels.port}/hook", b"{}", {}
                )
    assert len(HOSTS) >= 60
    assert not sentinels.seen


#: aiohttp refuses decimal, octal and short forms before anybody resolves
#: them; these are left to the guard.
REACHING = [
    "127.0.0.1", "127.0.0.2", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001",
    "0x7F.0x00.0x00.0x01", "0x7f.1", "①②⑦.⓪.⓪.①", "localhost",
    "inside.test", "mapped.test", "both.test",
]  # fmt: skip


@pytest.mark.parametrize("host", REACHING)
async def test_an_allowed_network_is_reached(
    sentinels: Sentinels, host: str
) -> None:
    """So it is the address, and not its spelling, that kept the door shut."""
    async with opened(sentinels) as egress:
        answer = await egress.post(
            f"http://{host}:{sentinels.port}/hook", b"{}", {}
        )

    assert answer.status == 200
    assert answer.body == b"ok"
    assert sentinels.seen.total() == 1


async def test_a_name_that_changes_its_answer_is_judged_anew(
    sentinels: Sentinels,
) -> None:
    """Allowed when first asked for, elsewhere the second time: rebinding."""
    names = Names()
    names.asked.append("so that the first answer is 127.0.0.2")
    url = f"http://rebound.test:{sentinels.port}/"
    choices = {"allowed_networks": [ip_network("127.0.0.2/32")]}

    async with guarded(sentinels, resolver=names, **choices) as egress:
        assert (await egress.post(url, b"", {})).status == 200
    names.asked.clear()
    async with guarded(sentinels, resolver=names, **choices) as egress:
        with pytest.raises(EgressRefused, match="address"):
            await egress.post(url, b"", {})

    assert sentinels.seen == {"127.0.0.2": 1}


async def test_one_forbidden_address_among_others_is_not_dialled(
    sentinels: Sentinels,
) -> None:
    """Those before it may be; it ends the search."""
    url = f"http://both.test:{sentinels.port}/"
    allowed = [ip_network("::1/128"), ip_network("127.0.0.2/32")]

    async with guarded(sentinels, allowed_networks=allowed) as egress:
        with pytest.raises(EgressRefused, match="address"):
            await egress.post(url, b"", {})

    assert not sentinels.seen


def test_the_guard_holds_under_uvloop() -> None:
    """It is what the server runs on."""

    async def story() -> None:
        async with listening() as sentinels:
            url = f"http://localhost:{sentinels.port}/"
            async with guarded(sentinels) as egress:
                with pytest.raises(EgressRefused, match="address"):
                    await egress.post(url, b"", {})
            assert not sentinels.seen
            async with opened(sentinels) as egress:
                assert (await egress.post(url, b"", {})).status == 200

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(story())
