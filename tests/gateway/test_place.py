"""Where addresses are, by a file that may change, break or not be there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from server.domain.context import Place
from server.gateway.place import Places

OSLO = {
    "country": {"iso_code": "NO", "names": {"en": "Norway"}},
    "subdivisions": [{"names": {"en": "Oslo County"}}],
    "city": {"names": {"en": "Oslo", "nb": "Oslo"}},
}


#: Makes the object under test.
Opened = Callable[[Path | None], Places]


def write(path: Path, networks: dict[str, Any]) -> Path:
    """A database of ``networks``, put in place of what is there at once."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    new = path.with_suffix(".new")
    writer.to_db_file(str(new))
    new.rename(path)
    return path


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens databases, and lets go of them in the end."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(closing(Places(path)))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """One with a place, and with what is none."""
    return write(
        tmp_path / "places.mmdb",
        {
            "192.0.2.0/24": OSLO,
            "2001:db8::/32": {"country": {"iso_code": "SE"}},
            "198.51.100.0/25": {"country": "Atlantis", "subdivisions": []},
            "198.51.100.128/25": "not a place at all",
            "203.0.113.0/24": {"autonomous_system_number": 64496},
        },
    )


@pytest.mark.parametrize(
    ("address", "place"),
    [
        (
            "192.0.2.7",
            Place(country="NO", region="Oslo County", city="Oslo"),
        ),
        ("2001:db8::7", Place(country="SE")),
        ("198.51.100.7", None),
        ("198.51.100.200", None),
        ("203.0.113.7", None),
        ("127.0.0.1", None),
        ("no address", None),
        ("", None),
    ],
)
def test_an_address_has_a_place_or_none(
    opened: Opened, database: Path, address: str, place: Place | None
) -> None:
    """Whatever the file holds for it."""
    assert opened(database).place(address) == place


def test_without_a_file_nothing_is_known(
    opened: Opened, tmp_path: Path
) -> None:
    """Not set, or not there yet."""
    assert opened(None).place("192.0.2.7") is None
    places = opened(tmp_path / "places.mmdb")
    assert places.place("192.0.2.7") is None

    write(tmp_path / "places.mmdb", {"192.0.2.0/24": OSLO})

    assert places.place("192.0.2.7") is not None


def test_a_new_file_is_taken(opened: Opened, database: Path) -> None:
    """Without a restart."""
    places = opened(database)
    before = places.place("192.0.2.7")
    assert places.place("192.0.2.7") == before

    write(database, {"192.0.2.0/24": {"country": {"iso_code": "DK"}}})

    assert places.place("192.0.2.7") == Place(country="DK")


def test_a_broken_file_does_not_replace_a_good_one(
    opened: Opened, database: Path
) -> None:
    """A copy was cut short, or another kind of file put there."""
    places = opened(database)
    before = places.place("192.0.2.7")
    broken = database.with_suffix(".new")
    broken.write_bytes(b"not a database")
    broken.rename(database)

    assert places.place("192.0.2.7") == before
    database.unlink()
    assert places.place("192.0.2.7") == before


def test_a_file_cut_while_it_is_read_ends_nothing(
    opened: Opened, database: Path
) -> None:
    """Even when whoever replaces it does it in place."""
    places = opened(database)
    places.place("192.0.2.7")

    os.truncate(database, 100)

    assert places.place("192.0.2.8") is None


def test_a_folder_is_no_database(opened: Opened, tmp_path: Path) -> None:
    """Nor does it stop anything."""
    assert opened(tmp_path).place("192.0.2.7") is None


def test_it_lets_go_of_the_file(opened: Opened, database: Path) -> None:
    """When the server stops; twice does no harm."""
    places = opened(database)
    places.place("192.0.2.7")

    places.close()
    places.close()
