"""What the process may leave behind: no core file, and no way in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SCRIPT = """
import ctypes, resource
from server.process import harden
harden()
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
print(*resource.getrlimit(resource.RLIMIT_CORE), soft == hard,
      ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_memory_does_not_end_up_in_a_file() -> None:
    """No core dump, no debugger of the same user, all the sockets there are."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["0", "0", "True", "0"]
