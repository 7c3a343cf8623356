"""Benchmarks: the real server, loaded from outside, measured and stopped.

Nothing here is imported by the server, and no test waits for a figure made
here. Each benchmark is one file with one coroutine and one result.
"""

from __future__ import annotations
