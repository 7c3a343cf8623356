"""What a file is called and taken for, whatever its sender says."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.attachment import (
    HEAD,
    LONGEST_NAME,
    TAIL,
    UNKNOWN_TYPE,
    Attachment,
    clean_name,
    media_type,
    picture_type,
)
from server.domain.message import Author
from server.ids import ConversationId
from tests.pictures import GIF, JPEG, PNG, WEBP


def type_of(content: bytes) -> str:
    """What ``content`` is taken for."""
    return media_type(content[:HEAD], content[-TAIL:], len(content))


def shown_as(content: bytes) -> str | None:
    """As what a page may show ``content``."""
    return picture_type(content[:HEAD], content[-TAIL:], len(content))


@pytest.mark.parametrize(
    ("claimed", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/", "file"),
        ("C:\\x\\a.txt", "a.txt"),
        ("..", "file"),
        ("", "file"),
        (" . ", "file"),
        (".htaccess", "htaccess"),
        ("a\x00b.txt", "ab.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie x=1.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\u200b\ufeffb", "ab"),
        ("one\u2028two\u2029", "onetwo"),
        ("one\u3000two\u00a0", "one two"),
        ('<b>"x"|y?*.txt', "bxy.txt"),
        ("%2e%2e%2fx", "%2e%2e%2fx"),
        ("e\x00\u0301.txt", "\u00e9.txt"),
        ("\u00fc\u6587.png", "\u00fc\u6587.png"),
        ("\ud800x", "x"),
    ],
)
def test_a_name_is_only_a_name(claimed: str, name: str) -> None:
    """No path, no marks, no ends of lines, nothing a shell would read."""
    assert clean_name(claimed) == name


@pytest.mark.parametrize(
    ("claimed", "ends"),
    [
        ("x" * 1_000, "xxx"),
        ("x" * 1_000 + ".pdf", "xx.pdf"),
        ("x" * 1_000 + "." + "y" * 11, "xxx"),
        ("x" + "." * 1_000 + "pdf", "x.pdf"),
        ("\U0001f600" * 1_000, "\U0001f600"),
    ],
)
def test_a_long_name_keeps_its_ending(claimed: str, ends: str) -> None:
    """Cut in the middle, so that it still says what it is."""
    name = clean_name(claimed)

    assert len(name) <= LONGEST_NAME
    assert name.endswith(ends)


@given(st.text(max_size=300))
def test_a_clean_name_is_clean(claimed: str) -> None:
    """Cleaning it again changes nothing, and it can stand in a header."""
    name = clean_name(claimed)

    assert clean_name(name) == name
    assert 0 < len(name) <= LONGEST_NAME
    assert not any(unicodedata.category(one)[0] == "C" for one in name)
    assert not set(name) & set('/\\<>:"|?*\r\n')
    assert name == name.strip(" .")
    name.encode()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (GIF, "image/gif"),
        (GIF + b"\0", "image/gif"),
        (JPEG, "image/jpeg"),
        (JPEG + b"a film behind it", "image/jpeg"),
        (WEBP, "image/webp"),
        (WEBP + b"\0", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04...", "application/zip"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"ID3\x04", "audio/mpeg"),
        (b"OggS", "audio/ogg"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"", UNKNOWN_TYPE),
        (b"words", UNKNOWN_TYPE),
        (b"<!doctype html>", UNKNOWN_TYPE),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', UNKNOWN_TYPE),
        (b'<?xml version="1.0"?><svg/>', UNKNOWN_TYPE),
    ],
)
def test_the_contents_say_what_it_is(content: bytes, kind: str) -> None:
    """Pictures by beginning and end; others by their first bytes."""
    assert type_of(content) == kind
    assert shown_as(content) == (kind if "image" in kind else None)


ARCHIVE = b"PK\x03\x04...PK\x05\x06" + bytes(18)


@pytest.mark.parametrize(
    "content",
    [
        GIF + ARCHIVE,
        PNG + ARCHIVE,
        JPEG + ARCHIVE,
        WEBP + ARCHIVE,
        PNG + b"<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
        PNG[:-1],
        PNG[:20],
        b"GIF89a=1;alert(1)//",
        b"GIF89a/*<script>*/",
        GIF[:-1],
        GIF[:6],
        b"\xff\xd8\xff",
        b"\xff\xd8\xff<html>",
        b"\xff\xd8" + PNG,
        WEBP[:-1],
        WEBP[:12] + b"<html>" + WEBP[18:],
        b"RIFF" + bytes(4) + b"WAVE",
        b"",
        b" " + PNG,
    ],
)
def test_what_is_something_else_as_well_is_no_picture(content: bytes) -> None:
    """Archives and pages in the clothes of a picture, and halves of one."""
    assert shown_as(content) is None
    assert "image" not in type_of(content)


@given(st.binary(max_size=200))
def test_any_bytes_have_some_type(content: bytes) -> None:
    """Nothing makes it fail."""
    assert "/" in type_of(content)


def test_an_attachment_does_not_show_what_a_person_called_it() -> None:
    """Nor its key; but a message says name, type and size."""
    one = Attachment(
        id="id",
        conversation=ConversationId("c"),
        side=Author.CUSTOMER,
        name="secret-name.png",
        media_type="image/png",
        size=7,
        expires_at=1.0,
        secret=b"secret-key",
    )

    assert "secret" not in repr(one)
    assert one.as_rich() == {
        "kind": "attachment",
        "id": "id",
        "name": "secret-name.png",
        "media_type": "image/png",
        "size": 7,
    }
