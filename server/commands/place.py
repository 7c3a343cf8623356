"""Which server a command is about: its settings, or the folder of its data."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from server.commands.asking import Asking
from server.config import Config, load
from server.data_folder import DataFolder
from server.errors import Misconfigured
from server.vault.given_keys import GivenKeys
from server.vault.master_key import MasterKey

#: Where the settings are looked for in a data folder, and the master key that
#: was there before the one of now.
SETTINGS = "dayfly.toml"
PREVIOUS = "previous-master.key"
DEFAULT = Path("data")
_KEY = "DAYFLY_MASTER_KEY"


def data_in(asked: Namespace) -> Path:
    """The data folder that is meant.

    Raises:
        Misconfigured: The settings cannot be read.
    """
    return config_in(asked).data


def config_in(asked: Namespace) -> Config:
    """The settings that are meant; those of no file are the defaults.

    Raises:
        Misconfigured: They cannot work.
    """
    if asked.settings is not None:
        return load(asked.settings, _environment(asked))
    data = folder_in(asked)
    own = data / SETTINGS
    if own.is_file():
        # The folder in which they lie is the one they are for.
        return load(own, _environment(asked) | {"DAYFLY_DATA": str(data)})
    previous = data / PREVIOUS
    return Config(
        data=data,
        previous_master_key_file=previous if previous.is_file() else None,
        master_key=_environment(asked).get(_KEY),
    )


def keeps_master(asked: Namespace) -> bool:
    """Whether a start will look for the master key in the data folder.

    Raises:
        Misconfigured: The settings cannot be read.
    """
    if asked.settings is not None or _KEY in os.environ:
        return False
    own = folder_in(asked) / SETTINGS
    return not own.is_file() or load(own).master_key_file is None


def folder_in(asked: Namespace) -> Path:
    """The folder that is named, or the usual one."""
    if asked.data is not None:
        return Path(asked.data)
    return Path(os.environ.get("DAYFLY_DATA", DEFAULT))


def asking_in(asked: Namespace) -> Asking:
    """What asks the server that is meant."""
    return Asking(data_in(asked))


def account_in(asked: Namespace, asking: Asking) -> str:
    """The account that is named, or the only one there is.

    Raises:
        Misconfigured: There are several, or none.
    """
    if asked.account is not None:
        return str(asked.account)
    found = [one["id"] for one in asking.all("accounts")]
    if len(found) != 1:
        raise Misconfigured(
            f"there are {len(found)} accounts: name one with --account"
        )
    return str(found[0])


def given_keys(config: Config) -> GivenKeys:
    """Where the settings say that the master keys are."""
    return GivenKeys(
        text=config.master_key,
        file=config.master_key_file,
        previous_text=config.previous_master_key,
        previous_file=config.previous_master_key_file,
    )


def master_of(config: Config) -> MasterKey:
    """The master key of those settings.

    Raises:
        Misconfigured: It is not there, or may not be used.
    """
    if config.master_key is not None:
        return MasterKey.parse(config.master_key)
    usual = DataFolder(config.data).master_key_file
    return MasterKey.load_file(config.master_key_file or usual)


def _environment(asked: Namespace) -> dict[str, str]:
    """The environment, with the key in it whose file was named."""
    named = getattr(asked, "master_key_file", None)
    if named is None:
        return dict(os.environ)
    return {**os.environ, _KEY: MasterKey.load_file(named).text()}
