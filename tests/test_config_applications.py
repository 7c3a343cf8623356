"""Applications in the settings: what is taken and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.config import load, parse
from server.errors import Misconfigured
from server.ids import AccountId

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WEBHOOK: dict[str, Any] = {
    "webhook": "https://bot.example/hook",
    "secrets": [SECRET],
}


def settings(channel: dict[str, Any] | None = None, **application: Any) -> Any:
    """One account with one channel and one application."""
    one = {"id": "bot", "name": "Bot", **application}
    shop = {"id": "shop", "name": "Shop", **(channel or {})}
    account = {"id": "acme", "name": "Acme", "channel": [shop]}
    return {"account": [account | {"application": [one]}]}


def test_an_application_comes_out_as_it_went_in() -> None:
    """With its account."""
    config = parse(settings(**WEBHOOK, key_hash="ab" * 32), {})
    (found,) = (
        one.as_application(AccountId("acme")) for one in config.applications
    )

    assert (found.id, found.account) == ("bot", "acme")
    assert found.secrets == (SECRET,)
    assert found.key_hash == bytes.fromhex("ab" * 32)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "needs a webhook, or a key_hash"),
        ({"webhook": "https://bot.example/"}, "secrets to sign with"),
        (WEBHOOK | {"secrets": ["whsec_short"]}, "24 to 64 bytes"),
        (WEBHOOK | {"secrets": [SECRET[6:]]}, "24 to 64 bytes"),
        (WEBHOOK | {"webhook": "http://bot.example/"}, "https://"),
        (WEBHOOK | {"webhook": "http://10.0.0.1/"}, "https://"),
        (WEBHOOK | {"webhook": "ftp://bot.example/"}, "https://"),
        (WEBHOOK | {"webhook": "https://bot.example:0/"}, "https://"),
        (WEBHOOK | {"webhook": "https://bot.example:99999/"}, "https://"),
        (WEBHOOK | {"webhook": "https://bot.example:https/"}, "https://"),
        (WEBHOOK | {"channels": ["elsewhere"]}, "one that the account has not"),
        (WEBHOOK | {"wants": ["everything"]}, "regex|pattern"),
        ({"key_hash": "not a hash"}, "regex|pattern"),
    ],
)
def test_what_cannot_work_is_refused(fields: dict[str, Any], why: str) -> None:
    """With a reason, and without the value."""
    with pytest.raises(Misconfigured, match=why) as refused:
        parse(settings(**fields), {})

    assert SECRET[6:] not in str(refused.value)


def test_plain_http_reaches_an_allowed_address_only() -> None:
    """By number: a name could lead elsewhere tomorrow."""
    near = {"allowed_networks": ["10.0.0.0/8"]}
    fields = WEBHOOK | {"webhook": "http://10.1.2.3:8000/hook"}

    assert parse(settings(**fields) | near, {}).applications
    with pytest.raises(Misconfigured):
        parse(settings(**WEBHOOK | {"webhook": "http://10.bot/"}) | near, {})


def test_a_channel_cannot_begin_with_nobody() -> None:
    """Its customers would wait for ever."""
    begins = {"starts_with": "application"}
    served = settings(begins, **WEBHOOK)
    assert parse(served, {}).channels[0].starts_with == "application"
    del served["account"][0]["application"]

    with pytest.raises(Misconfigured, match="none serves it"):
        parse(served, {})


def test_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    """A settings file with secrets that others may read is refused."""
    file = tmp_path / "dayfly.toml"
    file.write_text(
        '[[account]]\nid = "acme"\nname = "Acme"\n'
        '[[account.application]]\nid = "bot"\nname = "Bot"\n'
        f'webhook = "https://bot.example/"\nsecrets = ["{SECRET}"]\n'
    )
    file.chmod(0o640)
    with pytest.raises(Misconfigured, match="chmod 600"):
        load(file, {})
    file.chmod(0o600)

    assert load(file, {}).applications
