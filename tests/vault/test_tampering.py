"""Of 100,000 things altered, moved or cut off on the disk, none opens.

Moved means: the same bytes, under the same key, in another place, so that it
is the place that refuses them and not the key. Each kind of thing says what a
place is to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from random import Random

import pytest

from server.domain.audit import EMPTY, Anchor
from server.errors import Corrupt
from server.vault.anchors import Anchors
from server.vault.chunks import CHUNK, SEALED_CHUNK, ChunkCipher
from server.vault.one_time_key import OneTimeKey
from server.vault.package_header import HEADER_SIZE
from server.vault.package_key import Kind, PackageKey
from server.vault.sealing import DataKey, bound_to, open_sealed, seal
from server.vault.wrapping import KeyWrapper, place_of
from tests.vault.package_samples import BACKUP, EXPORT, opened, package
from tests.vault.rings import MASTER, NEW
from tests.vault.tampered import tampered

TRIES = 20_000  # of each of the five kinds

randomness = Random(11).randbytes
SECRET = randomness(32)
OTHER_SECRET = randomness(32)
CONTENTS = randomness(60)


@dataclass(frozen=True)
class Kept:
    """Something sealed.

    Attributes:
        sealed: As it lies on the disk.
        opens: Takes bytes; raises Corrupt if they do not belong there.
    """

    sealed: bytes
    opens: Callable[[bytes], object]


def rows() -> Iterator[Kept]:
    """Envelopes of one key, in rows that differ in one thing each."""
    key = DataKey(0, SECRET)
    for account, conversation, table, column, row in [
        ("acme", "c1", "message", "sealed", 7),
        ("bolt", "c1", "message", "sealed", 7),
        ("acme", "c2", "message", "sealed", 7),
        ("acme", "c1", "attachment", "sealed", 7),
        ("acme", "c1", "message", "author", 7),
        ("acme", "c1", "message", "sealed", 8),
        ("acmec", "1", "message", "sealed", 7),
        ("acme", "c1", "messages", "ealed", 7),
    ]:
        place = bound_to(
            account, conversation, table=table, column=column, row=row
        )

        def opens(found: bytes, place: bytes = place) -> bytes:
            return open_sealed(key, found, bound_to=place)

        yield Kept(
            seal(key, CONTENTS, bound_to=place, randomness=randomness), opens
        )


def pieces() -> Iterator[Kept]:
    """Pieces of attachments: another file, number, or end."""
    for attachment, number, is_last in [
        ("photo", 0, False),
        ("photo", 1, False),
        ("photo", 1, True),
        ("photo", 256, False),
        ("phot", 0, False),
    ]:
        cipher = ChunkCipher(SECRET, attachment)

        def opens(
            found: bytes,
            cipher: ChunkCipher = cipher,
            number: int = number,
            *,
            is_last: bool = is_last,
        ) -> bytes:
            return cipher.open(number, found, is_last=is_last)

        yield Kept(cipher.seal(number, CONTENTS, is_last=is_last), opens)


def slots() -> Iterator[Kept]:
    """Wrapped keys: another slot, account, owner, or master key."""
    for master, slot, account, conversation in [
        (MASTER, 5, "acme", "c1"),
        (MASTER, 6, "acme", "c1"),
        (MASTER, 5, "bolt", "c1"),
        (MASTER, 5, "acme", "account"),
        (MASTER, 5, "acme", "customer:1"),
        (MASTER, 5, "acmec", "1"),
        (NEW, 5, "acme", "c1"),
    ]:
        wrapper = KeyWrapper(master)
        place = place_of(slot, account, conversation)

        def opens(
            found: bytes, wrapper: KeyWrapper = wrapper, place: bytes = place
        ) -> bytes:
            return wrapper.unwrap(found, place=place)

        nonce = randomness(12)
        yield Kept(wrapper.wrap(OTHER_SECRET, place=place, nonce=nonce), opens)


def packages() -> Iterator[Kept]:
    """Packages of other keys and kinds, also of one secret."""
    same = PackageKey(SECRET, Kind.BACKUP, b"name")
    for key in [
        EXPORT,
        BACKUP,
        same,
        PackageKey(SECRET, Kind.EXPORT, b"name"),
        PackageKey.of_backups(NEW),
        OneTimeKey.generate(randomness).package_key(),
    ]:

        def opens(found: bytes, key: PackageKey = key) -> bytes:
            return opened(found, key)

        yield Kept(package(CONTENTS, key), opens)


def anchors() -> Iterator[Kept]:
    """Seals of anchors that differ in one field each, or in their key."""
    one = replace(EMPTY, last=7, last_chain=b"\7" * 32, settings=b"s" * 32)
    for master, anchor in [
        (MASTER, one),
        (MASTER, replace(one, last=8)),
        (MASTER, replace(one, first=1)),
        (MASTER, replace(one, first_chain=b"\1" * 32)),
        (MASTER, replace(one, last_chain=b"\6" * 32)),
        (MASTER, replace(one, settings=b"t" * 32)),
        (NEW, one),
    ]:
        sealer = Anchors(master)

        def opens(
            found: bytes, sealer: Anchors = sealer, anchor: Anchor = anchor
        ) -> None:
            if not sealer.is_sound(anchor, found):
                raise Corrupt

        yield Kept(sealer.seal(anchor), opens)


KINDS = [rows, pieces, slots, packages, anchors]


def open_in_spite(kept: Kept, found: bytes) -> bool:
    """Whether ``found`` opens where ``kept`` belongs."""
    try:
        kept.opens(found)
    except Corrupt:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_opens_that_is_not_as_it_was_kept(
    kind: Callable[[], Iterator[Kept]],
) -> None:
    """One in four is only moved; of the others, no byte is safe."""
    everything = list(kind())
    chance = Random(13)
    assert all(open_in_spite(kept, kept.sealed) for kept in everything)

    passed = 0
    for number in range(TRIES):
        kept, other = chance.sample(everything, 2)
        found = tampered(kept.sealed, chance) if number % 4 else other.sealed
        passed += open_in_spite(kept, found)

    assert passed == 0


def test_every_thing_is_refused_in_every_other_place() -> None:
    """All pairs: chance may have left one out."""
    for kind in KINDS:
        everything = list(kind())
        opening = [
            (at, to)
            for at, kept in enumerate(everything)
            for to, other in enumerate(everything)
            if open_in_spite(kept, other.sealed)
        ]
        assert opening == [(at, at) for at in range(len(everything))]


def test_no_package_can_be_made_of_the_pieces_of_two() -> None:
    """Of one key and one length; any of their pieces in any order."""
    chance = Random(17)
    stock, heads = [], []
    whole = [package(chance.randbytes(2 * CHUNK + 50)) for _ in range(2)]
    for sealed in whole:
        heads.append(sealed[:HEADER_SIZE])
        starts = range(HEADER_SIZE, len(sealed), SEALED_CHUNK)
        stock += [sealed[at : at + SEALED_CHUNK] for at in starts]

    passed = 0
    for _ in range(500):
        some = chance.choices(stock, k=chance.randint(0, 5))
        made = b"".join([chance.choice(heads), *some])
        passed += made not in whole and open_in_spite(Kept(b"", opened), made)

    assert passed == 0


def test_an_anchor_has_no_field_that_is_not_tried() -> None:
    """One more field has to be moved here, too."""
    assert len(astuple(EMPTY)) == 5
