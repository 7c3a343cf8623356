"""Until when a TLS certificate is good."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from server.errors import Misconfigured


def good_until(path: Path) -> float:
    """Unix seconds at which the first certificate in ``path`` expires.

    Raises:
        Misconfigured: There is none in it.
    """
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise Misconfigured(f"{path} holds no certificate") from None
    return found.not_valid_after_utc.timestamp()
