"""An attachment: a file that goes with a message.

What its sender says of it is not believed: the name is cleaned, the type is
read off its first bytes, and only four kinds of pictures are ever shown in a
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
#: Bytes from which a type is told.
HEAD = 64
UNKNOWN_TYPE = "application/octet-stream"

#: First bytes, and what begins so. A dot stands for any byte.
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_OTHERS = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)


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
    ending kept; ``file`` if nothing is left.
    """
    name = unicodedata.normalize("NFC", claimed)
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(
        character
        for character in name
        if unicodedata.category(character)[0] != "C"
        and character not in '<>:"|?*'
    ).strip(" .")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""  # noqa: PLR2004
        name = name[: LONGEST_NAME - len(ending)].rstrip(" .") + ending
    return name or "file"


def picture_type(head: bytes) -> str | None:
    """The media type if a page may show it as a picture, by its first bytes."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return _first(_PICTURES, head)


def media_type(head: bytes) -> str:
    """The media type of a file that begins with ``head``.

    Few are told apart: it serves to choose a symbol, not to open the file.
    """
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return picture_type(head) or _first(_OTHERS, head) or UNKNOWN_TYPE


def _first(
    signatures: tuple[tuple[bytes, str], ...], head: bytes
) -> str | None:
    for signature, name in signatures:
        if head.startswith(signature):
            return name
    return None
