"""Hardware and browser, by hints first and by guessing then."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.context import Arrival, Device
from server.gateway.device import HINTS, LONGEST_NAME, Devices

DEVICES = Devices()
PIXEL = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36"
    " (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)
EDGE = {
    "sec-ch-ua": '"Not)A;Brand";v="8", "Chromium";v="140",'
    ' "Microsoft Edge";v="140"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Windows"',
}


def test_a_browser_is_guessed_by_what_it_calls_itself() -> None:
    """Family, major version, system and model."""
    assert DEVICES.device(Arrival(user_agent=PIXEL)) == Device(
        browser="Chrome Mobile",
        version="140",
        platform="Android",
        model="Pixel 9",
        mobile=True,
    )


def test_a_desk_is_not_mobile() -> None:
    """Firefox sends no hints at all."""
    firefox = (
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )

    assert DEVICES.device(Arrival(user_agent=firefox)) == Device(
        browser="Firefox", version="140", platform="Linux", mobile=False
    )


def test_hints_go_first() -> None:
    """Chrome's own words for a browser that is not Chrome."""
    found = DEVICES.device(Arrival(user_agent=PIXEL, hints=EDGE))

    assert found == Device(
        browser="Microsoft Edge",
        version="140",
        platform="Windows",
        model="Pixel 9",
        mobile=False,
    )


@pytest.mark.parametrize(
    ("hints", "found"),
    [
        ({}, None),
        ({"sec-ch-ua-mobile": "?1"}, Device(mobile=True)),
        ({"sec-ch-ua-mobile": "yes"}, None),
        ({"sec-ch-ua": '"Not A Brand";v="99"'}, None),
        (
            {"sec-ch-ua": '"Chromium";v="140"'},
            Device(browser="Chromium", version="140"),
        ),
        (
            EDGE | {"sec-ch-ua-full-version-list": '"Opera";v="99.1.2"'},
            Device(
                browser="Opera",
                version="99.1.2",
                platform="Windows",
                mobile=False,
            ),
        ),
        ({"sec-ch-ua-model": '"X1 \x00"'}, Device(model="X1")),
    ],
)
def test_hints_alone_may_say_it_all(
    hints: dict[str, str], found: Device | None
) -> None:
    """What is not said stays unknown, and the brand that is none is none."""
    assert DEVICES.device(Arrival(hints=hints)) == found


@pytest.mark.parametrize("line", ["", " ", "no browser at all"])
def test_what_tells_nothing_is_nothing(line: str) -> None:
    """Rather than a browser called "Other"."""
    assert DEVICES.device(Arrival(user_agent=line)) is None


@settings(max_examples=50, deadline=None)
@given(
    st.text(max_size=600), st.dictionaries(st.sampled_from(HINTS), st.text())
)
def test_no_header_is_too_strange(
    user_agent: str, hints: dict[str, str]
) -> None:
    """Anybody can send anything; what comes out is bounded."""
    found = DEVICES.device(Arrival(user_agent=user_agent, hints=hints))

    for name in ("browser", "version", "platform", "model"):
        value = getattr(found, name, None) or ""
        assert len(value) <= LONGEST_NAME


def test_nothing_is_remembered_of_a_browser() -> None:
    """Its line may be one of a kind, and must not outlive the session."""
    canary = "Kanarie-" + "x4711"
    devices = Devices()

    devices.device(Arrival(user_agent=f"{PIXEL} {canary}"))
    gc.collect()

    held = [
        one
        for one in gc.get_objects()
        if isinstance(one, dict)
        and any(type(key) is str and canary in key for key in list(one))
    ]
    assert held == []
