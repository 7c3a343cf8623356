"""Dayfly: a customer-messaging server that forgets on time."""

from __future__ import annotations

__version__ = "0.1.0"
