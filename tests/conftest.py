"""What every test gets: logging put back, and a Chromium where it is asked."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline for one example: machines under test are shared and noisy, and
# pytest-timeout bounds the whole.
settings.register_profile("dayfly", settings(), deadline=None)
settings.load_profile("dayfly")

#: Whose levels the server sets.
LOGGERS = ("server", "asyncio", "aiosqlite", "websockets", "uvicorn")

#: Looked for in this order; `make browser` goes the same way.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

#: No sandbox, because CI is root in a container; nothing in the background,
#: because a browser under test talks to nobody but the server under test.
BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A test may set up logging as the server does; the next finds it anew."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    yield
    # Else nobody heard, in what follows, of errors that nothing can raise.
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = True
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    root.setLevel(level)
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium to drive; a missing one fails, for a skip hides a fault."""
    wanted = os.environ.get("DAYFLY_TEST_BROWSER")
    found = wanted or next(filter(None, map(shutil.which, BROWSERS)), None)
    found = found or _playwrights_own()
    if found is None or not Path(found).exists():
        pytest.fail("no Chromium for the browser tests: run `make setup-test`")
    return found


@pytest.fixture(scope="session")
def chromium_options(chromium_path: str) -> dict[str, object]:
    """For playwright: ``chromium.launch(**chromium_options)``."""
    return {
        "executable_path": chromium_path,
        "args": list(BROWSER_ARGUMENTS),
        "headless": True,
    }


def _playwrights_own() -> str | None:
    places = Path.home() / ".cache" / "ms-playwright"
    found = sorted(places.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None
