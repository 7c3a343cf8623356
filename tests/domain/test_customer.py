"""Who a customer is, and by what else they are found."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.customer import (
    LONGEST_NAME,
    LONGEST_URL,
    MOST_CONTACTS,
    Identity,
)
from server.domain.platform_keys import Address
from server.errors import Invalid, InvalidCode

ADA = Identity(
    platform_key="ada-1",
    name="Ada",
    picture_url="https://pictures.example/ada",
    email=" Ada@Example.COM",
    phone="+49 171 3920001",
    contacts={"crm": "C-17"},
)


def test_a_person_is_found_by_what_is_known_of_them() -> None:
    """In the spelling that is looked up; a contact with its label."""
    ADA.check()

    assert ADA.key == "ada-1"
    assert list(ADA.addresses()) == [
        (Address.EMAIL, ("ada@example.com",)),
        (Address.PHONE, ("+491713920001",)),
        (Address.CONTACT, ("crm", "C-17")),
    ]
    assert list(Identity(platform_key="bob").addresses()) == []


def test_nothing_of_a_person_shows() -> None:
    """Not by accident, in a log or a traceback."""
    assert "Ada" not in repr(ADA)
    assert "ada" not in repr(ADA)


def test_what_is_put_right_takes_the_place_of_what_was() -> None:
    """What is not named stays, and None takes it away."""
    after = ADA.amended({"name": "Ada L.", "phone": None, "contacts": None})

    assert after.name == "Ada L."
    assert after.phone is None
    assert after.contacts == {}
    assert after.email == ADA.email
    assert ADA.amended({}) == ADA


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"platform_key": "bob"}, "$", InvalidCode.NOT_ALLOWED),
        ({"age": 7}, "$", InvalidCode.NOT_ALLOWED),
        ({"name": ""}, "$.name", InvalidCode.MALFORMED),
        ({"name": "a\nb"}, "$.name", InvalidCode.MALFORMED),
        ({"name": "x" * (LONGEST_NAME + 1)}, "$.name", InvalidCode.MALFORMED),
        (
            {"picture_url": "https://" + "x" * LONGEST_URL},
            "$.picture_url",
            InvalidCode.MALFORMED,
        ),
        (
            {"picture_url": "http://a.example"},
            "$.picture_url",
            InvalidCode.MALFORMED,
        ),
        ({"email": "ada"}, "$.email", InvalidCode.MALFORMED),
        ({"phone": "soon"}, "$.phone", InvalidCode.MALFORMED),
        ({"contacts": {"crm": ""}}, "$.contacts", InvalidCode.MALFORMED),
        ({"contacts": {"": "x"}}, "$.contacts", InvalidCode.MALFORMED),
        (
            {"contacts": {str(n): "x" for n in range(MOST_CONTACTS + 1)}},
            "$.contacts",
            InvalidCode.TOO_MANY,
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_path(
    changes: dict[str, Any], path: str, code: InvalidCode
) -> None:
    """And never by its value."""
    with pytest.raises(Invalid) as invalid:
        ADA.amended(changes)

    assert (invalid.value.path, invalid.value.code) == (path, code)


def test_a_key_that_is_none_is_refused() -> None:
    """Nobody could be found by it."""
    with pytest.raises(Invalid):
        _ = Identity(platform_key="a\nb").key
