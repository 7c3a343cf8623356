"""Looking for what must not be there, in every form it might take."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path


def forms(secret: bytes) -> Iterator[bytes]:
    """``secret`` as it is, in base64 at any place, in hex, and in JSON."""
    yield secret
    for code in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            # What stands before and behind changes the outermost characters.
            coded = code(b"\0" * before + secret)
            start = -(-before * 4 // 3)
            yield coded[start : -4 if coded.endswith(b"=") else None]
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return
    yield json.dumps(text)[1:-1].encode()
    yield "".join(f"\\u{ord(c):04x}" for c in text).encode()
    yield text.encode("utf-16-le")


def found(haystack: bytes, secrets: Iterable[bytes]) -> set[bytes]:
    """Which of ``secrets`` are in ``haystack``, in any form."""
    return {
        secret
        for secret in secrets
        if any(form in haystack for form in forms(secret))
    }


def found_in(folder: Path, secrets: Iterable[bytes]) -> set[bytes]:
    """Which of ``secrets`` are in any file of ``folder``."""
    secrets = set(secrets)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return set().union(*(found(path.read_bytes(), secrets) for path in files))
