"""Where the operator says that the master keys are."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from server.vault.master_key import MasterKey


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenKeys:
    """What the operator says of the master key, and of the one before it.

    Attributes:
        text: The key itself, if the environment holds it.
        file: Else the file, if the operator named one.
        previous_text: As ``text``, of the previous one.
        previous_file: As ``file``, of the previous one.
    """

    text: str | None = field(default=None, repr=False)
    file: Path | None = None
    previous_text: str | None = field(default=None, repr=False)
    previous_file: Path | None = None

    def previous(self) -> MasterKey | None:
        """The previous master key, if one was given; blocks.

        Raises:
            Misconfigured: It is missing, or may not be used.
        """
        if self.previous_text is not None:
            return MasterKey.parse(self.previous_text)
        if self.previous_file is not None:
            return MasterKey.load_file(self.previous_file)
        return None
