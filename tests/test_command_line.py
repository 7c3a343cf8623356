"""What the operator is told: one line, and an exit code."""

from __future__ import annotations

import base64
import io
import os
import socket
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from server.command_line import check, print_hash
from server.vault.passwords import hash_password, password_matches

ROOT = Path(__file__).parent.parent
PHC = hash_password("nothing anybody tries", Random(1).randbytes)


def written(folder: Path, *, phc: str = PHC, more: str = "") -> Path:
    """Settings of a server in ``folder``."""
    path = folder / "dayfly.toml"
    path.write_text(
        f'data = "{folder / "data"}"\nport = 0\n{more}\n'
        '[[account]]\nid = "acme"\nname = "Acme"\n'
        '[[account.channel]]\nid = "shop"\nname = "Shop"\n'
        '[[account.agent]]\nname = "maria"\ndisplay_name = "Maria"\n'
        f'password_hash = "{phc}"\n'
    )
    return path


def refused(settings: Path, **environment: str) -> str:
    """What ``run.py`` says when it does not start: one line and a 2."""
    done = subprocess.run(
        [sys.executable, "run.py", "--settings", str(settings)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if line[:1] != "{"]
    assert done.returncode == 2, done.stderr
    assert len(lines) == 1
    assert not done.stdout
    return lines[0]


def test_what_a_start_would_refuse_is_not_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A default password, a missing key, a certificate that is none."""
    bad = hash_password("changeme", Random(1).randbytes)
    assert check(written(tmp_path, phc=bad)) == 2
    assert "maria" in capsys.readouterr().err
    assert check(written(tmp_path, more='master_key_file = "no.key"')) == 2
    assert "no.key" in capsys.readouterr().err
    previous = 'previous_master_key_file = "old.key"'
    assert check(written(tmp_path, more=previous)) == 2
    assert "old.key" in capsys.readouterr().err
    same = tmp_path / "same.key"
    same.touch(mode=0o600)
    same.write_text(base64.b64encode(Random(2).randbytes(32)).decode())
    both = f'master_key_file = "{same}"\nprevious_master_key_file = "{same}"'
    assert check(written(tmp_path, more=both)) == 2
    assert "master key itself" in capsys.readouterr().err

    tls = written(tmp_path)
    with tls.open("a") as file:
        file.write('[tls]\ncertificate = "run.py"\nkey = "run.py"\n')
    assert check(tls) == 2
    assert "TLS" in capsys.readouterr().err


def test_settings_in_order_are_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And others are not."""
    assert check(written(tmp_path)) == 0
    assert "in order" in capsys.readouterr().out

    assert check(tmp_path / "missing.toml") == 2
    assert "missing.toml" in capsys.readouterr().err


def test_a_misspelt_setting_does_not_start(tmp_path: Path) -> None:
    """It is named, with the file."""
    said = refused(written(tmp_path, more='colour = "red"'))

    assert "dayfly.toml" in said
    assert "colour" in said


@pytest.mark.parametrize(
    ("key", "mode"),
    [
        (base64.b64encode(Random(1).randbytes(32)).decode(), 0o644),
        (base64.b64encode(Random(1).randbytes(32)).decode(), 0o640),
        (base64.b64encode(bytes(32)).decode(), 0o600),
        (base64.b64encode(bytes(range(32))).decode(), 0o600),
        ("too short", 0o600),
    ],
)
def test_a_master_key_that_protects_nothing_does_not_start(
    tmp_path: Path, key: str, mode: int
) -> None:
    """One that others can read, or know; and it is not shown."""
    path = tmp_path / "master.key"
    path.write_text(key)
    path.chmod(mode)
    settings = written(tmp_path, more=f'master_key_file = "{path}"')

    assert key not in refused(settings)


def test_a_password_everybody_tries_does_not_start(tmp_path: Path) -> None:
    """The agent is named, the password is not."""
    said = refused(
        written(tmp_path, phc=hash_password("password", Random(1).randbytes))
    )

    assert "maria" in said


def test_a_port_somebody_has_does_not_start(tmp_path: Path) -> None:
    """The port is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert str(port) in refused(written(tmp_path), DAYFLY_PORT=str(port))


def test_certificates_that_are_none_do_not_start(tmp_path: Path) -> None:
    """A file that is no certificate, or is not there."""
    tls = f'[tls]\ncertificate = "{tmp_path / "c"}"\nkey = "{tmp_path / "k"}"'

    assert "TLS" in refused(written(tmp_path, more=tls))


def test_a_folder_that_is_none_does_not_start(tmp_path: Path) -> None:
    """A file stands where the data should be."""
    (tmp_path / "data").write_text("")

    assert str(tmp_path / "data") in refused(written(tmp_path))


def test_a_password_is_hashed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Read from a pipe, printed as the settings want it."""
    monkeypatch.setitem(sys.__dict__, "stdin", io.StringIO("long enough 4u\n"))

    assert print_hash() == 0

    phc = capsys.readouterr().out.strip()
    assert password_matches("long enough 4u", phc)


@pytest.mark.parametrize("password", ["", "short", "password", "123456789"])
def test_a_password_that_is_guessed_is_not_hashed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    password: str,
) -> None:
    """Nor is it printed."""
    monkeypatch.setitem(sys.__dict__, "stdin", io.StringIO(password + "\n"))

    assert print_hash() == 2
    assert not capsys.readouterr().out
