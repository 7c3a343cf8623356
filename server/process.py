"""Keeps the process's memory from ending up in a file.

Python cannot wipe memory, so what was decrypted may stay there until it is
used again. What can be promised is that nobody reads it from a core dump.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys

#: ``prctl`` option, from ``linux/prctl.h``: whether the kernel may dump the
#: process or let another one of the same user attach to it.
_PR_SET_DUMPABLE = 4


def harden() -> None:
    """No core files, no debugger of the same user; as far as the system can.

    Also lets the process have as many sockets as the system allows.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
