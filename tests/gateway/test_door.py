"""Who may connect: origins, addresses and numbers."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from server.gateway.door import Door, TurnedAway
from server.ids import ChannelId
from server.protocol.parts import Role
from tests.gateway.line import OWN, SHOP

PROXY = "10.0.0.1"
CUSTOMER = "/socket/customer/shop"


def new_door(**options: object) -> Door:
    """The shop's door; its pages come from ``OWN``."""
    return Door({SHOP.id: SHOP}, own_origins=[OWN], **options)  # type: ignore[arg-type]


def status(door: Door, path: str, origin: str | None = None) -> int:
    """How ``path`` is answered: 101 lets in."""
    try:
        door.entry(path, origin)
    except TurnedAway as away:
        return away.status
    return HTTPStatus.SWITCHING_PROTOCOLS


def come_in(door: Door, address: str) -> int:
    """How one more connection from ``address`` is answered."""
    try:
        door.come_in(address)
    except TurnedAway as away:
        return away.status
    return HTTPStatus.SWITCHING_PROTOCOLS


FOREIGN = [
    "",
    "null",
    "NULL",
    "*",
    "https://",
    "https:",
    "//shop.example",
    "shop.example",
    "http://shop.example",
    "HTTPS://shop.example",
    "https://SHOP.example",
    "https://Shop.Example",
    "https://shop.example/",
    "https://shop.example/chat",
    "https://shop.example?",
    "https://shop.example#",
    "https://shop.example:443",
    "https://shop.example:8443",
    "https://shop.example:",
    "https://shop.example.",
    "https://shop.example.evil.example",
    "https://shop.example-evil.example",
    "https://evil-shop.example",
    "https://www.shop.example",
    "https://evil.example/https://shop.example",
    "https://evil.example?https://shop.example",
    "https://evil.example#https://shop.example",
    "https://shop.example@evil.example",
    "https://shop.example:pw@evil.example",
    "https://user@shop.example",
    "https://shop.example%2eevil.example",
    "https://shop.example\\@evil.example",
    "https://shop.example\\.evil.example",
    " https://shop.example",
    "https://shop.example ",
    "https://shop.example\t",
    "https://shop.example\x00",
    "https://shop.example,https://evil.example",
    "https://evil.example, https://shop.example",
    "https://evil.example https://shop.example",
    "https://sh\u043ep.example",
    "https://xn--shp-0na.example",
    "https://[::1]",
    "https://127.0.0.1",
    "https://localhost",
    "http://chat.example",
    "https://chat.example:8420",
    "wss://shop.example",
    "wss://chat.example",
    "file://",
    "file:///etc/passwd",
    "data:text/html,x",
    "javascript:alert(1)",
    "chrome-extension://abcdefghijklmnop",
    "moz-extension://00000000-0000-0000-0000-000000000000",
]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_gets_no_socket(origin: str) -> None:
    """However much it looks like ours, or like the shop's."""
    assert status(new_door(), CUSTOMER, origin) == HTTPStatus.FORBIDDEN
    assert status(new_door(), "/socket/agent", origin) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("origin", [None, OWN, "https://shop.example"])
def test_the_shops_pages_may_have_a_widget(origin: str | None) -> None:
    """The shop's, our own, and programs that are no browser."""
    entry = new_door().entry(CUSTOMER, origin)

    assert (entry.role, entry.channel) == (Role.CUSTOMER, SHOP)


def test_a_shops_page_is_no_console() -> None:
    """What a channel allows is not allowed to sign agents in."""
    door = new_door()

    assert status(door, "/socket/agent", "https://shop.example") == 403
    assert door.entry("/socket/agent", OWN).role is Role.AGENT


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/socket/customer/",
        "/socket/customer/other",
        "/socket/customer/shop/",
        "/socket/customer/shop/x",
        "/socket/customer//shop",
        "/socket/customer/Shop",
        "/socket/customer/sh%6fp",
        "/socket/customer/../agent",
        "/socket/agent/",
        "/socket/agents",
        "/SOCKET/agent",
        "socket/agent",
        "*",
        "",
    ],
)
def test_any_other_address_leads_nowhere(path: str) -> None:
    """No path is mended on the way."""
    assert status(new_door(), path, OWN) == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        # Nobody is believed who is not a proxy of ours.
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("192.0.2.1", [], "192.0.2.1"),
        # A proxy of ours is believed, and what came before it is not.
        (PROXY, ["198.51.100.7"], "198.51.100.7"),
        (PROXY, ["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
        (PROXY, ["127.0.0.1", "198.51.100.7"], "198.51.100.7"),
        (PROXY, ["10.9.9.9, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        (PROXY, ["198.51.100.7, 10.0.0.2", "10.0.0.3"], "198.51.100.7"),
        (PROXY, [" 198.51.100.7\t"], "198.51.100.7"),
        # What is no address ends the search at the proxy that sent it.
        (PROXY, [], PROXY),
        (PROXY, [""], PROXY),
        (PROXY, ["unknown"], PROXY),
        (PROXY, ["198.51.100.7, _hidden"], PROXY),
        (PROXY, ["198.51.100.7:1234"], PROXY),
        (PROXY, ["x, 10.0.0.2"], "10.0.0.2"),
        # The same address is the same, however it is written.
        ("::ffff:10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        (PROXY, ["::ffff:198.51.100.7"], "198.51.100.7"),
        (PROXY, ["2001:DB8:0:0::1"], "2001:db8::1"),
        ("fd00::1", ["2001:db8::1"], "2001:db8::1"),
        ("local", ["198.51.100.7"], "local"),
    ],
)
def test_whose_connection_it_is(
    peer: str, forwarded: list[str], address: str
) -> None:
    """The last address that no proxy of ours has written itself."""
    door = new_door(trusted_proxies=["10.0.0.0/8", "fd00::/8"])

    assert door.address_of(peer, forwarded) == address


def test_an_address_has_so_many_connections_and_no_more() -> None:
    """Others still get in, and who has left makes room."""
    door = new_door(most_per_address=2)

    assert [come_in(door, "192.0.2.1") for _ in range(3)] == [101, 101, 429]
    assert come_in(door, "192.0.2.2") == 101
    door.go_out("192.0.2.1")
    assert come_in(door, "192.0.2.1") == 101
    assert door.connections == 3


def test_a_line_has_one_count_for_all_its_addresses() -> None:
    """2^64 IPv6 addresses are one customer's, and one written two ways."""
    door = new_door(most_per_address=2)

    assert come_in(door, "2001:db8::1") == 101
    assert come_in(door, "2001:db8::2") == 101
    assert come_in(door, "2001:db8:0:0:ffff::9") == 429
    assert come_in(door, "2001:db8:0:1::1") == 101
    assert come_in(door, "192.0.2.1") == 101
    assert come_in(door, "::ffff:192.0.2.1") == 101
    assert come_in(door, "192.0.2.1") == 429


def test_a_proxy_may_bring_many_but_not_without_end() -> None:
    """All its customers share its address while they shake hands."""
    door = new_door(most=4, most_per_address=1, trusted_proxies=[PROXY])

    assert [come_in(door, PROXY) for _ in range(5)] == [101] * 4 + [503]


def test_who_has_left_is_forgotten() -> None:
    """The door keeps no list of addresses that once came."""
    door = new_door()
    for number in range(50):
        door.come_in(f"192.0.2.{number}")
        door.come_in(f"192.0.2.{number}")
    for number in range(50):
        door.go_out(f"192.0.2.{number}")
        door.go_out(f"192.0.2.{number}")

    assert door.connections == 0
    assert not door._by_address


def test_who_was_turned_away_is_not_counted() -> None:
    """Or a flood would keep the door shut behind itself."""
    door = new_door(most_per_address=1)
    for _ in range(5):
        come_in(door, "192.0.2.1")
    door.go_out("192.0.2.1")

    assert door.connections == 0
    assert come_in(door, "192.0.2.1") == 101


def test_channels_are_looked_up_as_they_are_called() -> None:
    """One that does not exist is not found, and nothing is made of it."""
    door = Door({}, own_origins=[])

    assert status(door, f"/socket/customer/{ChannelId('shop')}") == 404


def test_an_application_is_no_browser() -> None:
    """Not even the server's own pages may try keys."""
    door = new_door()
    path = "/socket/application"

    assert door.entry(path, None).role is Role.APPLICATION
    for origin in (OWN, "https://elsewhere.example", "null"):
        assert status(door, path, origin) == 403
