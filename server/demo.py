"""The demo: an account, a channel and two agents, made for this run.

Nothing in it is a default that production could inherit: the passwords are
random, printed once, and hashed like any other.
"""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from server.config import Config, parse
from server.ids import new_token, system_randomness, token_hash
from server.vault.passwords import hash_password

#: No letters or digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_AGENTS = {"maria": "Maria", "jonas": "Jonas"}
_ROLES = {
    "maria": ["agent", "supervisor", "privacy_officer", "administrator"],
    "jonas": ["agent"],
}

_NOTICES = [
    {
        "language": "en",
        "version": "2026-1",
        "text": "We keep this chat until it ends, and no longer."
        " People of Fjord & Fern read it.",
    },
    {
        "language": "de",
        "version": "2026-1",
        "text": "Wir bewahren diesen Chat auf, bis er endet, und"
        " nicht länger. Menschen bei Fjord & Fern lesen ihn.",
    },
]


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo runs with, and what its visitor has to know.

    Attributes:
        config: The settings.
        passwords: By agent; random, for this run only.
        key: Lets the demo's bot connect; likewise.
    """

    config: Config
    passwords: dict[str, str] = field(repr=False)
    key: str = field(repr=False)

    @classmethod
    def make(cls, *, data: Path, host: str, port: int, log_level: str) -> Demo:
        """Settings for a demo on ``host`` and ``port``.

        Raises:
            Misconfigured: They cannot work.
        """
        passwords = {name: _password() for name in _AGENTS}
        agents: list[dict[str, object]] = [
            {
                "name": name,
                "display_name": shown,
                "password_hash": hash_password(
                    passwords[name], system_randomness
                ),
                "roles": _ROLES[name],
            }
            for name, shown in _AGENTS.items()
        ]
        key = new_token(system_randomness)
        config = parse(
            {
                "data": str(data),
                "host": host,
                "port": port,
                "log_level": log_level,
                "demo": True,
                "account": [_account(agents, key)],
            },
            {},
            source="demo",
        )
        return cls(config, passwords, key)

    def introduction(self, port: int) -> str:
        """What is printed once the port is open."""
        host = self.config.host
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        socket = f"{address.replace('http', 'ws', 1)}/socket/application"
        bot = (
            f"DAYFLY_BOT_KEY={self.key}"
            # This very Python: another one lacks what the bot needs.
            f" {quote(sys.executable)} -m client_demo.bot --socket {socket}"
        )
        lines = [
            "",
            "  Dayfly demo: the shop in one window, the console in another.",
            "",
            f"shop     {address}/demo/",
            f"console  {address}/console/",
            f"admin    {address}/console/admin/  (maria)",
            f"health   {address}/health",
            *(
                f"agent    {name}  password  {password}"
                for name, password in self.passwords.items()
            ),
            "",
            "  Let a bot answer as well, in another terminal:",
            "",
            f"bot      {bot}",
            "",
            "  Ctrl-C stops it.",
        ]
        return "\n".join(lines)


def _password() -> str:
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3)
    )
    return "-".join(groups)


def _account(agents: list[dict[str, object]], key: str) -> dict[str, object]:
    channel = {
        "id": "shop",
        "name": "Fjord & Fern",
        "greeting": "Hello! Ask us about sizes, delivery or anything else.",
        "color": "#0b6e4f",
        "attachments": True,
        "transcript_download": True,
        "notices": _NOTICES,
    }
    bot = {
        "id": "bot",
        "name": "Fern the bot",
        "key_hash": token_hash(key).hex(),
    }
    return {
        "id": "acme",
        "name": "Fjord & Fern",
        # Whoever tries it out may change everything.
        "seed": True,
        "channel": [channel],
        "agent": agents,
        "application": [bot],
        "redact": [
            {"id": "cards", "rule": "cards", "action": "mask", "keep": 4},
            {"id": "iban", "rule": "iban", "action": "mask", "keep": 4},
        ],
    }
