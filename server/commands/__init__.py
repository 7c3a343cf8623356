"""The commands of ``run.py``: most of them ask the running server."""

from __future__ import annotations
