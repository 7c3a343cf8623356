"""The previous master key, from wherever the operator has it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from server.errors import Misconfigured
from server.vault.given_keys import GivenKeys
from server.vault.master_key import MasterKey

KEY = MasterKey.generate(Random(1).randbytes)


def test_it_comes_from_the_environment_a_file_or_not_at_all(
    tmp_path: Path,
) -> None:
    """The environment first; neither shows in a repr."""
    path = tmp_path / "old.key"
    path.touch(0o600)
    path.write_text(KEY.text())
    from_file = GivenKeys(previous_file=path).previous()
    both = GivenKeys(previous_text=KEY.text(), previous_file=tmp_path)
    from_text = both.previous()

    assert from_file is not None
    assert from_text is not None
    assert from_file.text() == from_text.text() == KEY.text()
    assert GivenKeys().previous() is None
    assert KEY.text() not in repr(both)


def test_one_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """And one that is missing is named."""
    path = tmp_path / "old.key"
    path.write_text(KEY.text())
    path.chmod(0o644)

    with pytest.raises(Misconfigured, match="open to others"):
        GivenKeys(previous_file=path).previous()
    with pytest.raises(Misconfigured, match=r"no\.key: No such file"):
        GivenKeys(previous_file=tmp_path / "no.key").previous()
