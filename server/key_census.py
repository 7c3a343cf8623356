"""Counts how many keys of a key file are under which master key.

No server may run on the folder meanwhile; nothing here writes, and no master
key is shown: its id says nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from server.data_folder import DataFolder
from server.vault.master_key import MasterKey
from server.vault.slot_file import SlotFile
from server.vault.wrappers import named


def lines(
    data: Path, master: MasterKey, previous: MasterKey | None
) -> Iterator[str]:
    """A line a key: its id, how many slots are under it, and what it is.

    Raises:
        ServerError: The key file is missing, in use, or none.
    """
    titles = {named(master).key_id: "the master key"}
    if previous is not None:
        titles.setdefault(named(previous).key_id, "the previous master key")
    with closing(SlotFile.look(DataFolder(data).keys)) as file:
        counts = file.key_ids()
    for key_id in [*titles, *sorted(counts.keys() - titles)]:
        title = titles.get(key_id, "a key that the settings do not name")
        yield f"{key_id.hex()}  {counts[key_id]:>7} slots  {title}"
