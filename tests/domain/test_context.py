"""What is known of a customer's surroundings, and what is cut from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.context import (
    LONGEST_URL,
    Arrival,
    Context,
    Device,
    Page,
    Place,
    one_line,
    page_of,
    web_address,
)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://shop.example/tea", "https://shop.example/tea"),
        ("https://shop.example/tea?q=a+name#top", "https://shop.example/tea"),
        ("http://shop.example:8080", "http://shop.example:8080"),
        ("https://me:secret@shop.example/", "https://shop.example/"),
        ("https://me@you@shop.example/", "https://shop.example/"),
        ("HTTPS://shop.example/", "https://shop.example/"),
        ("https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443/a"),
        ("file:///home/me/letter.txt", None),
        ("javascript:alert(1)", None),
        ("data:text/html,hello", None),
        ("about:blank", None),
        ("ftp://files.example/letter", None),
        ("chrome-extension://abcdef/page.html", None),
        ("https:///nowhere", None),
        ("https://[broken/", None),
        ("https://shop.example/\u202ereversed", None),
        ("/tea", None),
        ("", None),
    ],
)
def test_an_address_is_kept_without_what_is_private(
    told: str, kept: str | None
) -> None:
    """Only http and https; no query, fragment or password."""
    assert web_address(told, with_query=False) == kept


def test_a_channel_may_want_the_query() -> None:
    """The fragment goes all the same."""
    told = "https://shop.example/tea?kind=green#top"

    assert web_address(told, with_query=True) == (
        "https://shop.example/tea?kind=green"
    )
    assert web_address("https://a.example/?", with_query=True) == (
        "https://a.example/"
    )


def test_an_endless_address_is_none() -> None:
    """The bound holds whatever the protocol lets through."""
    assert (
        web_address("https://a.example/" + "x" * LONGEST_URL, with_query=True)
        is None
    )


@given(st.text(max_size=60))
def test_no_query_or_fragment_survives_anything(text: str) -> None:
    """Whatever a page calls its address."""
    kept = web_address(f"https://shop.example/{text}", with_query=False)

    assert kept is None or not set("?#") & set(kept)


def test_a_page_keeps_its_title_and_where_it_came_from() -> None:
    """Both cleaned in the same way."""
    assert page_of(
        "https://shop.example/tea#a",
        title=" Tea\n& more\ud800 ",
        referrer="https://search.example/?q=my+name",
        with_query=False,
    ) == Page(
        url="https://shop.example/tea",
        title="Tea & more",
        referrer="https://search.example/",
    )


def test_what_is_no_page_of_the_web_is_not_kept() -> None:
    """A file's name may be a person's."""
    none = page_of("file:///x", title="Letter", referrer="", with_query=True)

    assert none is None


def test_marks_that_scripts_need_stay_in_a_line() -> None:
    """Joiners hold emoji and Persian together; control characters go."""
    assert one_line("\u2764\ufe0f\u200d\U0001f525\x00") == (
        "\u2764\ufe0f\u200d\U0001f525"
    )


def test_what_is_not_known_is_left_out() -> None:
    """Also false, for a device may be known not to be mobile."""
    context = Context(
        address="192.0.2.7",
        place=Place(country="NO"),
        device=Device(browser="Firefox", mobile=False),
        page=Page(url="https://shop.example/"),
        time_zone="Europe/Oslo",
        tags={"colour": "blue"},
    )

    assert context.as_map() == {
        "address": "192.0.2.7",
        "place": {"country": "NO"},
        "device": {"browser": "Firefox", "mobile": False},
        "page": {"url": "https://shop.example/"},
        "time_zone": "Europe/Oslo",
        "tags": {"colour": "blue"},
    }


def test_an_empty_context_is_none() -> None:
    """Parts of which nothing is known are nothing."""
    assert not Context(place=Place(), device=Device())
    assert Context(language="nb")


def test_hints_go_before_what_was_guessed() -> None:
    """Each field by itself, but a version stays with its browser."""
    guessed = Device(
        browser="Chrome", version="124", platform="Linux", mobile=False
    )

    assert Device(browser="Opera").over(guessed) == Device(
        browser="Opera", platform="Linux", mobile=False
    )
    assert Device(model="X1", mobile=True).over(guessed) == Device(
        browser="Chrome",
        version="124",
        platform="Linux",
        model="X1",
        mobile=True,
    )
    assert Device(model="X1").over(None) == Device(model="X1")


def test_a_context_tells_nothing_by_its_repr() -> None:
    """It could come to stand in an exception."""
    context = Context(address="192.0.2.7", tags={"name": "Ada"})
    arrival = Arrival(user_agent="Netscape")

    assert "192" not in repr(context)
    assert "Ada" not in repr(context)
    assert "Netscape" not in repr(arrival)
