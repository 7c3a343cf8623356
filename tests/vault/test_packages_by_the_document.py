"""The programs in docs/packages.md open what the server seals."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.vault.chunks import CHUNK
from server.vault.one_time_key import OneTimeKey
from server.vault.package_key import PackageKey
from server.vault.receipts import ReceiptSigner
from tests.vault.package_samples import BACKUP, package, randomness
from tests.vault.rings import MASTER, NEW

DOCUMENT = Path(__file__).parents[2] / "docs" / "packages.md"
OPENER, CHECKER = re.findall(
    r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL
)
KEY = OneTimeKey.generate(randomness)
CONTENTS = b"words " * CHUNK


def run(program: str, *arguments: object, given: str) -> str:
    """What ``program`` says when it fails; empty if it does not."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, *map(str, arguments)],
        input=given.encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.stderr.decode() if done.returncode else ""


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (KEY.package_key(), KEY.text()),
        (KEY.package_key(), KEY.text().lower().replace("0", "O")),
        (BACKUP, MASTER.text()),
    ],
)
@pytest.mark.parametrize("contents", [CONTENTS, b""])
def test_a_stranger_can_open_a_package(
    tmp_path: Path, key: PackageKey, text: str, contents: bytes
) -> None:
    """With the key as people have it, and nothing of the server."""
    (tmp_path / "package").write_bytes(package(contents, key))

    failed = run(
        OPENER, tmp_path / "package", tmp_path / "out", given=text + "\n"
    )

    assert failed == ""
    assert (tmp_path / "out").read_bytes() == contents


@pytest.mark.parametrize(
    ("sealed", "text", "told"),
    [
        (package(CONTENTS, BACKUP), NEW.text(), "wrong key"),
        (package(CONTENTS, BACKUP)[:-1], MASTER.text(), "InvalidTag"),
        (package(b"", BACKUP)[:62], MASTER.text(), "InvalidTag"),
        (package(bytes(CHUNK), BACKUP) + b"x", MASTER.text(), "InvalidTag"),
    ],
)
def test_a_stranger_notices_what_is_wrong(
    tmp_path: Path, sealed: bytes, text: str, told: str
) -> None:
    """The wrong key, a missing end, even of nothing, and one too many."""
    (tmp_path / "package").write_bytes(sealed)

    failed = run(OPENER, tmp_path / "package", tmp_path / "out", given=text)

    assert told in failed


def test_a_stranger_can_check_a_receipt() -> None:
    """And notices one that was altered."""
    signer = ReceiptSigner(bytes(32))
    signed = json.dumps(signer.sign({"at": 7, "of": "z\u00fc"}))
    key = signer.public_key()

    assert run(CHECKER, key, given=signed) == ""
    assert "InvalidSignature" in run(
        CHECKER, key, given=signed.replace("7", "8", 1)
    )
