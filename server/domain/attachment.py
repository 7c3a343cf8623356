"""An attachment: a file that goes with a message.

What its sender says of it is not believed: the name is cleaned, the type is
read off its contents, and only four kinds of pictures are ever shown in a
page; everything else, SVG and HTML above all, is only downloaded.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from server.domain.message import Author
from server.ids import ConversationId

LONGEST_NAME = 120
#: Seconds it lives at most, whatever becomes of its conversation.
LONGEST_LIFE = 24 * 3600.0
#: Bytes at the beginning and at the end from which a type is told.
HEAD = 64
TAIL = 1024
UNKNOWN_TYPE = "application/octet-stream"

#: First bytes, and what begins so.
_OTHERS = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_PNG_END = b"IEND\xaeB`\x82"
#: What may follow the first mark of a JPEG: the next mark, by its number.
_JPEG_MARKS = frozenset(
    bytes([mark])
    for mark in (*range(0xC0, 0xD0), 0xDB, *range(0xE0, 0xF0), 0xFE)
)
#: The end of an archive, which is found from there: so a file can be a
#: picture to one program and an archive to another.
_ARCHIVE_END = b"PK\x05\x06"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file as it was taken in.

    Attributes:
        id: Names it; opens nothing.
        conversation: Where it belongs, and dies with.
        side: Who sent it.
        name: Cleaned by ``clean_name``.
        media_type: Read off its contents.
        size: Bytes.
        expires_at: Unix seconds.
        secret: The key it is sealed with.
    """

    id: str
    conversation: ConversationId
    side: Author
    name: str = field(repr=False)
    media_type: str
    size: int
    expires_at: float
    secret: bytes = field(repr=False)

    def as_rich(self) -> dict[str, object]:
        """What a message says of it; ``protocol.rich.Attachment``."""
        return {
            "kind": "attachment",
            "id": self.id,
            "name": self.name,
            "media_type": self.media_type,
            "size": self.size,
        }


def clean_name(claimed: str) -> str:
    """A file name that is only a name, whatever was claimed.

    No path, no control or direction marks (``exe.gpj`` must not read as
    ``jpg.exe``), no leading dot, at most ``LONGEST_NAME`` characters with the
    ending kept; ``file`` if nothing is left. A clean name stays as it is.
    """
    name = claimed.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(map(_kept, name))
    # After the filter: it may have brought together what composes.
    name = unicodedata.normalize("NFC", name).strip(" .")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""  # noqa: PLR2004
        name = name[: LONGEST_NAME - len(ending)].rstrip(" .") + ending
    return name or "file"


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "C" or category in {"Zl", "Zp"}:
        return ""  # control and direction marks, ends of lines
    if category == "Zs":
        return " "  # of whatever width: one that is seen
    return "" if character in '<>:"|?*' else character


def media_type(head: bytes, tail: bytes, size: int) -> str:
    """The media type of a file, by its contents.

    Few are told apart: it serves to choose a symbol, not to open the file.

    Args:
        head: Its first ``HEAD`` bytes, or all of it.
        tail: Its last ``TAIL`` bytes, or all of it.
        size: How many bytes it has.
    """
    if head[4:8] == b"ftyp":
        return "video/mp4"
    shown = picture_type(head, tail, size)
    return shown or _first(_OTHERS, head) or UNKNOWN_TYPE


def picture_type(head: bytes, tail: bytes, size: int) -> str | None:
    """The media type if a page may show it as a picture; as ``media_type``.

    It has to begin and to end as such a picture does: what is hung on behind
    a picture, or follows its first eight bytes, is not shown.
    """
    if head.startswith(_PNG) and tail.endswith(_PNG_END):
        return "image/png"
    if head[:6] in {b"GIF87a", b"GIF89a"} and tail.rstrip(b"\0")[-1:] == b";":
        return "image/gif"
    if _is_webp(head, size):
        return "image/webp"
    if _is_jpeg(head) and _ARCHIVE_END not in tail:
        # Its end says nothing: telephones hang films and notes on it.
        return "image/jpeg"
    return None


def _is_webp(head: bytes, size: int) -> bool:
    # It says how long it is itself; an odd one is filled up.
    said = int.from_bytes(head[4:8], "little") + 8
    return (
        head[:4] == b"RIFF"
        and head[8:15] == b"WEBPVP8"
        and said <= size <= said + 1
    )


def _is_jpeg(head: bytes) -> bool:
    return head[:3] == b"\xff\xd8\xff" and head[3:4] in _JPEG_MARKS


def _first(
    signatures: tuple[tuple[bytes, str], ...], head: bytes
) -> str | None:
    for signature, name in signatures:
        if head.startswith(signature):
            return name
    return None
