"""How a request becomes a WebSocket, or is turned away."""

from __future__ import annotations

import logging

import pytest
from websockets.http11 import Request

from server.domain.context import Arrival
from server.gateway.device import LONGEST
from server.gateway.handshake import new_wire
from tests.gateway.line import Line

CANARY = "CANARY-4711"


def test_a_browser_of_the_shop_comes_in() -> None:
    """With the first subprotocol of its list that we know."""
    line = Line()

    answer = line.shake_hands(
        line.request(
            Origin="https://shop.example",
            Sec_WebSocket_Protocol="chat, dayfly.v1.json, dayfly.v1.msgpack",
        )
    )

    assert answer.startswith("HTTP/1.1 101 ")
    assert "Sec-WebSocket-Protocol: dayfly.v1.json\r\n" in answer
    assert "Extensions" not in answer
    assert line.door.connections == 1
    assert len(line.watch) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"path": f"/socket/customer/{CANARY}"}, 404),
        ({"path": f"/socket/nowhere?{CANARY}"}, 404),
        ({"Origin": f"https://{CANARY}.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_WebSocket_Protocol": ""}, 400),
        ({"Sec_WebSocket_Protocol": CANARY}, 400),
        ({"Sec_WebSocket_Key": CANARY}, 400),
        ({"Sec_WebSocket_Key": ""}, 400),
        ({"Sec_WebSocket_Version": CANARY}, 400),
        ({"Upgrade": CANARY}, 400),
        ({"Connection": CANARY}, 400),
    ],
)
def test_a_refusal_never_quotes_the_request(
    headers: dict[str, str], status: int
) -> None:
    """A short reason, not to be cached, and the connection ends."""
    line = Line()

    answer = line.shake_hands(line.request(**headers))

    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "CANARY" not in answer
    assert "Cache-Control: no-store\r\n" in answer
    assert line.transport.end == "closed"
    assert line.parties == []


def test_two_origins_are_none() -> None:
    """Which of them a proxy in front has looked at, nobody knows."""
    line = Line()
    request = line.request()
    request.headers["Origin"] = "https://shop.example"
    request.headers["Origin"] = "https://evil.example"

    assert line.shake_hands(request).startswith("HTTP/1.1 403 ")


def test_too_many_from_one_address_are_429_and_in_all_503() -> None:
    """Said before the upgrade, where a client can still read it."""
    for limits, status in (
        ({"most_per_address": 0}, 429),
        ({"most": 0}, 503),
    ):
        answer = Line(**limits).shake_hands()

        assert answer.startswith(f"HTTP/1.1 {status} ")


def test_who_was_counted_is_counted_out() -> None:
    """Whether it came in or only nearly."""
    for headers in ({}, {"Sec_WebSocket_Key": "x"}, {"Origin": "null"}):
        line = Line()
        line.shake_hands(line.request(**headers))
        line.server.connection_lost(None)

        assert line.door.connections == 0
        assert not line.door._by_address


def test_a_proxy_is_believed_about_whose_connection_it_is() -> None:
    """And nobody else."""
    for peer, counted in (
        (("10.0.0.1", 5000), "198.51.100.7"),
        (("192.0.2.1", 5000), "192.0.2.1"),
        ("", "local"),
    ):
        line = Line(peer=peer, trusted_proxies=["10.0.0.0/8"])
        line.shake_hands(line.request(X_Forwarded_For="198.51.100.7"))

        assert list(line.door._by_address) == [counted]


def test_a_token_in_the_address_is_not_looked_at() -> None:
    """Addresses end up in logs; the query is ignored."""
    line = Line()

    answer = line.shake_hands(
        line.request(path=f"/socket/customer/shop?token={CANARY}")
    )

    assert answer.startswith("HTTP/1.1 101 ")
    assert "CANARY" not in answer


def test_the_library_is_never_asked_to_debug() -> None:
    """It would write the head of every frame into the log."""
    logger = logging.getLogger("server")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        assert not new_wire().debug
    finally:
        logger.setLevel(level)


def test_what_is_no_request_ends_without_an_answer() -> None:
    """No party is made of it, and nothing is left."""
    line = Line()

    line.bytes(b"\x16\x03\x01\x02\x00" * 100 + b"\r\n\r\n")

    assert line.transport.end == "closed"
    assert line.parties == []


def test_other_methods_are_no_handshake() -> None:
    """The library would answer 405 and quote the method."""
    line = Line()
    request = line.request()
    data = Request(request.path, request.headers).serialize()

    line.bytes(data.replace(b"GET ", b"PUT ", 1))

    assert line.transport.end == "closed"
    assert line.parties == []


def arrival_of(line: Line, **headers: str) -> Arrival:
    """How the customer came in, as the use cases are told."""
    line.shake_hands(line.request(**headers))
    arrival = line.party.entry.arrival
    assert arrival is not None
    return arrival


def test_a_customer_is_told_of_with_address_and_browser() -> None:
    """Hints by their names; nothing else of the request."""
    arrival = arrival_of(
        Line(),
        User_Agent="Firefox/140",
        Sec_CH_UA_Platform='"Linux"',
        Cookie="login=secret",
    )

    assert arrival == Arrival(
        address="192.0.2.1",
        user_agent="Firefox/140",
        hints={"sec-ch-ua-platform": '"Linux"'},
    )


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "nonsense", None),
        ("10.0.0.1", "", None),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
    ],
)
def test_an_address_is_believed_from_trusted_proxies_only(
    peer: str, forwarded: str, address: str | None
) -> None:
    """And a proxy that says nothing is not taken for the customer."""
    line = Line(peer=(peer, 5000), trusted_proxies=["10.0.0.0/8"])

    assert arrival_of(line, X_Forwarded_For=forwarded).address == address


def test_a_local_socket_has_no_address() -> None:
    """Nor does it stop anything."""
    assert arrival_of(Line(peer="")).address is None


def test_endless_headers_are_cut() -> None:
    """They are kept until the customer has said hello."""
    arrival = arrival_of(Line(), User_Agent="x" * 2_000, Sec_CH_UA="y" * 2_000)

    assert len(arrival.user_agent) == LONGEST
    assert len(arrival.hints["sec-ch-ua"]) == LONGEST


def test_of_an_agent_nothing_is_told() -> None:
    """Whoever answers is at work."""
    line = Line()
    line.shake_hands(line.request("/socket/agent", User_Agent="Firefox/140"))

    assert line.party.entry.arrival is None
