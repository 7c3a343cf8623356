"""Commands about what people may ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.vault.one_time_key import OneTimeKey
from tests.commands.conftest import Run
from tests.commands.local import Local
from tests.vault.package_samples import package, randomness

PRIVACY = "accounts/acme/privacy"
ADA = "accounts/acme/customers/ada"
DONE = {"id": "e1", "state": "done"}


def test_a_search_goes_on_to_its_end(
    server: Local, told: Callable[..., Any]
) -> None:
    """From where the call before stopped."""
    hit = {"kind": "message", "id": "c", "number": 1, "at": 1.0, "excerpt": "x"}
    page = {"hits": [hit], "looked": 100, "after": None}
    server.on("POST", f"{PRIVACY}/search", page)

    assert told("privacy", "search", "parcel") == [hit]
    assert server.bodies("POST") == [{"text": "parcel", "after": ""}]


def test_an_export_is_in_a_file_and_its_key_is_not(
    server: Local,
    run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    typed: Callable[[str], None],
) -> None:
    """With the key, which is printed once, it can be opened."""
    key = OneTimeKey.generate(randomness)
    sealed = package(b"all of Ada", key.package_key())
    answer = {"id": "x1", "key": key.text(), "expires_at": 1.0}
    server.on("POST", f"{PRIVACY}/exports", answer, 201)
    server.on("GET", f"{PRIVACY}/exports/x1", sealed)
    file, clear = tmp_path / "export", tmp_path / "clear"

    assert run("privacy", "export", "--customer", "ada", "--to", str(file)) == 0
    printed = capsys.readouterr().out.strip()
    assert file.read_bytes() == sealed
    assert file.stat().st_mode & 0o077 == 0
    typed(f"{printed}\n")
    assert run("privacy", "open", str(file), "--to", str(clear)) == 0

    assert clear.read_bytes() == b"all of Ada"
    assert server.bodies("POST") == [{"customer": "ada"}]


def test_an_erasing_is_waited_for(
    server: Local, told: Callable[..., Any]
) -> None:
    """Until there is a receipt."""
    asked = {"id": "e1", "state": "asked"}
    server.on("POST", f"{PRIVACY}/erasures", asked, 202)
    server.on("GET", f"{PRIVACY}/erasures/e1", DONE)
    erase = ("privacy", "erase", "--conversation", "c1", "--yes")

    assert told(*erase) == asked
    assert told(*erase, "--wait") == DONE
    assert server.bodies("POST")[0] == {"conversation": "c1"}


def test_an_erasing_is_of_somebody(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of neither nobody nor two."""
    for words in ((), ("--customer", "a", "--conversation", "b")):
        with pytest.raises(SystemExit):
            run("privacy", "erase", *words)
    assert "--conversation" in capsys.readouterr().err


def test_restrictions_are_set_and_lifted(
    server: Local, told: Callable[..., Any], run: Run
) -> None:
    """One call each; lifting says when the person was told."""
    one = f"{ADA}/restrictions/do_not_locate"
    held = {"restrictions": ["do_not_locate"]}
    server.on("PUT", one, held)
    server.on("POST", f"{one}/lift", {"restrictions": []})

    ada = ("--customer", "ada", "do_not_locate")
    assert told("privacy", "restrict", *ada) == held
    lift = ("privacy", "lift", *ada)
    assert run(*lift, "--told-at", "1970-01-02") == 0
    assert run(*lift, "--told-at", "yesterday") == 2

    assert server.bodies("PUT") == [{"reason": "asked"}]
    assert server.bodies("POST") == [{"notice_given_at": 86_400.0}]


def test_consents_are_told_and_written_down(
    server: Local, told: Callable[..., Any]
) -> None:
    """The second only with a purpose."""
    consent = {"purpose": "service", "level": "explicit"}
    server.on("GET", f"{ADA}/consents", {"consents": [consent]})
    server.on("POST", f"{ADA}/consents", consent, 201)

    assert told("privacy", "consent", "--customer", "ada") == [consent]
    words = ("privacy", "consent", "--customer", "ada", "--purpose", "service")
    assert told(*words, "--version", "2") == [consent]

    assert server.bodies("POST") == [consent | {"version": "2"}]


def test_requests_are_shown(server: Local, told: Callable[..., Any]) -> None:
    """What presses most comes first, as the server has it."""
    server.on("GET", f"{PRIVACY}/requests?limit=200", {"items": [DONE]})

    assert told("privacy", "requests") == [DONE]


def test_somebody_is_found_by_what_is_no_argument(
    server: Local, told: Callable[..., Any], typed: Callable[[str], None]
) -> None:
    """Others can see the arguments of a process."""
    found = {"customers": [{"id": "ada"}]}
    server.on("POST", "accounts/acme/customers/lookup", found)
    typed("ada@example.org\n")

    assert told("privacy", "find", "email") == [{"id": "ada"}]
    assert server.bodies("POST") == [{"email": "ada@example.org"}]
