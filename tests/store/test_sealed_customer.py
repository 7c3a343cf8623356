"""What of a customer is sealed, and back."""

from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.consent import Level
from server.domain.customer import Identity
from server.domain.customer_event import (
    Consent,
    CustomerEvent,
    Reason,
    Rectified,
    Restricted,
    Source,
)
from server.domain.restriction import Restriction
from server.errors import Corrupt
from server.store.sealed_customer import (
    kind_of,
    pack_event,
    pack_identity,
    unpack_event,
    unpack_identity,
)

words = st.text(max_size=20)
moments = st.floats(0, 1e10)

events = st.one_of(
    st.builds(
        Consent,
        purpose=st.text(min_size=1, max_size=20),
        level=st.sampled_from(Level),
        at=moments,
        version=words,
        source=st.sampled_from(Source),
        by=words,
    ),
    st.builds(
        Restricted,
        restriction=st.sampled_from(Restriction),
        is_set=st.booleans(),
        at=moments,
        reason=st.sampled_from(Reason),
        source=st.sampled_from(Source),
        by=words,
        notice_given_at=st.none() | st.floats(1, 1e10),
    ),
    st.builds(
        Rectified,
        fields=st.lists(words, max_size=3).map(tuple),
        at=moments,
        note=words,
        by=words,
    ),
)
identities = st.builds(
    Identity,
    platform_key=st.text(min_size=1, max_size=20),
    name=st.none() | st.text(min_size=1, max_size=20),
    picture_url=st.none() | st.text(min_size=1, max_size=20),
    email=st.none() | st.text(min_size=1, max_size=20),
    phone=st.none() | st.text(min_size=1, max_size=20),
    contacts=st.dictionaries(words, words, max_size=3),
)


@given(identities)
def test_who_is_sealed_is_who_comes_out(identity: Identity) -> None:
    """Whatever is known of them."""
    assert unpack_identity(pack_identity(identity)) == identity


@given(events)
def test_what_happened_is_what_comes_out(event: CustomerEvent) -> None:
    """With the kind and the moment that its columns say."""
    packed = pack_event(event)

    assert unpack_event(packed, kind=kind_of(event), at=event.at) == event


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"\xc1",
        msgpack.packb([1]),
        msgpack.packb({"name": "Ada"}),
        msgpack.packb({"platform_key": "ada", "age": 7}),
    ],
)
def test_another_identity_is_not_guessed_at(plain: bytes) -> None:
    """It is an error that says nothing of what was in it."""
    with pytest.raises(Corrupt) as corrupt:
        unpack_identity(plain)

    assert corrupt.value.__context__ is None


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("consent", {}),
        ("consent", {"purpose": "offers", "source": "rumour"}),
        ("consent", {"purpose": "offers", "source": "api", "level": 9}),
        ("restriction", {"restriction": "do_not_laugh"}),
        ("rectified", {"fields": 7}),
        ("forgotten", {}),
    ],
)
def test_another_event_is_not_guessed_at(
    kind: str, parts: dict[str, object]
) -> None:
    """Nor one whose kind nobody knows."""
    with pytest.raises(Corrupt) as corrupt:
        unpack_event(msgpack.packb(parts), kind=kind, at=1.0)

    assert corrupt.value.__context__ is None
