"""No address of our own machines passes for one of the open internet."""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.network import (
    MAPPED,
    NAT64,
    SPECIAL_IPV4,
    is_public,
    may_dial,
)


def words(text: str) -> list[str]:
    """What stands in ``text`` between spaces."""
    return text.split()


HOSTILE = words("""
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200
100.127.255.255 127.0.0.1 127.255.255.254 168.63.129.16 169.254.0.1
169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.0.192
192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1
198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
240.0.0.1 255.255.255.255
:: ::1 ::2 ::127.0.0.1 ::169.254.169.254 ::ffff:0.0.0.0 ::ffff:127.0.0.1
::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:192.168.1.1 ::ffff:0:127.0.0.1
64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::10.0.0.1 64:ff9b:1::a9fe:a9fe
64:ff9b:1::1 ::8.8.8.8 ::ffff:0:8.8.8.8
64:ff9b:1:a9fe:a9:fe00:: 64:ff9b:1::808:808
2002:7f00:1:: 2002:a9fe:a9fe:: 2002:a00:1::1 2002:808:808::
2001::1 2001:0:a9fe:a9fe:: 2001:0:4136:e378:8000:63bf:5601:5601
2001:0:808:808:0:0:f7f7:f7f7 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1
2001:db8::1 2001:db8:ffff::1 3fff::1 3fff:fff::1 3ffe::1 2620:4f:8000::1
100::1 1fff:: 4000:: 5f00::1 fc00::1 fd00::1 fd00:ec2::254 fe80::1 fe80::1%1
fe80::1%lo fec0::1 feff::1 ff02::1 ff05::2 ff0e::1 ffff::
2606:4700::5efe:10.0.0.1 2606:4700::200:5efe:169.254.169.254
2606:4700:4700::1111%eth0
""")

PUBLIC = words("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0
126.255.255.255 128.0.0.0 168.63.129.15 169.253.255.255 172.15.255.255
172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
223.255.255.255 2606:4700:4700::1111 2001:200::1 2001:4860:4860::8888
2a00:1450:4001:827::200e 2003::1 2620:4f:7fff::1 3ffd::1 3fff:1000::1
::ffff:8.8.8.8 64:ff9b::808:808 2606:4700::5efe:8.8.8.8
""")

#: What some resolvers or parsers take for an address, and we do not.
NO_ADDRESS = [
    "", " ", "localhost", "example.com", "0x7f000001", "0x7f.0.0.1",
    "2130706433", "127.1", "127.0.1", "0177.0.0.1", "127.0.0.01", "8.8.8.8 ",
    " 8.8.8.8", "8.8.8.8\n", "8.8.8.8\0", "8.8.8.8/32", "8.8.8.8:80",
    "[2606:4700::1]",
    # Digits that some resolvers and URL parsers take for 0 to 9.
    "①②⑦.⓪.⓪.①", "\u0661\u0662\u0667.\u0660.\u0660.\u0661",
    "\uff18.\uff18.\uff18.\uff18", "8\u30028\u30028\u30028",
    "256.1.1.1", "8.8.8", "8.8.8.8.8", "-8.8.8.8", "+8.8.8.8", "::1::",
    "2606:4700::g", "1:2:3:4:5:6:7:8:9", "::ffff:8.8.8.256", "2606:4700::1%",
]  # fmt: skip


@pytest.mark.parametrize("address", HOSTILE)
def test_no_special_address_is_public(address: str) -> None:
    """Ours, everybody's, nobody's, and those inside another."""
    assert not is_public(address)
    assert not is_public(ip_address(address))
    assert not may_dial(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_every_other_address_is_public(address: str) -> None:
    """Also right beside a special block, and carried by an honest tunnel."""
    assert is_public(address)
    assert is_public(ip_address(address))
    assert may_dial(address)


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_address_is_not_public(text: str) -> None:
    """Nothing is guessed, and not even ::/0 and 0/0 allow it."""
    everything = [ip_network("0.0.0.0/0"), ip_network("::/0")]

    assert not is_public(text)
    assert not may_dial(text, everything)


@given(st.sampled_from([MAPPED, NAT64]), st.ip_addresses(v=4))
def test_a_carried_address_is_judged_as_itself(
    carrier: IPv6Network, address: IPv4Address
) -> None:
    """Both living ways of writing IPv4 as IPv6."""
    carried = IPv6Address(int(carrier.network_address) | int(address))

    assert is_public(carried) == is_public(address)


def test_what_a_network_allows_it_allows_in_disguise() -> None:
    """10.0.0.0/8 means 10.0.0.1 however this machine dials it, no more."""
    allowed = [ip_network("10.0.0.0/8")]

    assert may_dial("10.0.0.1", allowed)
    assert may_dial("::ffff:10.0.0.1", allowed)
    assert not may_dial("::ffff:192.168.0.1", allowed)
    assert not may_dial("64:ff9b::10.0.0.1", allowed)
    assert not may_dial("::10.0.0.1", allowed)
    assert not may_dial("::ffff:10.0.0.1", [ip_network("::/0")])


def test_an_allowed_network_of_each_kind_is_allowed() -> None:
    """Also a site's own NAT64, by naming it, and the machine itself."""
    assert may_dial("64:ff9b:1::a00:1", [ip_network("64:ff9b:1::/48")])
    assert may_dial("fd00::1", [ip_network("fd00::/8")])
    assert may_dial("::1", [ip_network("::1/128")])
    assert may_dial("127.0.0.1", [ip_network("127.0.0.0/8")])
    assert not may_dial("fd00::1", [ip_network("10.0.0.0/8")])


@given(st.sampled_from(SPECIAL_IPV4).flatmap(
    lambda network: st.ip_addresses(network=network)
))  # fmt: skip
def test_nothing_in_a_special_block_is_public(
    address: IPv4Address | IPv6Address,
) -> None:
    """From its first address to its last."""
    assert not is_public(address)


@given(st.ip_addresses())
def test_nothing_the_library_calls_private_is_public(
    address: IPv4Address | IPv6Address,
) -> None:
    """Ours is the stricter of the two, but for what carries IPv4."""
    carried = address in MAPPED or address in NAT64

    assert carried or address.is_global or not is_public(address)
