"""What mails transcripts is put together, or refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import Misconfigured
from server.postroom import make_mailing
from server.settings import SmtpConfig
from tests.services.worlds import World

PASSWORD = "a password for tests"


def smtp(file: Path | None) -> SmtpConfig:
    """A mail server with that password file."""
    return SmtpConfig(
        host="mail.example", sender="a@chat.example", password_file=file
    )


def test_without_a_mail_server_there_is_no_mailing() -> None:
    """And the house keeps what it had: nobody."""
    world = World()

    assert make_mailing(None, world.house, world.ending.keeping) is None
    assert not world.house.mailing.is_ready


def test_the_house_is_told_who_mails(tmp_path: Path) -> None:
    """The password is read once, without its line end."""
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    file.chmod(0o600)
    world = World()
    made = make_mailing(smtp(file), world.house, world.ending.keeping)

    assert made is world.house.mailing
    assert PASSWORD not in repr(smtp(file))
    open_ = make_mailing(smtp(None), world.house, world.ending.keeping)
    assert open_ is not None


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        (b"secret\n", 0o644, "chmod 600"),
        (b"", 0o600, "one line"),
        (b"one\ntwo\n", 0o600, "one line"),
        (b"\xff\xfe", 0o600, "one line"),
        (b"x" * 1025, 0o600, "one line"),
        (None, 0, "cannot read"),
    ],
)
def test_a_password_that_cannot_be_used_is_refused(
    tmp_path: Path, content: bytes | None, mode: int, says: str
) -> None:
    """In one line that names the file and none of what is in it."""
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    world = World()

    with pytest.raises(Misconfigured, match=says) as refused:
        make_mailing(smtp(file), world.house, world.ending.keeping)
    assert "secret" not in str(refused.value)
