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
#: ``mallopt`` option, from glibc's ``malloc.h``, and the size from which a
#: block gets pages of its own and gives them back. Left alone, glibc raises
#: it when the first password's 19 MiB are freed; from then on every thread
#: that ever checked one keeps that much: 174 MiB instead of 60 after ten
#: sign-ins.
_M_MMAP_THRESHOLD = -3
_MMAP_FROM = 2**20


def harden() -> None:
    """No core files, no debugger of the same user; as far as the system can.

    Also lets the process have as many sockets as the system allows, and has
    it give back the memory that passwords took.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A C library without one of them is no reason not to start.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _MMAP_FROM)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
