"""Which addresses the server may dial.

An address is judged as a number, never by its spelling or by the name it was
found under, and by what it really reaches: ``::ffff:10.0.0.1`` and
``64:ff9b::a00:1`` are both 10.0.0.1. The standard library's ``is_global`` is
no guard: of 27 hostile addresses it calls 8 to 11 global, by Python version.

Rules of this file
    1. Public is what lies in 2000::/3 or is IPv4, less the blocks below.
    2. What does not parse strictly is not public.
    3. An operator's own networks are a list given by the operator, never
       by an account.

A network may translate to IPv4 under a prefix of its own (RFC 6052): such a
prefix looks like any other, so its router must refuse private targets.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


#: What IANA lists as special, and one public address that is not: behind
#: 168.63.129.16 a large cloud keeps its machines' own configuration.
SPECIAL_IPV4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers' NAT; a cloud's metadata service
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",  # link-local; most clouds' metadata service
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # automatic multicast tunnels
            "192.88.99.0/24",  # relays of 6to4, retired
            "192.168.0.0/16",
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)

GLOBAL_IPV6: Final = IPv6Network("2000::/3")

#: Inside ``GLOBAL_IPV6``, and yet nobody's server. 6to4 and Teredo carry an
#: IPv4 address: retired, so refused whatever they carry.
SPECIAL_IPV6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",  # AS112
            "3ffe::/16",  # 6bone, given back
            "3fff::/20",  # documentation
        ),
    )
)

#: The last 32 bits of an address in one of these are the IPv4 address that
#: it reaches: here itself, and through the NAT64 that everybody knows. In a
#: site's own NAT64 (64:ff9b:1::/48) they lie where that site has chosen, so
#: nothing in it is public; the other old forms (compatible, translated) lie
#: outside ``GLOBAL_IPV6`` and reach nobody.
MAPPED: Final = IPv6Network("::ffff:0:0/96")
NAT64: Final = IPv6Network("64:ff9b::/96")

_IPV4_MASK: Final = 2**32 - 1
#: An interface that tunnels to the IPv4 address in its last 32 bits, with
#: and without the bit for "globally unique".
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})


def is_public(address: str | Address) -> bool:
    """Whether ``address`` is a machine on the open internet."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address) and parsed in NAT64:
        parsed = _carried(parsed)
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in SPECIAL_IPV4)
    return (
        parsed is not None
        # A zone makes it an address of one of our own links.
        and parsed.scope_id is None
        and parsed in GLOBAL_IPV6
        and not any(parsed in network for network in SPECIAL_IPV6)
        and not _tunnels_inside(parsed)
    )


def may_dial(address: str | Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether ``address`` is public or in one of the ``allowed`` networks.

    10.0.0.0/8 allows ``::ffff:10.0.0.1``, which is dialled as 10.0.0.1, but
    not 10.0.0.1 through a NAT64: that is somebody else's network. An IPv6
    network allows no IPv4 in disguise.
    """
    parsed = _parsed(address)
    return parsed is not None and (
        any(parsed in network for network in allowed) or is_public(parsed)
    )


def _parsed(address: str | Address) -> Address | None:
    """What is dialled by ``address``; None if it is no address."""
    if isinstance(address, str):
        try:
            address = ip_address(address)
        except ValueError:
            return None
    if isinstance(address, IPv6Address) and address in MAPPED:
        return _carried(address)
    return address


def _carried(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & _IPV4_MASK)


def _tunnels_inside(address: IPv6Address) -> bool:
    interface = int(address) >> 32 & _IPV4_MASK
    return interface in _ISATAP and not is_public(_carried(address))
