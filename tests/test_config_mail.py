"""Settings of retention and mail: checked, and refused with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.config import parse
from server.domain.channel import Transcript
from server.errors import Misconfigured
from server.ids import AccountId
from tests.scenes.sites import settings

MAIL = {"host": "mail.example", "from": "dayfly@chat.example"}
TO = {"transcript": "email", "transcript_to": "records@example.org"}


def changed(channel: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Settings with those of the channel, and others."""
    made = settings(Path("data"), **more)
    made["account"][0]["channel"][0].update(channel)
    return made


def test_days_become_seconds_and_none_is_the_rule() -> None:
    """A channel that says nothing keeps nothing."""
    plain = parse(changed({}), {}).channels[0].as_channel(AccountId("acme"))
    config = parse(changed({"retention_days": 0.5} | TO, smtp=MAIL), {})
    kept = config.channels[0].as_channel(AccountId("acme"))

    assert (plain.retention, plain.transcript) == (0.0, Transcript.NONE)
    assert kept.retention == 43_200.0
    assert kept.transcript is Transcript.EMAIL
    assert kept.transcript_to == "records@example.org"
    assert "records" not in repr(kept)


@pytest.mark.parametrize(
    ("channel", "more", "says"),
    [
        ({"retention_days": -1}, {}, "retention_days"),
        ({"retention_days": 3651}, {}, "retention_days"),
        ({"transcript": "fax"}, {}, "transcript"),
        (TO, {}, "needs \\[smtp\\]"),
        ({"transcript": "email"}, {"smtp": MAIL}, "transcript_to"),
        (TO | {"transcript_to": "a@b, c@d"}, {"smtp": MAIL}, "transcript_to"),
        (TO | {"transcript_to": "a\r\n@b"}, {"smtp": MAIL}, "transcript_to"),
        ({}, {"smtp": MAIL | {"security": "none"}}, "this machine only"),
        ({}, {"smtp": MAIL | {"user": "dayfly"}}, "need each other"),
        ({}, {"smtp": MAIL | {"password": "x"}}, "password"),
        ({}, {"smtp": MAIL | {"host": "a b"}}, "host"),
    ],
)
def test_what_cannot_work_is_refused(
    channel: dict[str, Any], more: dict[str, Any], says: str
) -> None:
    """With the setting, and without what was set."""
    with pytest.raises(Misconfigured, match=says):
        parse(changed(channel, **more), {})


def test_the_clear_is_for_this_machine() -> None:
    """A mail server on the loopback needs no certificate."""
    near = MAIL | {"host": "127.0.0.1", "security": "none", "port": 25}

    config = parse(changed(TO, smtp=near), {})
    assert config.smtp is not None
    assert config.smtp.sender == "dayfly@chat.example"
