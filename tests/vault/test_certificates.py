"""Until when a certificate is good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.errors import Misconfigured
from server.vault.certificates import good_until

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)


def certificate(path: Path, *, days: int, begin: datetime = BEGIN) -> Path:
    """A certificate that nobody signed, good for that long."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .sign(key, None)
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


def test_its_end_is_told(tmp_path: Path) -> None:
    """In unix seconds."""
    path = certificate(tmp_path / "c.pem", days=3)

    assert good_until(path) == (BEGIN + timedelta(days=3)).timestamp()


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----"])
def test_what_is_none_is_named(tmp_path: Path, content: bytes | None) -> None:
    """A file that is not there, or another one."""
    path = tmp_path / "c.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(Misconfigured, match=r"c\.pem"):
        good_until(path)
