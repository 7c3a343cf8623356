"""What may go with a message besides words: menus, cards, links, attachments.

Checked once, when it comes in; from then on a plain map, as it is stored and
as clients get it. No picture is fetched from elsewhere: it would tell a third
party who reads the message, so pictures are attachments.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, to_builtins

from server.protocol.parts import Hidden, Id, Postback

Label = Annotated[str, Meta(min_length=1, max_length=80)]
Line = Annotated[str, Meta(max_length=200)]
Link = Annotated[
    str, Meta(pattern=r"^https://[!-~]{1,2000}\Z", max_length=2_008)
]


class _Kind(
    Hidden,
    frozen=True,
    kw_only=True,
    gc=False,
    forbid_unknown_fields=True,
    tag_field="kind",
):
    """One kind of what may go with words."""


class Choice(
    Hidden, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True
):
    """One thing to choose; ``payload`` comes back when it was."""

    text: Label
    payload: Postback


class Menu(_Kind, frozen=True, kw_only=True, gc=False, tag="menu"):
    """A list to choose one from; used once, it is used everywhere."""

    items: Annotated[tuple[Choice, ...], Meta(min_length=1, max_length=20)]
    title: Line = ""


class QuickReplies(
    _Kind, frozen=True, kw_only=True, gc=False, tag="quick_replies"
):
    """Ready answers under the last message; gone when anything is said."""

    items: Annotated[tuple[Choice, ...], Meta(min_length=1, max_length=13)]


class Card(
    Hidden, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True
):
    """One of several things shown side by side."""

    title: Label
    subtitle: Line = ""
    picture: Id | None = None
    items: Annotated[tuple[Choice, ...], Meta(max_length=3)] = ()


class Cards(_Kind, frozen=True, kw_only=True, gc=False, tag="cards"):
    """A carousel."""

    items: Annotated[tuple[Card, ...], Meta(min_length=1, max_length=10)]


class LinkButton(_Kind, frozen=True, kw_only=True, gc=False, tag="link_button"):
    """A button that opens an address in a window of its own."""

    label: Label
    url: Link
    title: Line = ""


class Attachment(_Kind, frozen=True, kw_only=True, gc=False, tag="attachment"):
    """A file; where to get it is asked for when it is wanted."""

    id: Id
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    media_type: Annotated[str, Meta(min_length=3, max_length=100)]
    size: Annotated[int, Meta(ge=0)]


#: What an application may send; attachments are made by uploading.
Rich = Menu | QuickReplies | Cards | LinkButton


def plain(rich: Rich | None) -> dict[str, Any] | None:
    """``rich`` as it is stored and told: maps, lists, text and numbers."""
    if rich is None:
        return None
    made: dict[str, Any] = to_builtins(rich)
    return made
