"""The command: what it wants is known before anything is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

SCRIPT = """
import sys, run
try:
    run.main(sys.argv[1:])
except SystemExit as end:
    print(end.code, sorted(name for name in sys.modules if "server" in name))
"""


def loaded_by(*arguments: str) -> str:
    """The exit code, and which modules of the server were loaded."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


#: The names of the commands, and nothing else.
WORDS = "['server', 'server.commands', 'server.commands.words']"


def test_help_answers_at_once() -> None:
    """Nothing of the server is imported for it but the words it knows."""
    assert loaded_by("--help") == f"0 {WORDS}"
    assert loaded_by("privacy", "erase", "--help") == f"0 {WORDS}"


def test_what_it_does_not_know_is_refused_at_once() -> None:
    """With the exit code for what cannot be done."""
    assert loaded_by("--colour") == f"2 {WORDS}"
    assert loaded_by("check") == f"2 {WORDS}"
    assert loaded_by("agent") == f"2 {WORDS}"
