"""What is refused before a start: what a settings file alone cannot show.

Also what ``run.py check`` looks at, so that it says yes to nothing that the
start would refuse.
"""

from __future__ import annotations

import asyncio

from server.config import Config
from server.data_folder import DataFolder
from server.errors import Misconfigured
from server.gateway.listener import tls_context
from server.vault.given_keys import GivenKeys
from server.vault.master_key import MasterKey
from server.vault.passwords import is_default
from server.vault.wrappers import Wrappers


async def refuse_default_passwords(config: Config) -> None:
    """Look at every agent's password, in threads.

    Each costs a quarter of a second; those that are equal are looked at once.

    Raises:
        Misconfigured: One is a password that everybody tries first.
    """
    names = {agent.password_hash: agent.name for agent in config.agents}
    found = await asyncio.gather(
        *(asyncio.to_thread(is_default, phc) for phc in names)
    )
    for is_bad, name in zip(found, names.values(), strict=True):
        if is_bad:
            raise Misconfigured(
                f"agent {name} has a password that everybody tries first:"
                " choose another, and run 'python run.py hash-password'"
            )


async def check(config: Config) -> None:
    """Refuse what a start with ``config`` would refuse; changes nothing.

    Raises:
        Misconfigured: Saying what is wrong.
    """
    _check_master_key(config)
    tls_context(
        (config.tls.certificate, config.tls.key) if config.tls else None
    )
    await refuse_default_passwords(config)


def _check_master_key(config: Config) -> None:
    made = DataFolder(config.data).master_key_file
    path = config.master_key_file or made
    master = None
    if config.master_key is not None:
        master = MasterKey.parse(config.master_key)
    elif path.exists() or path is not made:
        master = MasterKey.load_file(path)
    previous = GivenKeys(
        previous_text=config.previous_master_key,
        previous_file=config.previous_master_key_file,
    ).previous()
    if master is not None:
        Wrappers(master, previous)
